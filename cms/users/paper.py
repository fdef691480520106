"""Cards on paper: sign-in cards with their first PINs on sheets of their own, and attendance cards.

Eight on an A4 sheet with lines to cut along. The PDF is made in memory, sent once and kept nowhere.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from certificates.printing import archival
from cms.users.cards import Drawn
from courses.cohorts.codes import attendance_code, display
from courses.cohorts.models import Enrolment
from courses.drawings import qr_code
from courses.errors import Refused

A_SHEET, SLIPS_A_SHEET = 8, 12
BORDER = 2  # modules: the card itself is white
STYLES = Path(__file__).parent / "static" / "users" / "paper.css"


def sign_in_sheets(request: HttpRequest, drawn: Sequence[Drawn], address: str) -> bytes:
    """The cards, then the slips with the first PINs. Raises Refused when they cannot be drawn."""
    cards = [
        {
            "number": number,
            "card": one,
            "person": one.account.person,
            "qr": qr_code(f"{address}#{one.token}", border=BORDER),
        }
        for number, one in enumerate(drawn, 1)
    ]
    context = {
        "sheets": in_parts(cards, A_SHEET),
        "slips": in_parts(cards, SLIPS_A_SHEET),
        "address": address.partition("://")[2],
    }
    return _pdf(request, "users/cards_pdf.html", context)


def attendance_sheets(request: HttpRequest, enrolments: Sequence[Enrolment]) -> bytes:
    """A card for each: her name and a code that opens nothing. Raises Refused when they cannot be drawn."""
    cards = [
        {
            "name": one.person.name,
            "language": one.person.language,
            "code": display(code),
            "qr": qr_code(code, border=BORDER),
        }
        for one in enrolments
        if (code := attendance_code(one))
    ]
    return _pdf(request, "users/attendance_pdf.html", {"sheets": in_parts(cards, A_SHEET)})


def in_parts(cards: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The cards sheet by sheet."""
    return [cards[start : start + size] for start in range(0, len(cards), size)]


def _pdf(request: HttpRequest, template: str, context: dict[str, Any]) -> bytes:
    markup = render_to_string(template, context, request=request)
    try:
        document = archival.lay_out(markup, STYLES)
        return archival.write(document, identifier=secrets.token_bytes(16))
    except (archival.LibrariesMissing, archival.MissingGlyph) as error:
        raise Refused(_("The sheets cannot be drawn: %(why)s") % {"why": error}) from error


def as_download(pdf: bytes, name: str) -> HttpResponse:
    """The PDF under a neutral name; neither the browser nor a proxy keeps it."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
