"""What every answer carries."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from cms.home import cookies, errors
from cms.home.face import face_of
from courses.errors import Refused

SEEN, AT_A_DESK, SINCE = "seen", "at_a_desk", "since"  # in the session
NOTE_SECONDS = 60  # use is written down no more often
GRACE = 3  # a page that hides itself may still be saved: a long test without JavaScript is not lost
UNUSED = (
    "bluetooth browsing-topics camera display-capture geolocation hid idle-detection local-fonts microphone "
    "midi payment serial usb"
)  # what a browser can do and no page of ours asks for
ECHOES = {"TRACE", "TRACK", "CONNECT"}  # of these no browser of ours has need
OURS = ("courses.", "certificates.", "cms.")

DESKS = ("/admin/", "/autoridad/")


class SafeHeaders:
    """What every answer says to the browser: also a redirect, a static file, an error, a refused host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_echo = request.method in ECHOES
        response = errors.not_allowed(request) if is_echo else self.get_response(request)
        is_for_all = "Access-Control-Allow-Origin" in response  # what anybody may check from anywhere
        response.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_for_all else "same-origin")
        if request.path_info.startswith(settings.STATIC_URL) and response.status_code == 200:
            # A style sheet or drawing of ours is no page. What it is told counts on a phone with little data.
            del response["Cross-Origin-Opener-Policy"]
            response._csp_exempt = True  # type: ignore[attr-defined]  # django-csp's way
            return response
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        response["Permissions-Policy"] = with_unused(response.get("Permissions-Policy", ""))
        is_desk = request.path_info.startswith("/admin/")
        if is_desk or getattr(response, "_csp_replace", {}).get("frame-ancestors") == [SELF]:
            response["X-Frame-Options"] = "SAMEORIGIN"  # previews stand in a frame of the desk
        if is_desk:
            policy = settings.ADMIN_CSP if is_ours(request) else settings.WAGTAIL_CSP
            response._csp_config = policy  # type: ignore[attr-defined]  # django-csp's way
        return response


class NoPlainPrograms:
    """A program that asks over http is told so; a redirect would hide that what it sent went in clear.

    People are led on to https by Django's SecurityMiddleware, which leaves these addresses to us.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path_info.startswith(errors.PROGRAMS):
            return errors.answer(request, 403, "403.html")
        return self.get_response(request)


def with_unused(told: str) -> str:
    """What a page says itself about what the browser may do, and no to the rest."""
    unsaid = [f"{feature}=()" for feature in UNUSED.split() if f"{feature}=" not in told]
    return ", ".join([*([told] if told else []), *unsaid])


def is_ours(request: HttpRequest) -> bool:
    """Is this screen of the admin drawn by us, without a script or style inside the page?"""
    view = request.resolver_match.func if request.resolver_match else None
    return view is not None and view.__module__.startswith(OURS)


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


class PlainRefusals:
    """Where a screen of Wagtail's own asks for what an action refuses, its words stand above that screen.

    A wrong method gets a page too: Django answers it with nothing at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = errors.not_allowed(request)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page that was sent, shown again; anything but a refusal goes its usual way."""
        if (
            not isinstance(error, Refused)
            or request.method != "POST"
            or not request.path.startswith("/admin/")
        ):
            return None
        messages.error(request, str(error))
        return redirect(request.get_full_path())


class WritersOnly:
    """Wagtail shows lists, choosers and reports to whoever has a desk; they are for who writes or reviews.

    So are its acts on many things at once: they refuse one by one, and name what they refuse.
    """

    PLACES: tuple[str, ...] = (
        "/admin/api/",
        "/admin/block-preview/",
        "/admin/bulk/courses/",
        "/admin/bulk/wagtail",
    )
    PLACES += ("/admin/documents/", "/admin/images/", "/admin/media/", "/admin/pages/create/")
    PLACES += ("/admin/pages/workflow/confirm_cancellation/",)
    PLACES += ("/admin/reports/", "/admin/snippets/", "/admin/tag-autocomplete/")
    MAY = ("courses.add_quiz", "courses.review_lesson")
    ONLY = {  # the steps of a review; what everybody did, in every cohort
        "/admin/workflows/": "wagtailcore.change_workflow",
        "/admin/reports/site-history/": "courses.add_cohort",
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Raises PermissionDenied; Wagtail asks by itself whoever is not signed in."""
        if not request.path.startswith((*self.PLACES, *self.ONLY)) or not request.user.is_authenticated:
            return
        needed = [name for place, name in self.ONLY.items() if request.path.startswith(place)] or self.MAY
        if not any(request.user.has_perm(name) for name in needed):
            raise PermissionDenied


class PrivatePages:
    """What a signed-in person saw is not kept for the next one on the phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_dummy", False):  # drawn for the editor's preview, which frames it
            response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # django-csp's way
        if "Cache-Control" in response:
            return response  # a public file: asking who is signed in would tie it to a cookie
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


def lock_minutes(request: HttpRequest) -> int:
    """After how many minutes without use a trainee's page hides itself."""
    minutes = face_of(request).lock_minutes
    is_shared = cookies.kept(request, "shared_phone") == "yes"
    return min(minutes, settings.SHARED_LOCK_MINUTES) if is_shared else minutes


class IdleSessions:
    """Who has not been here for a while, or is in for too long, signs in again: the lock without JavaScript.

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
            session[AT_A_DESK] = user.has_desk
        if session[AT_A_DESK]:
            minutes, longest = settings.STAFF_IDLE_MINUTES, settings.STAFF_SESSION_HOURS * 3600
        else:
            minutes, longest = GRACE * lock_minutes(request), settings.SESSION_DAYS * 86_400
        since = session.setdefault(SINCE, now)
        if now - session.get(SEEN, now) > minutes * 60 or now - since > longest:
            session.flush()
            return AnonymousUser()
        if abs(now - session.get(SEEN, 0)) >= NOTE_SECONDS:
            session[SEEN] = now
        return user
