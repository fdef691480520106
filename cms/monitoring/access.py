"""Who may see figures and details: a program that holds the token, or one on this very machine."""

import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest

FROM_OUTSIDE = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via")


def may_see_figures(request: HttpRequest) -> bool:
    """The token, or a call that came past no proxy from this machine itself."""
    scheme, _space, told = request.headers.get("Authorization", "").partition(" ")
    token = settings.MONITORING_TOKEN
    if token and scheme.casefold() == "bearer":
        return secrets.compare_digest(told.strip().encode(), token.encode())
    if any(name in request.headers for name in FROM_OUTSIDE):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
