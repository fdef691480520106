"""Who may come in: a user name and a secret, looked at no faster than the limiter allows."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from certificates.verification.throttle import address_of
from cms.users import devices, sessions, tries
from cms.users.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


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
    tries.begin(subjects, now)
    is_right = _check(account if account and account.has_pin == by_pin else None, secret)
    if account is None or not is_right or not account.is_active or account.has_desk == by_pin:
        return None
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
    device, key = devices.find(request, account), request.session.session_key or ""
    subjects = tries.on_known(account, device) if device else tries.in_session(account, key)
    tries.begin(subjects, now)
    is_right = account.has_pin and account.check_password(pin)
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
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
