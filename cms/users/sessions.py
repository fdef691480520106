"""The open sessions of an account: what she sees of them, and how she ends them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cms.users import devices
from cms.users.models import KnownDevice, OpenSession, User
from cms.users.rules import device_in_words
from courses.trail import actions as trail

MARK = "noted"


def note(request: HttpRequest, account: User, device: KnownDevice | None) -> None:
    """Write this session down, and the day."""
    today = timezone.localdate()
    OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "account": account,
            "device": device,
            "kind": device_in_words(request.headers.get("User-Agent", "")),
            "last_used_on": today,
        },
    )
    request.session[MARK] = _mark(request)


def renew(request: HttpRequest) -> None:
    """A new key for this session: it may more from now on."""
    OpenSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.cycle_key()


def _mark(request: HttpRequest) -> list[str | None]:
    return [str(timezone.localdate()), request.session.session_key]


def of(account: User, now: datetime) -> list[OpenSession]:
    """Her sessions that still work; rows of ended ones are cleared away."""
    rows = OpenSession.objects.filter(account=account)
    keys = list(rows.values_list("session_key", flat=True))
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    rows.exclude(session_key__in=alive.values_list("session_key", flat=True)).delete()
    return list(rows)


@transaction.atomic
def end(sessions: list[OpenSession], *, forget_devices: bool = False, by: User | None = None) -> int:
    """End these sessions, and let the account forget their devices if wished; how many there were."""
    if sessions:
        whose, now = sessions[0].account, timezone.now()
        trail.note(trail.Deed.SESSIONS_ENDED, about=whose, by=by, at=now, count=len(sessions))
    if forget_devices:
        KnownDevice.objects.filter(pk__in=[one.device_id for one in sessions if one.device_id]).delete()
    Session.objects.filter(session_key__in=[one.session_key for one in sessions]).delete()
    OpenSession.objects.filter(pk__in=[one.pk for one in sessions]).delete()
    return len(sessions)


def end_of(account: User, *, forget_devices: bool = False, by: User | None = None) -> int:
    """End every session of hers; how many there were."""
    return end(list(OpenSession.objects.filter(account=account)), forget_devices=forget_devices, by=by)


@transaction.atomic
def end_all(account: User, *, by: User | None) -> int:
    """End every session of hers and forget her browsers, used lately or not; how many sessions there were."""
    count = end_of(account, by=by)
    KnownDevice.objects.filter(account=account).delete()
    return count


def end_others(request: HttpRequest, account: User) -> int:
    """End all of her sessions but this one. No phone of hers is forgotten."""
    others = OpenSession.objects.filter(account=account).exclude(session_key=request.session.session_key)
    return end(list(others), by=account)


class NoteSessions:
    """Once a day a signed-in session is written down; on every other request this asks nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session and session.get(MARK) != _mark(request):
            user: Any = request.user
            if user.is_authenticated and session.session_key:
                note(request, user, devices.find(request, user))
        return response
