"""What is said when something went wrong: plain words to a person, one word to a program, no details.

None of it asks the database, except the pages that know who asks (403, 404): if that fails too, 500 follows.
"""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

PROGRAMS = ("/api/", "/sync/", "/log/", "/.well-known/", "/status/")
WORDS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "server_error",
}
NOT_KEPT = {"Cache-Control": "no-store"}
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def answer(request: HttpRequest, status: int, template: str, *, asks_who: bool = False) -> HttpResponse:
    """The page, or for a program its one word."""
    if is_program(request):
        return JsonResponse({"error": WORDS[status]}, status=status, headers=NOT_KEPT)
    page = render_to_string(template, request=request if asks_who else None)
    return HttpResponse(page, status=status, headers=NOT_KEPT)


def is_program(request: HttpRequest) -> bool:
    """Does a program ask? By the address, or because it wants JSON and no page."""
    wanted = request.headers.get("Accept", "")
    return request.path_info.startswith(PROGRAMS) or ("json" in wanted and "html" not in wanted)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 for more than one page sends."""
    if isinstance(exception, TOO_MUCH):
        return answer(request, 413, "413.html")
    return answer(request, 400, "400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, "403.html", asks_who=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or another site sent the form. The reason is for nobody's eyes."""
    return answer(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404, "404.html", asks_who=True)


def not_allowed(request: HttpRequest) -> HttpResponse:
    return answer(request, 405, "405.html")


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500, "500.html")
