"""Around every request: its id, a line in the log, and figures. Neither tells who asked, or for what."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cms.monitoring import counters, trace

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
QUIET = {"health", "ready", "metrics"}  # asked every few seconds
log = logging.getLogger("cms.requests")


def route_of(request: HttpRequest) -> str:
    """The name of its address, never the address itself."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return str(match.view_name)
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "nowhere"


class Watched:
    """The outermost: whatever happens inside has an answer by the time it comes back here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        counters.listen()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a proxy of ours whoever asks could choose the id.
        told = request.headers.get(trace.HEADER, "") if settings.PROXY_COUNT else ""
        token = trace.current.set(trace.id_from(told))
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            if route_of(request) != "static":
                response.headers[trace.HEADER] = trace.current.get()
            self.note(request, response.status_code, time.perf_counter() - begun)
        finally:
            trace.current.reset(token)
        return response

    def note(self, request: HttpRequest, status: int, seconds: float) -> None:
        """One line and two figures."""
        route = route_of(request)
        method = request.method if request.method in METHODS else "OTHER"
        with suppress(OSError, ValueError):  # a full disk: figures must not cost an answer
            counters.requests.labels(method, route, f"{status // 100}xx").inc()
            counters.request_seconds.labels(route).observe(seconds)
        if route not in QUIET and route != "static":
            known = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
            log.info("%s %s %s %d ms", method, route, status, round(seconds * 1000), extra=known)
