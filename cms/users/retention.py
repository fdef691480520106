"""Traces of signing in, and the accounts of people of whom nothing is kept."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from cms.users.models import KnownDevice, OpenSession, SignInCard, User, WrongTry
from cms.users.roles import TRAINEE
from courses.expiry import Due, unheld


def sign_ins(before: datetime, now: datetime) -> list[Due]:
    """Sessions, devices, tries and cards that were last used before then; sessions that ended, at once."""
    day = timezone.localdate(before)
    old = OpenSession.objects.filter(last_used_on__lt=day)
    sessions = Session.objects.filter(Q(expire_date__lt=now) | Q(pk__in=old.values("session_key")))
    alive = Session.objects.filter(pk=OuterRef("session_key"))
    devices = KnownDevice.objects.filter(last_used_on__lt=day, opensession=None)
    spent = Q(used_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return [
        Due(sessions, label=_("sessions")),
        Due(OpenSession.objects.filter(~Exists(alive)), label=_("notes of sessions")),
        Due(devices, label=_("devices that an account knows")),
        Due(WrongTry.objects.filter(last_at__lt=before), label=_("counts of wrong tries")),
        Due(SignInCard.objects.filter(spent)),
        Due(
            User.objects.filter(last_login__lt=before),
            label=_("days of a last sign-in"),
            drop=_clear_last_login,
            code="last_login",
        ),
    ]


def _clear_last_login(keys: Sequence[Any]) -> int:
    return User.objects.filter(pk__in=keys).update(last_login=None)


def unname_in_log(accounts: Collection[int]) -> None:
    """The admin's log calls these accounts by their number from now on."""
    kind = ContentType.objects.get_for_model(User)
    told = ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in accounts])
    told.update(label=F("object_id"), data={})


def remove_accounts(keys: Collection[int]) -> int:
    """Delete the accounts of people who are gone; how many. Call it in a transaction.

    Whoever has another role keeps hers. One to which a record must go on referring loses its name, its
    secret and its role instead, and never opens again.
    """
    others = Exists(User.groups.through.objects.filter(user=OuterRef("pk")).exclude(group__name=TRAINEE))
    ended = User.objects.filter(pk__in=keys, is_superuser=False).exclude(others)
    accounts = list(ended.values_list("pk", flat=True))
    unname_in_log(accounts)
    opened = OpenSession.objects.filter(account__in=accounts)
    Session.objects.filter(pk__in=opened.values("session_key")).delete()
    unheld(ended).delete()
    rest = User.objects.filter(pk__in=accounts)
    User.groups.through.objects.filter(user__in=rest).delete()
    for model in (OpenSession, KnownDevice, SignInCard):
        model._default_manager.filter(account__in=rest).delete()
    rest.update(username=F("key"), first_name="", last_name="", email="", is_active=False, last_login=None)
    rest.update(password=make_password(None))
    return len(accounts)
