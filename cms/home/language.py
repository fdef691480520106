"""Changing the language of the site, from any page and without JavaScript."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from courses.people.actions import choose_language

HOME = "/"


def local_path(address: str) -> str:
    """`address` when it is a path of this site, else the start."""
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_path else HOME


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show the site in `language` from now on and go back to `next`; a trainee's choice goes with her.

    A language that the site does not speak changes nothing.
    """
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
