"""Changing the language of the site, from any page and without JavaScript."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from courses.people.actions import choose_language

HOME = "/"


def local_path(address: str) -> str:
    """`address` when it is a path of this site, else the start."""
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_path else HOME


@require_http_methods(["GET", "HEAD", "POST"])
def set_language(request: HttpRequest) -> HttpResponse:
    """Show the site in `language` from now on and go back to `next`; a trainee's choice goes with her.

    A language that the site does not speak changes nothing. A GET offers the languages, for the pages that
    have no room for them; it changes nothing either.
    """
    if request.method != "POST":
        return render(request, "home/language.html", {"back": local_path(request.GET.get("next", ""))})
    response = redirect(local_path(request.POST.get("next", "")))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    person = getattr(request.user, "person", None)
    if person is not None:
        choose_language(person=person, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
