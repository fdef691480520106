"""The acta as a signed PDF (PDF/A-3a, PDF/UA-1, PAdES), made on demand from its frozen rows.

Two editions: the school's own with everybody and every result, and the one for the authority, in which
nobody stands who does not graduate. Names are opened for the moment of printing; an erased one says so.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import override

from certificates import payload
from certificates.actas import corrected, ledger, standing, summary, wording
from certificates.actas.models import Acta
from certificates.actas.standing import LineStanding, Standing
from certificates.printing import pades
from certificates.printing.archival import archival_pdf

STYLESHEET = "acta.css"
TEMPLATE = "certificates/acta_pdf.html"


def acta_pdf(
    acta: Acta, *, is_internal: bool, at: datetime, wanted: Collection[Standing] = summary.OUTSIDE
) -> bytes:
    """The acta, signed with the school's seal; `wanted`: which lines the authority's edition lists.

    Raises `LibrariesMissing`, `MissingGlyph`, or `KeyProblem`.
    """
    return pades.sign(acta_pdf_unsigned(acta, is_internal=is_internal, at=at, wanted=wanted), at=at)


def acta_pdf_unsigned(
    acta: Acta, *, is_internal: bool, at: datetime, wanted: Collection[Standing] = summary.OUTSIDE
) -> bytes:
    """The same bytes for the same rows and time."""
    with override(acta.facts["language"]):
        facts = _facts(acta, is_internal=is_internal, at=at, wanted=wanted)
        markup = render_to_string(TEMPLATE, facts)
    about = {"acta": acta.pk, "ledger": facts["ledger"], "is_internal": is_internal, "at": at.isoformat()}
    return archival_pdf(markup, STYLESHEET, identifier=payload.digest(about)[:32].encode())


def _facts(acta: Acta, *, is_internal: bool, at: datetime, wanted: Collection[Standing]) -> dict[str, Any]:
    told = summary.for_authority(acta, wanted)
    zone = acta.cohort.zone
    facts: dict[str, Any] = {
        "acta": acta,
        "is_internal": is_internal,
        "told": told,
        "programme": told.programme,
        "language": acta.facts["language"],
        "ledger": ledger.digest_of_acta(acta),
        "proposed_at": localtime(acta.proposed_at, zone),
        "decided_at": localtime(acta.decided_at, zone) if acta.decided_at else None,
        "made_at": localtime(at, zone),
    }
    if is_internal:
        lines = standing.of_acta(acta, "evidence", "registrations", *summary.AWARDS)
        facts["lines"] = [_whole(acta, one) for one in lines if one.standing != Standing.SUPERSEDED]
        facts["corrections"] = [
            {
                "correction": one,
                "asked_at": localtime(one.asked.at, zone),
                "approved_at": localtime(one.approved.at, zone) if one.approved else None,
            }
            for one in corrected.corrections_of(lines)
        ]
    return facts


def _whole(acta: Acta, one: LineStanding) -> dict[str, Any]:
    """A line with everything the school knows of it."""
    return {
        "line": one.line,
        "hours": summary.duration(one.line.minutes),
        "exception": wording.exception_of(one.line),
        "folio": summary.standing_folio(one.line),
        "afterwards": summary.afterwards(acta, one.line),
        "unmet": [row for row in one.line.evidence.all() if not row.is_met],
    }
