"""Who may come in: a user name and a secret, looked at no faster than the limiter allows."""

from datetime import datetime

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from cms.users import devices, door_log, sessions, tries
from cms.users.models import User
from courses.languages import remember_language
from courses.throttle import address_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
PIN, PASSWORD = "PIN", "password"


def find(username: str) -> User | None:
    """The account of this name; a telephone's capital letter does not matter where only one can be meant."""
    exact = User.objects.filter(username=username).first()
    alike = list(User.objects.filter(username__iexact=username)[:2]) if exact is None else []
    return exact or (alike[0] if len(alike) == 1 else None)


def enter(request: HttpRequest, *, username: str, secret: str, by_pin: bool, now: datetime) -> User | None:
    """The account that this opens, through the door for PINs or the one for passwords. Raises tries.Slowed.

    Whoever does not exist takes as long and is slowed in the same way as whoever does.
    """
    account = find(username)
    device = devices.find(request, account)
    if account and device:
        subjects = tries.on_known(account, device)
    else:
        subjects = tries.from_outside(account, username, address_of(request))
    door = PIN if by_pin else PASSWORD
    with door_log.watched(door, account):
        tries.begin(subjects, now)
    is_right = _check(account if account and account.has_pin == by_pin else None, secret)
    if account is None or not is_right or not account.is_active or account.has_desk == by_pin:
        door_log.stayed_shut(door, account)
        return None
    door_log.opened(door, account)
    tries.give_back(subjects)
    if device:
        tries.forget(subjects)
    return account


def _check(account: User | None, secret: str) -> bool:
    if account is None:
        User().set_password(secret)  # the time that a look at a real one takes
        return False
    return account.check_password(secret)


def check_own_pin(request: HttpRequest, account: User, pin: str, now: datetime) -> bool:
    """Is it the PIN of who is signed in here? Raises tries.Slowed."""
    return _check_own(request, account, pin, now, by_pin=True)


def check_own_password(request: HttpRequest, account: User, password: str, now: datetime) -> bool:
    """Is it the password of who of staff is signed in here? Raises tries.Slowed."""
    return _check_own(request, account, password, now, by_pin=False)


def _check_own(request: HttpRequest, account: User, secret: str, now: datetime, *, by_pin: bool) -> bool:
    device, key = devices.find(request, account), request.session.session_key or ""
    subjects = tries.on_known(account, device) if device else tries.in_session(account, key)
    door = f"{PIN if by_pin else PASSWORD} once more"
    with door_log.watched(door, account):
        tries.begin(subjects, now)
    is_right = door_log.tried(door, account, account.has_pin == by_pin and account.check_password(secret))
    if is_right:
        tries.forget(subjects)
    return is_right


def welcome(request: HttpRequest, response: HttpResponse, account: User) -> HttpResponse:
    """Open the session if it is not open, know this browser, note the session, speak her language."""
    if request.user != account:
        login(request, account, backend=BACKEND)
    device = devices.remember(request, response, account, timezone.localdate())
    sessions.note(request, account, device)
    person = getattr(account, "person", None)
    language = person.language if person else account.language
    if language and translation.check_for_language(language):
        remember_language(request, response, language)
    return response
