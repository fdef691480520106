"""What anybody may fetch and keep for a while: the issuer's keys and the status lists."""

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from certificates.credentials import did, status
from certificates.credentials.models import StatusList

KEYS_SECONDS = 3600
NOT_SIGNED_YET = 60


@require_safe
def did_document(request: HttpRequest) -> HttpResponseBase:
    """The DID document: every key that ever signed a credential."""
    document = did.document(did.known(request.get_host()))
    return _file(request, json.dumps(document, indent=1), KEYS_SECONDS, "application/json")


@require_safe
def status_list(request: HttpRequest, number: str) -> HttpResponseBase:
    """The signed list of revoked credentials. One query."""
    signed = StatusList.objects.filter(number=int(number)).values_list("document", flat=True).first()
    if signed is None:
        raise Http404
    if not signed:
        response = HttpResponse(status=503)
        response["Retry-After"] = str(NOT_SIGNED_YET)
        return response
    return _file(request, signed, status.CACHE_SECONDS, "application/vc")


def _file(request: HttpRequest, content: str, seconds: int, content_type: str) -> HttpResponseBase:
    """A file that caches may keep and pages of other sites may read; 304 to whoever has it already."""
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
