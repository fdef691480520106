"""What an answer must hold to, however bad the question was: no error of ours, and nothing half saved."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.contrib.messages import ERROR
from django.db import connection, transaction
from django.test import Client

# Kept on purpose: wrong tries, sessions, the phones' refused events, who has what open in the editor, and
# the empty profile that Wagtail makes when somebody first opens her account.
KEPT = ("django_session", "users_wrongtry", "users_opensession", "users_knowndevice", "courses_syncevent")
OF_WAGTAIL = ("wagtailadmin_editingsession", "wagtailadmin_formstate", "wagtailusers_userprofile")
NOTES = re.compile("|".join((*KEPT, *OF_WAGTAIL)))
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
SAVEPOINT = re.compile(r'\s*(ROLLBACK TO )?SAVEPOINT "?(\w+)', re.IGNORECASE)


class Asked:
    """How many bad inputs were sent in this run, by kind."""

    by_kind: dict[str, int] = {}

    @classmethod
    def one(cls, kind: str) -> None:
        cls.by_kind[kind] = cls.by_kind.get(kind, 0) + 1


class Writes:
    """The tables that were written to and not rolled back again."""

    def __init__(self) -> None:
        self.done: list[str] = []  # tables, and savepoints as «@name»

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := SAVEPOINT.match(sql):
            mark = f"@{found[2]}"
            if found[1] and mark in self.done:
                del self.done[self.done.index(mark) + 1 :]
            elif not found[1]:
                self.done.append(mark)
        answer = execute(sql, params, many, context)
        if found := WRITE.match(sql):
            self.done.append(found[1])
        return answer

    @property
    def tables(self) -> set[str]:
        return {name for name in self.done if not name.startswith("@") and not NOTES.search(name)}


@contextmanager
def forgotten() -> Iterator[Writes]:
    """What is written in here is seen, and taken back at the end."""
    writes = Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            yield writes
        transaction.set_rollback(True)


def ask(client: Client, method: str, address: str, *, kind: str, **sent: Any) -> Any:
    """The answer to bad input, held to the rules. What it wrote is taken back."""
    Asked.one(kind)
    client.raise_request_exception = True  # an error of ours is shown with its traceback
    cookies = copy(client.cookies)
    with forgotten() as writes:
        answer: Any = getattr(client, method)(address, **sent)
        for _part in getattr(answer, "streaming_content", []) or []:
            pass
    client.cookies = cookies  # whoever signed out with a form is still here for the next question
    assert answer.status_code < 500, (address, answer.status_code)
    if is_refusal(answer):
        assert writes.tables == set(), f"refused, and yet saved: {sorted(writes.tables)} {address}"
    return answer


def is_refusal(answer: Any) -> bool:
    """Whether somebody was told that it did not work."""
    if answer.status_code >= 400:
        return True
    said = getattr(getattr(answer, "wsgi_request", None), "_messages", None)
    if said is not None and any(note.level == ERROR for note in said._queued_messages):
        return True
    for context in answer.context or []:
        for name in ("form", "formset"):
            form = context.get(name) if hasattr(context, "get") else None
            if form is not None and getattr(form, "is_bound", False) and not form.is_valid():
                return True
    return False
