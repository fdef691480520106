"""The pulse of the site, and what somebody chose for the phone in her hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cms.home.face import face_of
from cms.home.forms import ThisPhoneForm
from cms.home.models import HelpCard

YEAR = 365 * 24 * 3600


def health(_request: HttpRequest) -> HttpResponse:
    """Says ok when the web process answers. Touches no database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def help_card(request: HttpRequest) -> HttpResponse:
    """If she wants to tell something. The same for everybody: it asks no cookie and keeps nothing."""
    face = face_of(request)
    card = HelpCard.for_request(request)
    context = {"card": card, "site_name": face.name, "quick_exit_url": face.quick_exit_url}
    page = render_to_string("home/help.html", context)
    return HttpResponse(page, headers={"Cache-Control": "no-store"})


@require_POST
def this_phone(request: HttpRequest) -> HttpResponse:
    """Remember in this browser how large the letters are and whether others use the phone; back to `next`.

    Cookies of the phone, not facts about a person: the page is right at its first paint, without a script.
    """
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    response = redirect(wanted if is_ours else "/")
    form = ThisPhoneForm(request.POST)
    if form.is_valid():
        for name, value in form.chosen():
            response.set_cookie(
                name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
    return response
