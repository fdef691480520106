"""Cookies beside the session's: no script reads them, and in production no other host can plant one.

With the prefix `__Host-` a browser takes a cookie only over https and from this host (RFC 6265bis).
"""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


def kept(request: HttpRequest, name: str) -> str:
    """What this browser keeps for us under this name, or nothing."""
    return request.COOKIES.get(settings.COOKIE_PREFIX + name, "")


def keep(request: HttpRequest, response: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    """Let this browser keep it for so long."""
    is_secure = bool(settings.COOKIE_PREFIX) or request.is_secure()  # with the prefix it is nothing else
    response.set_cookie(
        settings.COOKIE_PREFIX + name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=is_secure,
    )


class PrefixedMessages(CookieStorage):
    """What was said to somebody, until her next page shows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """Django's own way, the cookie under our prefix: a visitor needs no session to be told something."""

    storage_classes = (PrefixedMessages, SessionStorage)
