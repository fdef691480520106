"""Words become a PDF for the archive: tagged, PDF/A-3a and PDF/UA-1, the same bytes for the same words.

WeasyPrint is imported when the first document is made: without its system libraries the site stays up
and diplomas wait. Fonts and stylesheets are prepared once per process. Nothing is fetched: pictures are
given as `pictures`, everything else a document needs stands in it.
"""

import atexit
import html
import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pydyf
from django.utils.translation import gettext as _

from certificates.printing import font_folders, fonts
from certificates.printing.checks import install_command
from certificates.printing.pictures import Picture

STYLESHEETS = fonts.FOLDER.parent
FACES = STYLESHEETS / "faces.css"
NOTES = re.compile(r"^::(footnote|note)[^\n]*$", re.MULTILINE)
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)

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
    """The system libraries that WeasyPrint loads are not installed; nothing is wrong with the document."""

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
class Attached:
    """A file that travels inside the PDF; `relationship` after ISO 32000-2, 7.11.3."""

    name: str
    content: bytes
    at: datetime  # fixed by whoever attaches it: the clock would make every rendering differ
    relationship: str = "Source"
    description: str = ""


Finisher = Callable[[Any, Any], None]
Colours = Sequence[tuple[str, str]]  # (name, #rrggbb)


@dataclass(frozen=True)
class Press:
    """What a process prepares once: WeasyPrint, its parser of pages and the fonts."""

    weasyprint: Any
    page: Any
    font_config: Any


def archival_pdf(
    markup: str,
    stylesheet: Path | str,
    *,
    identifier: bytes,
    attachments: Sequence[Attached] = (),
    pictures: Iterable[Picture] = (),
    finisher: Finisher | None = None,
) -> bytes:
    """`markup` as PDF/A-3a and PDF/UA-1; the same arguments give the same bytes in every process.

    `markup` is a whole HTML page with `lang`, `title` and `alt` for every `img`; `stylesheet` a path, or a
    file's name in static/certificates/, and need not declare the fonts "Diploma Serif", "Diploma Display",
    "Diploma Sans" and "Diploma Sans Bold". `identifier` is what the PDF calls itself (a digest of its
    facts). An `img` shows one of `pictures` by its name; `finisher(document, pdf)` may add drawings before
    the file is written. Raises `MissingGlyph` before an empty box is printed, and `LibrariesMissing`.
    """
    document = lay_out(markup, stylesheet, pictures=pictures)
    return write(document, identifier=identifier, attachments=attachments, finisher=finisher)


def lay_out(
    markup: str, stylesheet: Path | str, *, pictures: Iterable[Picture] = (), colours: Colours = ()
) -> Any:
    """The pages of `markup`, laid out and not yet written; `colours` stand for var(--name) in the stylesheet.

    Raises `MissingGlyph` and `LibrariesMissing`.
    """
    if lacking := fonts.missing("".join(html.unescape(UNSEEN.sub("", markup)).split())):
        raise MissingGlyph(lacking)
    machine = press()
    page = machine.page(string=markup, url_fetcher=_fetcher())
    return page.render(
        font_config=machine.font_config,
        stylesheets=[_sheet(STYLESHEETS / stylesheet, tuple(colours))],
        cache={picture.name: picture for picture in pictures},
    )


def write(
    document: Any,
    *,
    identifier: bytes,
    attachments: Sequence[Attached] = (),
    finisher: Finisher | None = None,
) -> bytes:
    """What `lay_out` gave as a file, with both claims."""
    _claim_accessibility(document.metadata)
    return bytes(
        document.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier,
            attachments=[_attachment(press(), one) for one in attachments],
            finisher=_finishing(finisher),
        )
    )


# --- what a process prepares once -------------------------------------------------------------------
@cache
def press() -> Press:
    """The press of this process; raises `LibrariesMissing`, and tries anew the next time."""
    try:
        weasyprint = importlib.import_module("weasyprint")
        text = importlib.import_module("weasyprint.text.fonts")
    except OSError as error:
        raise LibrariesMissing from error
    font_config = text.FontConfiguration()
    font_config._folder = font_folders.make()  # WeasyPrint removes it at the end, we after a killed process
    weasyprint.CSS(FACES, font_config=font_config)
    return Press(weasyprint, _page_class(weasyprint), font_config)


def _page_class(weasyprint: Any) -> Any:
    """WeasyPrint's parser without its rules for foot notes.

    They hang six invisible parts on every element, and working out their styles takes a tenth of the time
    of a diploma. What is printed stays the same, byte by byte (test_archival.py).
    """
    html_module = importlib.import_module("weasyprint.html")
    usual = (Path(weasyprint.__file__).parent / "css" / "html5_ua.css").read_text(encoding="utf-8")
    kept = NOTES.sub("", usual).replace("\n::marker {", "\nli::marker {")
    sheet = weasyprint.CSS(string=kept, counter_style=html_module.UA_COUNTER_STYLE)

    class Page(weasyprint.HTML):
        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [sheet]

    return Page


@lru_cache(maxsize=32)
def _sheet(path: Path, colours: tuple[tuple[str, str], ...] = ()) -> Any:
    machine = press()
    text = path.read_text(encoding="utf-8")
    for name, colour in colours:
        text = text.replace(f"var(--{name})", colour)
    return machine.weasyprint.CSS(string=text, base_url=path.as_uri(), font_config=machine.font_config)


@cache
def _fetcher() -> Any:
    """Opens nothing at all: neither the network nor a file of this machine."""
    return importlib.import_module("weasyprint.urls").URLFetcher(allowed_protocols=())


def forget_press() -> None:
    """Prepare everything anew the next time."""
    for prepared in (_sheet, _fetcher, press):
        prepared.cache_clear()


atexit.register(forget_press)  # the fonts' folder goes while the interpreter still can


# --- what is done to the PDF before it is written ---------------------------------------------------
def _attachment(machine: Press, one: Attached) -> Any:
    return machine.weasyprint.Attachment(
        string=one.content,
        name=one.name,
        description=one.description,
        created=one.at,
        modified=one.at,
        relationship=one.relationship,
    )


def _finishing(finisher: Finisher | None) -> Finisher:
    def finish(document: Any, pdf: Any) -> None:
        if "AF" in pdf.catalog:  # WeasyPrint 70 names every attachment twice
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        if finisher is not None:
            finisher(document, pdf)

    return finish


def _claim_accessibility(metadata: Any) -> None:
    """Add the claim of PDF/UA-1 to the metadata; WeasyPrint writes one variant's claim only."""
    written = metadata.generate_rdf_metadata

    def with_claim(*args: Any) -> bytes:
        before, end, after = written(*args).rpartition(b"</rdf:RDF>")
        return before + ACCESSIBILITY_CLAIM + end + after

    metadata.generate_rdf_metadata = with_claim
