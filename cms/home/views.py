"""The help card, and what somebody chose for the phone in her hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from cms.home import cookies
from cms.home.face import face_of
from cms.home.forms import ThisPhoneForm
from cms.home.language import local_path
from cms.home.models import ComplaintsCard, HelpCard

YEAR = 365 * 24 * 3600


@require_safe
def help_card(request: HttpRequest) -> HttpResponse:
    """If she wants to tell something. The same for everybody: it asks no cookie and keeps nothing."""
    face = face_of(request)
    card = HelpCard.for_request(request)
    context = {"card": card, "site_name": face.name, "quick_exit_url": face.quick_exit_url}
    page = render_to_string("home/help.html", context)
    return HttpResponse(page, headers={"Cache-Control": "no-store"})


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """To whom she complains, without reprisals. The same for everybody; nothing is kept."""
    face = face_of(request)
    card = ComplaintsCard.for_request(request)
    context = {"card": card, "site_name": face.name, "quick_exit_url": face.quick_exit_url}
    page = render_to_string("home/complaints.html", context)
    return HttpResponse(page, headers={"Cache-Control": "no-store"})


@require_POST
def this_phone(request: HttpRequest) -> HttpResponse:
    """Remember in this browser how large the letters are and whether others use the phone; back to `next`.

    Cookies of the phone, not facts about a person: the page is right at its first paint, without a script.
    """
    response = redirect(local_path(request.POST.get("next", "")))
    form = ThisPhoneForm(request.POST)
    if form.is_valid():
        for name, value in form.chosen():
            cookies.keep(request, response, name, value, seconds=YEAR)
    return response
