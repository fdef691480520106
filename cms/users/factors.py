"""What an account has for its second step: an app's codes, passkeys, recovery codes. Allauth keeps them."""

import hashlib
import logging
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.users import devices, sessions, tries
from cms.users.models import User
from courses.errors import Refused
from courses.throttle import address_of
from courses.trail import actions as trail

APP, KEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
SPENT = "spent"  # in an app's row: hashes of codes that opened, with the time, while they could open again
SPENT_FOR = timedelta(minutes=3)  # longer than a code with its neighbours is right
MOST_KEYS = 8

log = logging.getLogger(__name__)


def of(account: User) -> QuerySet[Authenticator]:
    """All rows of an account, recovery codes too."""
    return Authenticator.objects.filter(user=account).order_by("created_at", "pk")


def has_any(account: User) -> bool:
    """Is there a second step to ask for? Recovery codes alone are none."""
    return of(account).filter(type__in=[APP, KEY]).exists()


def try_code(request: HttpRequest, account: User, code: str, now: datetime) -> Authenticator | None:
    """What this code of an app, or recovery code, belongs to. Counted and slowed. Raises tries.Slowed."""
    device = devices.find(request, account)
    session_key = request.session.session_key if request.user == account else None
    subjects = tries.at_second_step(account, device, session_key, address_of(request))
    tries.begin(subjects, now)
    found = _matching(account, code, now)
    if found is not None:
        tries.give_back(subjects)
        if device or session_key:
            tries.forget(subjects)
    return found


@transaction.atomic
def _matching(account: User, code: str, now: datetime) -> Authenticator | None:
    rows = of(account).select_for_update().filter(type__in=[APP, CODES])
    for row in rows:
        try:
            if _opens(row, code, now):
                row.user = account
                return row
        except InvalidToken:
            log.error("second step %s was sealed under a master key that is not here", row.pk)
    return None


def _opens(row: Authenticator, code: str, now: datetime) -> bool:
    """A code of an app opens once, in every process; allauth's own note of it lies in a cache."""
    if row.type != APP:
        return bool(row.wrap().validate_code(code))
    since = (now - SPENT_FOR).timestamp()
    spent = [entry for entry in row.data.get(SPENT, []) if entry[1] > since]
    digest = hashlib.sha256(code.encode()).hexdigest()
    if digest in (entry[0] for entry in spent) or not row.wrap().validate_code(code):
        return False
    row.data[SPENT] = [*spent, [digest, now.timestamp()]]
    row.save(update_fields=["data"])
    return True


def is_right(secret: str, code: str) -> bool:
    """Does an app that was given this secret show this code now?"""
    return bool(validate_totp_code(secret, code))


def activate_app(account: User, secret: str) -> Authenticator:
    """From now on this app's codes are asked. Raises Refused when she has one already."""
    User.objects.select_for_update().get(pk=account.pk)
    if of(account).filter(type=APP).exists():
        raise Refused(_("You have an app already. Remove it before you set up another."))
    row: Authenticator = TOTP.activate(account, secret).instance
    trail.note(trail.Deed.SECOND_STEP_SET_UP, about=account, by=account, at=timezone.now())
    return row


@transaction.atomic
def remove(account: User, row: Authenticator, *, is_needed: bool) -> None:
    """Take one away, and the recovery codes with the last. Raises Refused for that where one is needed."""
    User.objects.select_for_update().get(pk=account.pk)
    mine = of(account).filter(type__in=[APP, KEY])
    is_last = not mine.exclude(pk=row.pk).exists()
    if is_last and is_needed:
        raise Refused(_("This is your only second step. Set up another one first."))
    (of(account) if is_last else mine.filter(pk=row.pk)).delete()
    trail.note(trail.Deed.SECOND_STEP_REMOVED, about=account, by=account, at=timezone.now())


@transaction.atomic
def reset(*, account: User, by: User | None) -> int:
    """A lost phone: her second step goes, her sessions end, her browsers are forgotten, and at her next
    sign-in she sets it up anew. How many things went. `by` is None at the command line. Raises Refused.
    """
    if by is not None and by.pk == account.pk:
        raise Refused(_("Nobody resets her own second step. Ask another administrator."))
    User.objects.select_for_update().get(pk=account.pk)
    count, _each = of(account).delete()
    sessions.end_all(account, by=None)
    trail.note(trail.Deed.SECOND_STEP_RESET, about=account, by=by, at=timezone.now())
    log.info("second step of %s reset by %s", account.key, by.key if by else "a command")
    return count
