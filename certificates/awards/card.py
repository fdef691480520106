"""The wallet card: the award in the size of a bank card (ISO/IEC 7810 ID-1), made on demand, kept nowhere."""

from typing import Any

from django.template.loader import render_to_string

from certificates import codes, payload
from certificates.awards.models import Certificate
from certificates.keys import sealing
from certificates.printing import fonts, pictures
from certificates.printing.archival import archival_pdf

STYLESHEET = "wallet.css"
TEMPLATE = "certificates/wallet.html"
LINE = 205.0  # the width of a name's line, in points
NAME_SIZES = ((13, 1), (11.5, 2), (9.5, 2), (8, 3))  # (points, lines): .name-1 … .name-4


def card_pdf(certificate: Certificate) -> bytes:
    """Front and back as a tagged PDF. Load with `key`.

    Raises Erased when her name is gone, SealBroken, MissingGlyph or LibrariesMissing.
    """
    name = sealing.unseal(certificate.key, bytes(certificate.sealed), context=str(certificate.pk)).decode()
    facts = payload.with_name(certificate.payload, name)
    size, lines = _fitting(name)
    context: dict[str, Any] = {
        "d": facts,
        "w": facts["words"],
        "code": codes.display(facts["code"]),
        "name_size": size,
        "name": lines,
        "oficio": _oficio(facts),
    }
    return archival_pdf(
        render_to_string(TEMPLATE, context),
        STYLESHEET,
        identifier=payload.digest({"card": facts})[:32].encode(),
        pictures=[pictures.qr("qr:verify", facts["verify_url"])],
    )


def _oficio(facts: dict[str, Any]) -> tuple[str, str, str]:
    """The words about the oficio, its number apart: a number is not broken over two lines."""
    number = (facts["recognition"] or {}).get("oficio_number", "")
    words = facts["words"].get("oficio", "")
    return words.partition(number) if number else (words, "", "")


def _fitting(name: str) -> tuple[int, list[str]]:
    """The number (from 1) of the largest size at which `name` fits, or of the smallest, and its lines."""
    for number, (points, count) in enumerate(NAME_SIZES, start=1):
        lines = fonts.lines(name, count)
        if max(map(fonts.width, lines)) * points <= LINE:
            return number, lines
    return len(NAME_SIZES), fonts.lines(name, NAME_SIZES[-1][1])
