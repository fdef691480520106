"""What anyone may learn about an award: does it stand, and what does the paper say.

Every printed fact is shown, so that an altered paper is caught, except the name: that is only matched,
unless its holder chose to show it. Nothing else is known here: no place, no cohort, no result, no picture.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django_stubs_ext import WithAnnotations

from certificates import codes, names
from certificates.awards.models import Certificate, Countersignature, Document, HolderChoice, SuspensionEvent
from certificates.keys import sealing, secrets
from certificates.log import proofs
from certificates.log.models import LogEntry
from certificates.verification.models import ShareLink

# The only parts of a payload that leave it.
PUBLIC = (
    "kind",
    "language",
    "is_demo",
    "folio",
    "book",
    "page",
    "issuer",
    "ally",
    "recognition",
    "signatories",
    "title",
    "hours",
    "minutes",
    "duration",
    "from",
    "to",
    "span",
    "issued",
    "modules",
    "texts",
)

# The columns that a verdict, a name and a proof are made from.
NEEDED = (
    "code",
    "payload",
    "name_hash",
    "sealed",
    "key__wrapped",
    "revocation__at",
    "revocation__reason",
    "replaced_by__created_at",
)


class Extras(TypedDict):
    """What a look-up adds to an award's row."""

    is_suspended: bool | None
    shows_name: bool
    logged: dict[str, Any] | None


if TYPE_CHECKING:
    Found = WithAnnotations[Certificate, Extras]
else:  # at run time this alias takes one parameter only
    Found = Certificate


class State(StrEnum):
    """How a diploma stands today."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The answer to a code. Unknown carries no facts, whatever the reason: never issued or not yet."""

    state: State
    code: str
    facts: dict[str, Any] | None = None
    since: datetime | None = None
    reason: str = ""
    name: str = ""  # only where its holder chose to show it
    log_index: int | None = None

    @property
    def display_code(self) -> str:
        """The code as printed, in groups of four."""
        return codes.display(self.code)


def find(code: str) -> Found | None:
    """The award with this code (in its stored form) that was made, in one query.

    What is still being made is not found, by the same query in the same time as what never was.
    """
    return _made().filter(code=code).first()


def find_file(digest: str) -> Found | None:
    """The award whose file, or countersigned file, has this SHA-256. At most three queries."""
    kept = Document.objects.filter(pdf_sha256=digest).values_list("certificate_id", flat=True).first()
    if kept is None:
        signed = Countersignature.objects.filter(pdf_sha256=digest)
        kept = signed.values_list("certificate_id", flat=True).first()
    return _made().filter(pk=kept).first() if kept else None


def find_shared(token: str, now: datetime) -> tuple[Found, ShareLink] | None:
    """The award that an open share link shows; None for a link that ended, expired or never was.

    Once what named her is erased, her links are gone too: nobody is left whose diploma they show.
    """
    open_links = ShareLink.objects.open(now).filter(certificate__key__wrapped__isnull=False)
    link = open_links.filter(token_sha256=token_digest(token)).first()
    certificate = _made().filter(pk=link.certificate_id).first() if link else None
    return (certificate, link) if certificate and link else None


def token_digest(token: str) -> str:
    """What is kept of a share link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def look_up(code: str) -> Verdict:
    """The state and the facts of the diploma with this code (in its stored form), in one query."""
    certificate = find(code)
    return verdict(certificate) if certificate else Verdict(State.UNKNOWN, code)


def verdict(certificate: Found, *, shows_name: bool | None = None) -> Verdict:
    """What may be told of an award that was found; her name if she chose so, or as `shows_name` says."""
    if hasattr(certificate, "replaced_by") and not hasattr(certificate, "revocation"):
        # Nothing of a former name's paper is shown any more, only that it was replaced (and when).
        return Verdict(State.REPLACED, certificate.code, since=certificate.replaced_by.created_at)
    state, since, reason = State.VALID, None, ""
    if hasattr(certificate, "revocation"):
        state, since, reason = State.REVOKED, certificate.revocation.at, certificate.revocation.reason
    elif certificate.is_suspended:
        state = State.SUSPENDED
    is_shown = certificate.shows_name if shows_name is None else shows_name
    return Verdict(
        state,
        certificate.code,
        facts={key: certificate.payload[key] for key in PUBLIC}
        | {"disclaimer": certificate.payload["words"]["disclaimer"]},
        since=since,
        reason=reason,
        name=_name(certificate) if is_shown and state == State.VALID else "",
        log_index=certificate.logged["index"] if certificate.logged else None,
    )


def is_named(certificate: Certificate, typed: str) -> bool:
    """Whether `typed` is the name on this award's paper (certificates/names.py says what counts)."""
    return names.matches(secrets.name_key(str(certificate.pk)), typed, certificate.name_hash)


def inclusion(certificate: Found) -> proofs.InclusionProof | None:
    """The proof that the log holds its issue; None while no published head covers it. Three queries."""
    leaf = certificate.logged
    head = proofs.latest_head() if leaf else None
    return proofs.inclusion_under(LogEntry(**leaf), head) if leaf and head else None


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The same answer for a program: dates by month only."""
    answer: dict[str, Any] = {"state": verdict.state.value, "code": verdict.display_code}
    if verdict.since:
        answer["since"] = f"{verdict.since:%Y-%m}"
    if verdict.reason:
        answer["reason"] = verdict.reason
    if verdict.facts:
        answer["facts"] = verdict.facts
    if verdict.name:
        answer["name"] = verdict.name
    return answer


@cache
def _made() -> Any:
    """Awards that have their file, with all that a verdict needs, in one query.

    Put together once: that takes as long as the rest of the look-up. Always narrow it before it is read.
    """
    chosen = HolderChoice.objects.filter(
        person_id=OuterRef("line__person_id"), cohort_id=OuterRef("acta__cohort_id"), shows_name=True
    )
    entry = LogEntry.objects.filter(award=OuterRef("pk"), type=LogEntry.Type.ISSUE)
    leaf = JSONObject(index="index", leaf="leaf", leaf_hash="leaf_hash")
    last = SuspensionEvent.objects.filter(certificate=OuterRef("pk")).order_by("-pk")
    return (
        Certificate.objects.filter(document__isnull=False)
        .select_related("key", "revocation", "replaced_by")
        .only(*NEEDED)  # putting a query of every column together takes longer than the database does
        .annotate(
            is_suspended=Subquery(last.values("is_suspended")[:1]),
            shows_name=Exists(chosen),
            logged=Subquery(entry.values(told=leaf)[:1]),
        )
    )


def _name(certificate: Certificate) -> str:
    try:
        return sealing.unseal(
            certificate.key, bytes(certificate.sealed), context=str(certificate.pk)
        ).decode()
    except sealing.Erased:
        return ""
