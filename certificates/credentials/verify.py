"""Our own check of a credential: by us, unaltered, not revoked. Takes nothing on trust from the file.

Stricter than a general verifier: it accepts only the form that we sign — our contexts in their order, one
proof of one kind, an issuer named by the caller — and says «revoked» where some tools say «verified».
"""

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.credentials import attachments, bits, data_integrity, did, linked_data
from certificates.credentials.models import SIZE, StatusList
from certificates.credentials.open_badge import CONTEXTS

# Ours have 13 and 2. Many alike side by side can be made to take minutes to canonicalise.
MOST_NODES, MOST_SIBLINGS = 24, 3
STATUS_BYTES = SIZE // 4
STATUS_TYPES = ["VerifiableCredential", "BitstringStatusListCredential"]


class Finding(enum.StrEnum):
    """What a check found; only VALID is good news."""

    VALID = "valid"
    REVOKED = "revoked"
    MALFORMED = "malformed"  # no credential of the form that we sign
    OTHER_ISSUER = "other_issuer"
    UNKNOWN_KEY = "unknown_key"  # not one of the issuer's keys that may assert
    UNDEFINED_TERM = "undefined_term"  # it says something that no signature covers
    ALTERED = "altered"  # the signature does not fit
    STATUS_UNTRUSTED = "status_untrusted"  # ours and unaltered, but the status list is not to be believed


@dataclass(frozen=True)
class Result:
    """What was found; `award` is the award's UUID, told only if the signature is ours and fits."""

    finding: Finding
    sha256: str
    award: str | None = None
    is_revoked: bool | None = None  # None: no status list was looked at

    @property
    def is_authentic(self) -> bool:
        """Whether we signed exactly this, revoked since or not."""
        return self.award is not None


class _Stop(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


def verify(
    credential: bytes,
    did_document: Mapping[str, Any],
    status_document: bytes | str | None = None,
    *,
    at: datetime,
) -> Result:
    """Check a credential against the issuer's DID document and, if given, the signed status list.

    Never raises for what the credential or the list may hold, never fetches anything.
    """
    sha256 = hashlib.sha256(credential).hexdigest()
    try:
        told = _read(credential, attachments.LONGEST)
        if told.get("@context") != CONTEXTS:
            raise _Stop(Finding.MALFORMED)
        _authenticate(told, did_document)
        award = told["id"].removeprefix("urn:uuid:")
    except _Stop as stop:
        return Result(stop.finding, sha256)
    if status_document is None:
        return Result(Finding.VALID, sha256, award)
    try:
        is_revoked = _is_revoked(told["credentialStatus"], status_document, did_document, at)
    except (_Stop, KeyError, TypeError, ValueError):
        return Result(Finding.STATUS_UNTRUSTED, sha256, award)
    return Result(Finding.REVOKED if is_revoked else Finding.VALID, sha256, award, is_revoked)


def verify_ours(credential: bytes, *, at: datetime) -> Result:
    """Check a credential against the keys and lists of this installation. At most three queries."""
    try:
        told = json.loads(credential)
        issuer, entry = told["issuer"]["id"], told["credentialStatus"]
        number = int(entry["statusListCredential"].rsplit("/", 1)[1])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Result(Finding.MALFORMED, hashlib.sha256(credential).hexdigest())
    ours = did.known(did.host(issuer)) if isinstance(issuer, str) else ""
    lists = StatusList.objects.filter(number=min(number, 2**31 - 1), did=ours)
    signed = lists.values_list("document", flat=True).first()
    return verify(credential, did.document(ours), signed or b"", at=at)


def _read(content: bytes | str, longest: int) -> dict[str, Any]:
    """A JSON object of a sensible size and shape, no key of it told twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(pairs)
        if len(told) != len(pairs):
            raise _Stop(Finding.MALFORMED)
        return told

    if len(content) > longest:
        raise _Stop(Finding.MALFORMED)
    try:
        told = json.loads(content, object_pairs_hook=once)
        nodes = _nodes(told)
    except (ValueError, RecursionError) as error:
        raise _Stop(Finding.MALFORMED) from error
    if not isinstance(told, dict) or nodes > MOST_NODES:
        raise _Stop(Finding.MALFORMED)
    return told


def _nodes(value: Any) -> int:
    """How many objects there are; refuses many alike side by side and names of blank nodes."""
    if isinstance(value, dict):
        if str(value.get("id", "")).startswith("_:"):
            raise _Stop(Finding.MALFORMED)
        return 1 + sum(_nodes(item) for item in value.values())
    if isinstance(value, list):
        if sum(isinstance(item, dict | list) for item in value) > MOST_SIBLINGS:
            raise _Stop(Finding.MALFORMED)
        return sum(_nodes(item) for item in value)
    return 0


def _authenticate(told: dict[str, Any], did_document: Mapping[str, Any]) -> None:
    """Pass if the issuer of this DID document signed exactly this."""
    issuer = told.get("issuer")
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if issuer != did_document["id"]:
        raise _Stop(Finding.OTHER_ISSUER)
    if not isinstance(told.get("id"), str):
        raise _Stop(Finding.MALFORMED)
    try:
        method = data_integrity.proof_of(told)["verificationMethod"]
        key = _key(did_document, method)
        data_integrity.check(told, key)
    except (linked_data.UndefinedTerm, linked_data.ContextNotBundled) as error:
        raise _Stop(Finding.UNDEFINED_TERM) from error
    except data_integrity.ProofInvalid as error:
        raise _Stop(Finding.ALTERED) from error


def _key(did_document: Mapping[str, Any], method: str) -> Any:
    """The key of this address, if it is the issuer's and may assert."""
    may_assert = method in did_document["assertionMethod"]
    for one in did_document["verificationMethod"]:
        if one["id"] == method and one["controller"] == did_document["id"] and may_assert:
            return data_integrity.from_multikey(one["publicKeyMultibase"])
    raise _Stop(Finding.UNKNOWN_KEY)


def _is_revoked(
    entry: Mapping[str, Any], status_document: bytes | str, did_document: Mapping[str, Any], at: datetime
) -> bool:
    """What the signed list says of this entry. Raises when the list is not the issuer's, or out of date."""
    told = _read(status_document, STATUS_BYTES)
    subject = told["credentialSubject"]
    if (
        told["@context"] != [linked_data.CREDENTIALS]
        or told["type"] != STATUS_TYPES
        or told["id"] != entry["statusListCredential"]
        or entry["type"] != "BitstringStatusListEntry"
        or entry["statusPurpose"] != "revocation"
        or subject["statusPurpose"] != "revocation"
    ):
        raise _Stop(Finding.STATUS_UNTRUSTED)
    if not datetime.fromisoformat(told["validFrom"]) <= at <= datetime.fromisoformat(told["validUntil"]):
        raise _Stop(Finding.STATUS_UNTRUSTED)
    _authenticate(told, did_document)
    index = int(entry["statusListIndex"])
    if not 0 <= index < SIZE:
        raise _Stop(Finding.STATUS_UNTRUSTED)
    return bits.has(bits.decode(subject["encodedList"], SIZE), index)
