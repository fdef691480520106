"""What the log says of doors: which one, whether it opened, to which account of staff; and what was refused.

An account with a PIN is a trainee's. It is never told which: who studies when, and from where, is nobody's.
Names that nobody has are not told either: somebody may have typed her password there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.messages import ERROR, get_messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cms.monitoring.middleware import METHODS, route_of
from cms.users import tries

NOBODY = "-"
log = logging.getLogger(__name__)


def who(account: Any) -> str:
    """The key of an account of staff; of nobody else anything."""
    is_told = account is not None and account.is_authenticated and not account.has_pin
    return str(account.key) if is_told else NOBODY


def opened(door: str, account: Any) -> None:
    """It was the right PIN, password, card, code or passkey."""
    log.info("%s: right, account %s", door, who(account))


def stayed_shut(door: str, account: Any) -> None:
    """It was not."""
    log.warning("%s: wrong, account %s", door, who(account))


def left(account: Any) -> None:
    """She signed out."""
    log.info("signed out, account %s", who(account))


@contextmanager
def watched(door: str, account: Any) -> Iterator[None]:
    """A try that may be slowed: then that is what the log says."""
    try:
        yield
    except tries.Slowed:
        log.warning("%s: slowed, account %s", door, who(account))
        raise


def tried(door: str, account: Any, is_right: bool) -> bool:
    """What came of a try, told and handed on."""
    (opened if is_right else stayed_shut)(door, account)
    return is_right


class NotedRefusals:
    """Whoever asked for what she may not: the address by its name, never its path; which account of staff."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 or is_sent_home(request, response):
            method = request.method if request.method in METHODS else "OTHER"
            log.warning("refused: %s %s, account %s", method, route_of(request), who(request.user))
        return response


def is_sent_home(request: HttpRequest, response: HttpResponse) -> bool:
    """Wagtail's way to refuse: an error to read, above the first page of the desk."""
    is_away = response.status_code == 302 and request.path_info.startswith("/admin/")
    if not is_away or response.headers.get("Location") != reverse("wagtailadmin_home"):
        return False
    said: Any = get_messages(request)
    return any(message.level >= ERROR for message in getattr(said, "_queued_messages", []))
