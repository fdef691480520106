"""What every answer carries."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from cms.home.face import face_of

SEEN, AT_A_DESK = "seen", "at_a_desk"  # in the session
NOTE_SECONDS = 60  # use is written down no more often
GRACE = 3  # a page that hides itself may still be saved: a long test without JavaScript is not lost
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


DESKS = ("/admin/", "/autoridad/")


class DeskLanguage:
    """The desks of staff speak the languages that Wagtail's admin may; for whoever chose another, Spanish."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        spoken = dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES)
        if request.path.startswith(DESKS) and translation.get_language() not in spoken:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        return self.get_response(request)


class PrivatePages:
    """No search engine lists us; what a signed-in person saw is not kept for the next one on the phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if "Cache-Control" in response:
            return response  # a public file: asking who is signed in would tie it to a cookie
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


def lock_minutes(request: HttpRequest) -> int:
    """After how many minutes without use a trainee's page hides itself."""
    minutes = face_of(request).lock_minutes
    is_shared = request.COOKIES.get("shared_phone") == "yes"
    return min(minutes, settings.SHARED_LOCK_MINUTES) if is_shared else minutes


class IdleSessions:
    """Who has not been here for a while signs in again: the lock that needs no JavaScript.

    Looked at when somebody asks who is signed in, so that public files stay without a cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user
        request.user = SimpleLazyObject(lambda: self.awake(request, known))  # type: ignore[assignment]  # lazy
        return self.get_response(request)

    def awake(self, request: HttpRequest, user: Any) -> Any:
        """`user`, or nobody when the session slept too long. Notes that it was used."""
        if not user.is_authenticated:
            return user
        session, now = request.session, int(timezone.now().timestamp())
        if AT_A_DESK not in session:
            session[AT_A_DESK] = user.has_perm("wagtailadmin.access_admin")
        minutes = settings.STAFF_IDLE_MINUTES if session[AT_A_DESK] else GRACE * lock_minutes(request)
        if now - session.get(SEEN, now) > minutes * 60:
            session.flush()
            return AnonymousUser()
        if abs(now - session.get(SEEN, 0)) >= NOTE_SECONDS:
            session[SEEN] = now
        return user
