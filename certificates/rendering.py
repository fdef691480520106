"""A payload becomes a PDF: tagged, PDF/A-3a and PDF/UA-1, the same bytes for the same payload.

WeasyPrint is imported when the first diploma is made: without its system libraries the site stays up
and diplomas wait. Fonts, stylesheet and drawings are prepared once per process.
"""

import atexit
import base64
import hashlib
import importlib
import math
import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pydyf
import segno
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from certificates import art, codes, fonts, payload
from certificates.checks import install_command

STYLESHEET = fonts.FOLDER.parent / "diploma.css"
LINE = 576.0  # the width of a name's line, in points
NAME_SIZES = ((36, 1), (30, 1), (25, 2), (20, 2), (16, 3))  # (points, lines): .name-1 … .name-5
TITLE_SIZES = ((22, 1), (17, 2), (13, 3))
QR_MASK = 4  # fixed: trying all eight masks costs ten times as much and every reader takes any of them
ROW = 360.0  # the width of a module's title, in points
ROWS = (("roomy", 11, 8), ("dense", 8.5, 18))  # (class, points, lines it has room for); beyond: tight

# PDF/A allows a claim of PDF/UA only with a description of the words it uses (ISO 19005-3, 6.6.2.3).
ACCESSIBILITY_CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


class LibrariesMissing(Exception):
    """The system libraries that WeasyPrint loads are not installed; nothing is wrong with the diploma."""

    def __str__(self) -> str:
        return _("The libraries that draw diplomas are missing. Type as root: %(command)s") % {
            "command": install_command()
        }


class MissingGlyph(Exception):
    """A character that the typeface does not have; printing it would leave an empty box in a name."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__(characters)
        self.characters = characters

    def __str__(self) -> str:
        return _("The typeface of the diploma lacks: %(characters)s") % {
            "characters": " ".join(f"{character} (U+{ord(character):04X})" for character in self.characters)
        }


@dataclass(frozen=True)
class Rendered:
    """A finished PDF."""

    content: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Press:
    """What a process prepares once: WeasyPrint's parser, the fonts, the stylesheet."""

    html: Any
    font_config: Any
    stylesheet: Any


@cache
def press() -> Press:
    """The press of this process; raises `LibrariesMissing`, and tries anew the next time."""
    try:
        weasyprint = importlib.import_module("weasyprint")
        text = importlib.import_module("weasyprint.text.fonts")
    except OSError as error:
        raise LibrariesMissing from error
    font_config = text.FontConfiguration()
    return Press(weasyprint.HTML, font_config, weasyprint.CSS(STYLESHEET, font_config=font_config))


atexit.register(press.cache_clear)  # the fonts' temporary folder goes while the interpreter still can


def render(facts: dict[str, Any]) -> Rendered:
    """The diploma that says `facts`; raises `MissingGlyph` before a box is printed, or `LibrariesMissing`."""
    if lacking := fonts.missing(payload.printed_text(facts)):
        raise MissingGlyph(lacking)
    machine = press()
    page = machine.html(string=render_to_string("certificates/diploma.html", context(facts)))
    document = page.render(font_config=machine.font_config, stylesheets=[machine.stylesheet])
    _claim_accessibility(document.metadata)
    content = document.write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_identifier=payload.digest(facts)[:32].encode(),
        finisher=_lay_art_under,
    )
    return Rendered(content)


def context(facts: dict[str, Any]) -> dict[str, Any]:
    """What the template needs beside the facts: the QR code, and sizes and lines that fit."""
    name_size, name = fitting(facts["name"], NAME_SIZES)
    title_size, title = fitting(facts["title"], TITLE_SIZES)
    return {
        "d": facts,
        "w": facts["words"],
        "code": codes.display(facts["code"]),
        "qr": qr_image(facts["verify_url"]),
        "name": name,
        "name_size": name_size,
        "title": title,
        "title_size": title_size,
        "density": density(facts),
        "rows": rows(facts),
    }


def fitting(text: str, sizes: tuple[tuple[int, int], ...]) -> tuple[int, list[str]]:
    """The number (from 1) of the largest size at which `text` fits, or of the smallest, and its lines."""
    tried = (
        (number, points, fonts.lines(text, count)) for number, (points, count) in enumerate(sizes, start=1)
    )
    for number, points, lines in tried:
        if max(map(fonts.width, lines)) * points <= LINE:
            return number, lines
    return len(sizes), fonts.lines(text, sizes[-1][1])


def _lines_needed(text: str, points: float, line: float) -> int:
    return math.ceil(fonts.width(text) * points / line)


def density(facts: dict[str, Any]) -> str:
    """How close the lines of the front stand, by how many of them there are above the heading."""
    words = facts["words"]
    recognition = f"{words.get('recognised', '')} {words.get('oficio', '')}".strip()
    above = [(facts["issuer"], 15), (words.get("with_ally", ""), 11), (recognition, 11)]
    lines = sum(_lines_needed(text, points, LINE) for text, points in above)
    return "airy" if lines < 3 else "even" if lines < 5 else "full"


def rows(facts: dict[str, Any]) -> str:
    """How large the table of modules is set, so that it ends above what stands below it."""
    for name, points, room in ROWS:
        if sum(_lines_needed(module["title"], points, ROW) for module in facts["modules"]) <= room:
            return name
    return "tight"


def qr_image(url: str) -> str:
    """The QR code of `url` (error level M, with its quiet zone) as the address of an inline picture."""
    picture = BytesIO()
    code = segno.make(url, error="m", micro=False, boost_error=False, mask=QR_MASK)
    code.save(picture, kind="png", scale=6, border=4, dark=art.INK, light="#ffffff")
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


# --- what is done to the PDF before it is written -------------------------------------------------
@cache
def _drawing(is_front: bool) -> bytes:
    operators = art.front() if is_front else art.back()
    return zlib.compress(b"/Artifact BMC q\n" + operators + b"\nQ EMC", 9)


def _lay_art_under(_document: Any, pdf: Any) -> None:
    """Put the drawings under the text of each page, as an artifact that screen readers pass over."""
    pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]
    for number, page in enumerate(pages):
        drawing = pydyf.Stream([_drawing(number == 0)], {"Filter": "/FlateDecode"})
        pdf.add_object(drawing)
        page["Contents"] = pydyf.Array([drawing.reference, page["Contents"]])


def _claim_accessibility(metadata: Any) -> None:
    """Add the claim of PDF/UA-1 to the metadata; WeasyPrint writes one variant's claim only."""
    written = metadata.generate_rdf_metadata

    def with_claim(*args: Any) -> bytes:
        before, end, after = written(*args).rpartition(b"</rdf:RDF>")
        return before + ACCESSIBILITY_CLAIM + end + after

    metadata.generate_rdf_metadata = with_claim
