"""Ask one address as one role, leave nothing behind, and say in a word what came of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.contrib.auth.backends import ModelBackend
from django.core.cache import cache
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.utils.safestring import mark_safe

from tests.permissions.table import ACTS, ASKS, AWAY, NO, NONE, OPENS

DOORS = ("/entrar/", "/admin/login/")
START = {"/", "/hoy/", "/admin/", "/autoridad/", "/curso/"}  # where somebody is sent who has no business here
WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
# Who is signed in where, and how often somebody tried: written by the doors themselves.
OF_THE_DOORS = {"django_session", "users_opensession", "users_knowndevice", "users_wrongtry"}


@dataclass
class Answer:
    """The word of the table, the status, and the tables that were written before all was undone."""

    word: str
    status: int
    written: set[str] = field(default_factory=set)


@contextmanager
def undrawn() -> Iterator[None]:
    """Views run, templates do not: who may is decided before a page is drawn, and drawing takes the time.

    What Django reads of an account's groups is read once: whatever a request changes of them is undone.
    """
    backend_of_django: Any = ModelBackend
    read = backend_of_django._get_permissions
    known: dict[Any, Any] = {}

    def once(backend: Any, account: Any, about: Any, source: str) -> Any:
        key = (account.pk, account.is_superuser, source)
        if about is not None or key not in known:
            known[key] = read(backend, account, about, source)
        return known[key]

    with (
        patch.object(Template, "render", lambda *_args, **_kwargs: mark_safe("")),
        patch.object(ModelBackend, "_get_permissions", once),
    ):
        yield


class Asker:
    """One role with her session; `user` None is nobody."""

    def __init__(self, user: Any, *, checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
            self.client.get("/sesiones/")  # her session is written down once
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(self, method: str, address: str) -> Answer:
        """Send it within a savepoint that is rolled back."""
        for name in [name for name in self.client.cookies if name not in self.cookies]:
            del self.client.cookies[name]
        self.client.cookies.load(self.cookies)
        cache.clear()
        written: set[str] = set()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found = WRITES.match(sql)
            if found and found[1] not in OF_THE_DOORS:
                written.add(found[1])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note), transaction.atomic():
            response = self._send(method, address)
            word = _word(method, response, bool(written))
            if response.streaming:
                b"".join(response)  # the client closes a file that was read to its end
            transaction.set_rollback(True)
        return Answer(word, response.status_code, written)

    def _send(self, method: str, address: str) -> Any:
        if method == "POST":
            return self.client.post(address)
        return self.client.generic(method, address, "", "application/x-www-form-urlencoded")


def _word(method: str, response: Any, has_written: bool) -> str:
    status = response.status_code
    if status == 405:
        return NONE
    if status in {401, 403, 404}:
        return NO
    if status in {301, 302}:
        place = response["Location"].partition("?")[0]
        if place.startswith(DOORS):
            return ASKS
        if place in START and not has_written:
            return AWAY
    return OPENS if method in {"GET", "HEAD"} else ACTS
