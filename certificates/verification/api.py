"""Verification for programs, as certificates/verification/openapi.json describes it."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from certificates import codes
from certificates.verification import actions, file_check, lookup, throttle, uploads
from certificates.verification.forms import NameForm
from certificates.verification.lookup import State
from courses.occurrences import occurred

DOCUMENT = Path(__file__).with_name("openapi.json")
DESCRIPTION_AGE = 3600  # seconds that the description of the API may be kept
LONGEST_BODY = 4096  # bytes of a question about a name

View = Callable[..., HttpResponse]


def asked(view: View) -> View:
    """An answer to a program: counted by client, with an ETag to ask again by, kept by nobody unasked.

    Anybody's page may read the answer to a GET: it takes no cookie and tells no more than it tells us.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := throttle.api_limit().seconds_to_wait(request, timezone.now()):
            return too_many(wait)
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-cache, private")
        if request.method not in {"GET", "HEAD"}:
            return response
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer


@require_safe
@asked
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """The same answer as the page: 200 in any state of a diploma, 404 unknown, 400 mistyped. 4 queries."""
    try:
        stored = codes.normalise(code)
    except codes.MistypedCode:
        return _json({"state": "mistyped"}, status=400)
    certificate = lookup.find(stored)
    if certificate is None:
        return _json({"state": State.UNKNOWN.value, "code": codes.display(stored)}, status=404)
    verdict = lookup.verdict(certificate)
    answer = lookup.as_json(verdict)
    if verdict.facts and (proof := lookup.inclusion(certificate)):
        answer["log"] = {
            "index": proof.index,
            "size": proof.size,
            "leaf": proof.leaf,
            "leaf_hash": proof.leaf_hash.hex(),
            "path": [one.hex() for one in proof.path],
            "root": proof.root.hex(),
            "checkpoint": proof.note,
        }
    return _json(answer)


@require_POST
@asked
def match_name(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a name is the one on the paper of a diploma in force; five tries an hour for each code."""
    now = timezone.now()
    try:
        stored = codes.normalise(code)
        name = _typed_name(request)
    except codes.MistypedCode:
        return _json({"state": "mistyped"}, status=400)
    except BadRequest as error:
        return _json({"error": str(error)}, status=400)
    try:
        actions.count_try(code=stored, at=now)
    except actions.TooManyTries as error:
        return too_many(_seconds(error.opens_at, now))
    certificate = lookup.find(stored)
    if certificate is None:
        return _json({"state": State.UNKNOWN.value, "code": codes.display(stored)}, status=404)
    verdict = lookup.verdict(certificate)
    answer: dict[str, Any] = {"state": verdict.state.value, "code": verdict.display_code}
    if verdict.state == State.VALID:
        answer["match"] = lookup.is_named(certificate, name)
    return _json(answer)


@require_POST
@asked
def verify_file(request: HttpRequest) -> HttpResponse:
    """Is this PDF (the body of the question) the very file that we issued, and if not, what differs."""
    now = timezone.now()
    if uploads.length(request) > uploads.LARGEST:
        return _json({"error": "too_large"}, status=413)
    if request.content_type != "application/pdf":
        return _json({"error": "not_pdf"}, status=415)
    if wait := throttle.file_limit().seconds_to_wait(request, now):
        return too_many(wait)
    judgement = file_check.judge(request.body, now)
    occurred("verification_api", "our_file" if judgement.is_our_file else "other_file")
    answer: dict[str, Any] = {"is_our_file": judgement.is_our_file, "differences": list(judgement.findings)}
    if judgement.verdict:
        answer["diploma"] = lookup.as_json(judgement.verdict)
    if judgement.missing:
        answer["missing"] = [value for _label, value in judgement.missing]
    return _json(answer)


@require_safe
@asked
def openapi(_request: HttpRequest) -> HttpResponse:
    """The description of this API (OpenAPI 3.1)."""
    headers = {"Cache-Control": f"public, max-age={DESCRIPTION_AGE}"}
    return HttpResponse(_document(), content_type="application/json", headers=headers)


def too_many(wait: int) -> HttpResponse:
    """429, and after how many seconds one may ask again."""
    occurred("verification_api", "slowed")
    answer = _json({"error": "too_many", "retry_after": wait}, status=429)
    answer.headers["Retry-After"] = str(wait)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return answer


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()


def _typed_name(request: HttpRequest) -> str:
    """The name in a JSON body. Raises BadRequest."""
    if len(request.body) > LONGEST_BODY:
        raise BadRequest("too_long")
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("not_json") from error
    form = NameForm(told if isinstance(told, dict) else {})
    if not form.is_valid():
        raise BadRequest("no_name")
    return str(form.cleaned_data["name"])


def _seconds(opens_at: datetime, now: datetime) -> int:
    return max(1, int((opens_at - now).total_seconds()))


def _json(answer: dict[str, Any], *, status: int = 200) -> JsonResponse:
    if "state" in answer:
        occurred("verification_api", str(answer["state"]))
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
