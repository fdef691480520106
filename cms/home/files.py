"""Public files of the library, where no web server stands in front (SERVE_MEDIA)."""

from pathlib import PurePosixPath

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.static import serve

POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
SHOWN = ("image/", "audio/", "video/", "text/vtt")
RUNS = "image/svg+xml"


def public_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture, sound or video to show, anything else to keep: nothing in it runs as a page of ours."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    kind = response.headers.get("Content-Type", "")
    response.headers["Content-Security-Policy"] = POLICY
    if not kind.startswith(SHOWN) or kind == RUNS:
        name = PurePosixPath(path).name
        response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
    return response
