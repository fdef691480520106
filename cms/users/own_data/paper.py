"""The receipt of her answers as a PDF: no cohort, no place. Made when she asks, kept nowhere."""

import secrets
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.printing import archival
from courses.consents import rules
from courses.consents.actions import answers_of
from courses.consents.wording import WORDS, language_read
from courses.errors import Refused
from courses.people.models import Person

STYLES = Path(__file__).parents[1] / "static" / "users" / "receipt.css"


def rows_of(person: Person) -> list[dict[str, Any]]:
    """Every purpose with its words and her answer, in their order. One query."""
    said = answers_of(person)
    return [
        {"purpose": purpose, "words": WORDS[purpose], "answer": said.get(purpose)}
        for purpose in rules.PURPOSES
    ]


def receipt_pdf(request: HttpRequest, person: Person, at: Any) -> bytes:
    """What she said yes and no to, when, and where to complain. Raises Refused when it cannot be drawn."""
    context = {"person": person, "rows": rows_of(person), "at": at}
    with translation.override(language_read(get_language() or "es")):
        markup = render_to_string("users/own_data/receipt_pdf.html", context, request=request)
    try:
        return archival.write(archival.lay_out(markup, STYLES), identifier=secrets.token_bytes(16))
    except (archival.LibrariesMissing, archival.MissingGlyph) as error:
        raise Refused(_("The receipt cannot be drawn now: %(why)s") % {"why": error}) from error
