"""The register book as it is read, printed and kept: each line with its state today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from certificates import payload
from certificates.awards.models import Certificate, Delivery, FolioSeries, Job, Registration, SuspensionEvent
from certificates.printing import fonts
from certificates.printing.archival import archival_pdf
from courses.sheets import cell_of, text_cell

STYLESHEET = "register.css"
TEMPLATE = "certificates/register.html"
WIDTHS = (6, 18, 10, 8, 36, 44, 12, 24, 14, 14, 26)


@dataclass(frozen=True)
class Entry:
    """One line of the book, in words."""

    number: int
    folio: str
    book: str
    page: int
    name: str
    title: str
    duration: str
    oficio: str
    registered: date
    handed_over: date | None
    state: str
    issuer: str
    is_demo: bool


@dataclass(frozen=True)
class Page:
    """A page («foja») with its lines."""

    number: int
    entries: tuple[Entry, ...]

    @property
    def issuers(self) -> str:
        """The school whose acts stand on it; several of them only where the acts are of several."""
        return " · ".join(dict.fromkeys(line.issuer for line in self.entries))

    @property
    def is_demo(self) -> bool:
        """One line of a demonstration is enough to mark the whole page."""
        return any(line.is_demo for line in self.entries)


def books(series: FolioSeries) -> list[dict[str, Any]]:
    """The books of a series: name, how many entries, first and last page, first and last folio number."""
    found = Registration.objects.filter(series=series).order_by().values("book")
    told = found.annotate(entries=Count("pk"), last_page=Max("page"), first=Min("number"), last=Max("number"))
    return sorted(told, key=lambda one: int(one["first"]))


def entries(series: FolioSeries, book: str, pages: tuple[int, int] | None = None) -> list[Entry]:
    """The lines of a book, or of its pages from … to …, in order. One query; names are opened in memory."""
    rows = _rows(series, book)
    if pages is not None:
        rows = rows.filter(page__gte=pages[0], page__lte=pages[1])
    return [_entry(row) for row in rows]


def paged(lines: Iterable[Entry]) -> list[Page]:
    """The lines page by page."""
    grouped: dict[int, list[Entry]] = {}
    for line in lines:
        grouped.setdefault(line.page, []).append(line)
    return [Page(number, tuple(found)) for number, found in grouped.items()]


def pdf(series: FolioSeries, book: str, lines: Sequence[Entry], *, at: datetime) -> bytes:
    """The pages of these lines as a tagged PDF, twenty lines a page, landscape.

    What the typeface lacks is printed as «?». Raises LibrariesMissing.
    """
    context = {
        "series": series,
        "book": book,
        "pages": paged(lines),
        "language": get_language(),
        "made_at": localtime(at),
    }
    told = {"book": book, "series": str(series), "at": at.isoformat(), "lines": len(lines)}
    markup = _printable(render_to_string(TEMPLATE, context))
    return archival_pdf(markup, STYLESHEET, identifier=payload.digest(told)[:32].encode())


def _printable(markup: str) -> str:
    """One name in a script that the typeface lacks must not keep a whole book from being printed."""
    return markup.translate(
        {ord(character): "?" for character in fonts.missing(markup) if ord(character) > 127}
    )


def xlsx(lines: Iterable[Entry]) -> bytes:
    """The lines as a workbook; a text that begins like a formula stays a text."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Register book"))
    for column, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + column)].width = width
    sheet.freeze_panes = "A2"
    heading = []
    for label in headings():
        cell = text_cell(sheet, label)
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for line in lines:
        sheet.append([cell_of(sheet, value) for value in cells(line)])
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


def headings() -> list[str]:
    """What stands above the columns, in the order of `cells`."""
    return [
        _("No."),
        _("Folio"),
        _("Book"),
        pgettext("of a register book", "Page"),
        _("Name"),
        _("Course"),
        _("Duration"),
        _("Oficio"),
        _("Registered"),
        _("Handed over"),
        _("State"),
    ]


def cells(line: Entry) -> list[Any]:
    """The values of a line, in the order of `headings`."""
    return [
        line.number,
        line.folio,
        line.book,
        line.page,
        line.name,
        line.title,
        line.duration,
        line.oficio,
        line.registered,
        line.handed_over,
        line.state,
    ]


def _rows(series: FolioSeries, book: str) -> QuerySet[Any]:
    suspended = SuspensionEvent.objects.filter(certificate=OuterRef("certificate")).order_by("-pk")
    given = Delivery.objects.filter(certificate=OuterRef("certificate"), what=Delivery.What.DIPLOMA)
    return (
        Registration.objects.filter(series=series, book=book)
        .select_related(
            "line__key",
            "line__acta",
            "line__superseded_by",
            "certificate__key",
            "certificate__job",
            "certificate__document",
            "certificate__revocation",
            "certificate__replaced_by",
            "certificate__erasure",
        )
        .annotate(
            is_suspended=Subquery(suspended.values("is_suspended")[:1]),
            given_at=Subquery(given.values("at")[:1]),
        )
        .order_by("number")
    )


def _entry(row: Any) -> Entry:
    certificate: Certificate | None = getattr(row, "certificate", None)
    facts = certificate.payload if certificate else {}
    recognition = facts.get("recognition") or {}
    return Entry(
        number=row.number,
        folio=row.folio,
        book=row.book,
        page=row.page,
        name=certificate.name if certificate else row.line.name,
        title=facts.get("title") or row.line.acta.facts["title"],
        duration=facts.get("duration", ""),
        oficio=recognition.get("oficio_number", ""),
        registered=localdate(row.at),
        handed_over=localdate(row.given_at) if row.given_at else None,
        state=_state(row, certificate),
        issuer=row.line.acta.facts.get("issuer", ""),
        is_demo=row.line.acta.facts.get("is_demo", False),
    )


def _state(row: Any, certificate: Certificate | None) -> str:
    """What the register says of a folio today."""
    if certificate is None:
        if hasattr(row.line, "superseded_by"):
            return _("not used: the line was corrected")
        return _("registered")
    if hasattr(certificate, "revocation"):
        was_issued = hasattr(certificate, "document")
        words = _("revoked") if was_issued else _("annulled before it was issued")
    elif hasattr(certificate, "replaced_by"):
        words = _("replaced by %(folio)s") % {"folio": certificate.replaced_by.folio}
    elif row.is_suspended:
        words = _("suspended")
    elif hasattr(certificate, "document"):
        words = _("issued")
    elif certificate.job.state in {Job.State.FAILED, Job.State.CANCELLED}:
        words = _("could not be made")
    else:
        words = _("in preparation")
    return _("%(state)s, name erased") % {"state": words} if hasattr(certificate, "erasure") else words
