"""Tables that leave the house: one shape, written as a workbook or laid out as a PDF for printing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

FORMULA = frozenset("=+-@\t\r")
HELD, PRINTED_COLUMNS = 2, 14  # number and name, and what stands beside them on one sheet
PRINTED_ROWS = 300  # a longer list is for a workbook: nobody prints it, and laying it out takes minutes


@dataclass(frozen=True)
class Table:
    """A heading, columns and rows; `notes` stand below. `widths` are characters, for the workbook."""

    title: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    widths: tuple[int, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def parts(self) -> list[tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
        """The table cut into parts as wide as a sheet; the first columns stand in each of them."""
        held, loose = self.headings[:HELD], len(self.headings) - HELD
        if loose <= PRINTED_COLUMNS:
            return [(self.headings, [tuple(row) for row in self.rows])]
        return [
            (
                (*held, *self.headings[first : first + PRINTED_COLUMNS]),
                [(*row[:HELD], *row[first : first + PRINTED_COLUMNS]) for row in self.rows],
            )
            for first in range(HELD, len(self.headings), PRINTED_COLUMNS)
        ]

    @property
    def is_printable(self) -> bool:
        return len(self.rows) <= PRINTED_ROWS


def text_cell(sheet: Any, value: str) -> Any:
    """A cell that no spreadsheet takes for a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    cell.value = value
    cell.data_type = "s"
    if value[:1] in FORMULA:
        cell.quotePrefix = True
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    return text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value)


def xlsx(table: Table) -> bytes:
    """The table as a workbook of one sheet; texts stay texts."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(table.title[:31].translate(str.maketrans("", "", "[]:*?/\\")))
    for position, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for line in (table.title, *table.lines):
        sheet.append([text_cell(sheet, line)])
    heading = [text_cell(sheet, label) for label in table.headings]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])
    for note in table.notes:
        sheet.append([text_cell(sheet, note)])
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


class _Nothing(URLFetcher):
    """A printed table fetches nothing, wherever a name in it seems to point."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        raise ValueError("nothing is fetched")


STYLE = Path(__file__).resolve().parent / "static" / "courses" / "table.css"


def pdf(table: Table, language: str) -> bytes:
    """The table laid out for paper, letter size. Raises ValueError above PRINTED_ROWS."""
    if not table.is_printable:
        raise ValueError(f"{len(table.rows)} rows are not printed")
    markup = render_to_string("courses/sheets/table.html", {"table": table, "language": language})
    document = HTML(string=markup, url_fetcher=_Nothing())
    written: bytes = document.write_pdf(stylesheets=[CSS(filename=STYLE)], pdf_variant="pdf/ua-1")
    return written
