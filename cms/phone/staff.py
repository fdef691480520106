"""The team's page for venues without signal, its worker, and which of the team is signed in here."""

import json
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from cms.home.views import help_card
from cms.phone import staff_assets, staff_words
from courses.sync.raids import raid_word
from courses.sync.staff_package import has_desk

WORKER = Path(__file__).with_name("staff_worker.js")
ALWAYS_ASK = {"Cache-Control": "no-cache"}


@require_safe
@ensure_csrf_cookie  # as for the trainees' page
def shell(request: HttpRequest) -> HttpResponse:
    """The same for everybody, whoever is signed in: the worker keeps it on the phone. It holds no name."""
    return HttpResponse(_page(request), headers=ALWAYS_ASK)


def _page(request: HttpRequest) -> str:
    context = {
        "user": AnonymousUser(),
        "hide_tabs": True,
        "messages": (),
        "words": staff_words.for_page(),
        "comments": staff_words.comments(),
    }
    return render_to_string("phone/staff.html", context, request)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of this page alone: its scope ends here, and the trainees' worker stays as it is."""
    page = _page(request) + help_card(request).content.decode()
    told = {
        "version": staff_assets.version_of(page),
        "page": reverse("staff_phone"),
        "help": reverse("help"),
        "files": staff_assets.addresses(),
    }
    script = f"const team = {json.dumps(told)};\n{WORKER.read_text()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=ALWAYS_ASK)


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, if she may note something in a cohort."""
    user = request.user
    is_team = user.is_authenticated and has_desk(user)
    name = user.get_username() if is_team else None
    told = {"user": name, "token": get_token(request), "word": raid_word()}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})
