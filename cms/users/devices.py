"""The browsers in which an account has signed in before: a random cookie that no script can read."""

import hashlib
import secrets
from datetime import date

from django.http import HttpRequest, HttpResponse

from cms.home import cookies
from cms.users.models import KnownDevice, User

COOKIE = "place"
COOKIE_SECONDS = 400 * 86400  # browsers keep none longer
LONGEST = 100


def digest(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(request: HttpRequest, account: User | None) -> KnownDevice | None:
    """This browser, when the account has signed in with it before."""
    token = _token(request)
    if account is None or not token:
        return None
    return KnownDevice.objects.filter(account=account, token_hash=digest(token)).first()


def remember(request: HttpRequest, response: HttpResponse, account: User, today: date) -> KnownDevice:
    """Know this browser from now on; the accounts of a shared phone share its cookie."""
    token = _token(request) or secrets.token_urlsafe(32)
    device, _is_new = KnownDevice.objects.update_or_create(
        account=account, token_hash=digest(token), defaults={"last_used_on": today}
    )
    cookies.keep(request, response, COOKIE, token, seconds=COOKIE_SECONDS)
    return device


def _token(request: HttpRequest) -> str:
    token = cookies.kept(request, COOKIE)
    return token if 40 <= len(token) <= LONGEST else ""
