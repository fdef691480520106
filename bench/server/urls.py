"""The site's addresses and one view that does nothing, behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from cms.urls import urlpatterns as site


def empty(_request: HttpRequest) -> HttpResponse:
    """Nothing: what every request costs at least."""
    return HttpResponse()


urlpatterns = [path("empty/", empty), *site]
