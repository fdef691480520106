"""Changing the language of the site, from any page and without JavaScript."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response

from courses.languages import remember_language
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
    remember_language(request, response, language)
    return response


class _Words(JavaScriptCatalog):
    packages = ["wagtail.admin"]

    def get_paths(self, packages: list[str]) -> list[str]:
        return [*super().get_paths(packages), str(settings.BASE_DIR / "cms" / "locale_upstream")]


def desk_words(request: HttpRequest) -> HttpResponse:
    """The words of Wagtail's programs in the language of the desk, with Spanish that it lacks."""
    response: HttpResponse = get_localized_response(_Words.as_view(), request)
    return response
