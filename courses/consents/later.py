"""«Not now»: her permissions are asked for again after some days. Kept by her phone, not by the school."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from courses.consents import rules
from courses.consents.actions import answers_of
from courses.people.models import Person

COOKIE = "permits_later"
PAUSE = timedelta(days=14)


def put_off(response: HttpResponse, person: Person, *, is_secure: bool) -> None:
    """Do not ask her on this phone for `PAUSE`. The cookie names nobody; her id is in its signature only."""
    response.set_signed_cookie(
        _name(),
        "1",
        salt=_salt(person),
        max_age=int(PAUSE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure or bool(settings.COOKIE_PREFIX),
    )


def forget(response: HttpResponse) -> None:
    """Of an account that is gone the phone keeps nothing."""
    response.delete_cookie(_name())


def is_to_ask(request: HttpRequest, person: Person) -> bool:
    """Whether a purpose waits for her answer and she did not put it off on this phone. At most one query."""
    if request.get_signed_cookie(_name(), default=None, salt=_salt(person), max_age=PAUSE) is not None:
        return False
    return bool(set(rules.PURPOSES) - answers_of(person).keys())


def _name() -> str:
    return f"{settings.COOKIE_PREFIX}{COOKIE}"


def _salt(person: Person) -> str:
    return f"courses.consents.later:{person.pk}"
