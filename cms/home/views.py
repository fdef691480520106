"""The pulse of the site."""

from django.http import HttpRequest, HttpResponse


def health(_request: HttpRequest) -> HttpResponse:
    """Says ok when the web process answers. Touches no database."""
    return HttpResponse("ok", content_type="text/plain")
