"""What every answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


class PrivatePages:
    """No search engine lists us; what a signed-in person saw is not kept for the next one on the phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if "Cache-Control" in response:
            return response  # a public file: asking who is signed in would tie it to a cookie
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
