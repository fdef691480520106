"""The log for anyone who checks it: heads, keys, leaves, proofs. Plain files for programs; nothing personal.

Only what a published head covers is served, so every answer but the latest head stays the same for ever.
"""

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from certificates.keys import custody
from certificates.log import checkpoint, proofs
from certificates.log.models import LogEntry, TreeHead

PAGE = 1000
LARGEST = 10**15  # fits every database's integer
TEXT = "text/plain; charset=utf-8"
A_MINUTE, FOR_EVER = "public, max-age=60", "public, max-age=31536000, immutable"
SHA256_DIGITS = 64


class BadQuestion(Exception):
    """The parameters make no sense; the message says which ones would."""


class NotThere(Exception):
    """No published head covers what was asked for."""


def _answered(view: Any) -> Any:
    """Turn what a view gives or raises into a cacheable answer, short ones for errors."""

    @require_safe
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            content, kind, cache = view(request, **kwargs)
        except BadQuestion as error:
            return HttpResponse(f"{error}\n", status=400, content_type=TEXT)
        except NotThere:
            headers = {"Cache-Control": A_MINUTE}
            return HttpResponse("Not in the published log.\n", status=404, content_type=TEXT, headers=headers)
        etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
        response = HttpResponse(content, content_type=kind, headers=headers)
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer


@_answered
def head(_request: HttpRequest) -> tuple[str, str, str]:
    """The latest signed head: a C2SP checkpoint."""
    return _published().note, TEXT, A_MINUTE


@_answered
def head_at(_request: HttpRequest, size: int) -> tuple[str, str, str]:
    """The head that was published when the log had `size` entries."""
    return _head_of(size).note, TEXT, FOR_EVER


@_answered
def keys(_request: HttpRequest) -> tuple[str, str, str]:
    """Every key that signs or signed heads, one a line, as verifiers of signed notes take them."""
    return "".join(f"{line}\n" for line in verifier_keys()), TEXT, A_MINUTE


@_answered
def entries(request: HttpRequest) -> tuple[str, str, str]:
    """The leaves from `start` to `end`, both included, one a line: exactly the bytes that were hashed."""
    start, end = _number(request, "start"), _number(request, "end")
    if end < start or end - start >= PAGE:
        raise BadQuestion(f"Ask for start and end, at most {PAGE} entries at once.")
    if end >= _published().size:
        raise NotThere
    leaves = LogEntry.objects.filter(index__gte=start, index__lte=end).values_list("leaf", flat=True)
    return "".join(f"{leaf}\n" for leaf in leaves), "application/x-ndjson", FOR_EVER


@_answered
def inclusion(request: HttpRequest) -> tuple[str, str, str]:
    """The proof for a leaf, asked for by `index` or by the `pdf_sha256` of a file, under a head's `size`."""
    head = _head_asked_for(request)
    digest = request.GET.get("pdf_sha256", "").lower()
    if digest and (len(digest) != SHA256_DIGITS or not digest.isalnum()):
        raise BadQuestion("Give pdf_sha256 as 64 hexadecimal digits.")
    if digest:
        entry = proofs.is_logged(digest)
    else:
        entry = LogEntry.objects.filter(index=_number(request, "index")).first()
    proof = proofs.inclusion_under(entry, head) if entry else None
    if proof is None:
        raise NotThere
    return as_json(proof), "application/json", FOR_EVER if "size" in request.GET else A_MINUTE


@_answered
def consistency(request: HttpRequest) -> tuple[str, str, str]:
    """The proof that the log of `second` entries begins with that of `first`."""
    first, second = _number(request, "first"), _number(request, "second")
    if not 0 < first <= second:
        raise BadQuestion("Ask for first and second, the smaller one first and not 0.")
    if second > _published().size:
        raise NotThere
    path = [step.hex() for step in proofs.consistency_path(first, second)]
    return json.dumps({"first": first, "second": second, "path": path}) + "\n", "application/json", FOR_EVER


def as_json(proof: proofs.InclusionProof) -> str:
    """A proof as a file: hashes in hexadecimal, the head as it was published."""
    facts = {
        "index": proof.index,
        "size": proof.size,
        "leaf": proof.leaf,
        "leaf_hash": proof.leaf_hash.hex(),
        "path": [step.hex() for step in proof.path],
        "root": proof.root.hex(),
        "head": proof.note,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def verifier_keys() -> list[str]:
    """The public keys of the log, the newest first."""
    found = []
    for row in custody.public_keys(custody.Purpose.LOG):
        public = load_pem_public_key(row.public_key.encode())
        if isinstance(public, Ed25519PublicKey):
            found.append(checkpoint.verifier_key(settings.LOG_ORIGIN, public))
    return found


def _published() -> TreeHead:
    found = proofs.latest_head()
    if found is None:
        raise NotThere
    return found


def _head_asked_for(request: HttpRequest) -> TreeHead:
    if "size" not in request.GET:
        return _published()
    return _head_of(_number(request, "size"))


def _head_of(size: int) -> TreeHead:
    found = TreeHead.objects.filter(size=size).first() if size < LARGEST else None
    if found is None:
        raise NotThere
    return found


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST)) and int(value) < LARGEST):
        raise BadQuestion(f"Give {name} as a whole number.")
    return int(value)
