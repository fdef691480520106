"""The page for phones without signal, its worker and its manifest, and who is signed in here."""

import json
from pathlib import Path

from csp.decorators import csp_update
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from cms.home.face import face_of
from cms.home.views import help_card
from cms.phone import assets, words
from courses.sync.raids import raid_word

WORKER = Path(__file__).with_name("worker.js")
ALWAYS_ASK = {"Cache-Control": "no-cache"}


@require_safe
@ensure_csrf_cookie  # before its script asks: two answers under way would plant two, and one form would fail
@csp_update({"img-src": ["blob:"], "media-src": ["blob:"]})  # what she took along, decrypted in the page
def shell(request: HttpRequest) -> HttpResponse:
    """The same for everybody, whoever is signed in: the worker keeps it on the phone."""
    return HttpResponse(_page(request), headers=ALWAYS_ASK)


def _page(request: HttpRequest) -> str:
    context = {"user": AnonymousUser(), "hide_tabs": True, "messages": (), "words": words.for_page()}
    return render_to_string("phone/shell.html", context, request)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It changes with the page, in the reader's language, and with the files."""
    files = assets.addresses()
    told = {
        "version": assets.version_of([_page(request), help_card(request).content.decode(), *files]),
        "page": reverse("phone"),
        "help": reverse("help"),
        "files": files,
    }
    script = f"const phone = {json.dumps(told)};\n{WORKER.read_text()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=ALWAYS_ASK)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name and icon on the phone's first screen: neutral."""
    face = face_of(request)
    told = {
        "name": face.name,
        "short_name": face.short_name,
        "lang": get_language(),
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6efe4",
        "theme_color": "#0f5c5c",
        "icons": [{"src": static(face.icon_path), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(told, content_type="application/manifest+json", headers=ALWAYS_ASK)


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, if she is a trainee: the page sets her part of the phone up under this name."""
    person = getattr(request.user, "person", None) if request.user.is_authenticated else None
    user = request.user.get_username() if person else None
    told = {"user": user, "token": get_token(request), "word": raid_word()}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})
