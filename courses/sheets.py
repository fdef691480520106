"""Tables that leave the house: one shape, written as a workbook or laid out as a PDF for printing."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from courses.errors import Refused

FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet takes for the beginning of a formula, wide forms too
UNSEEN = " \t\r\n\u00a0\u200b\u200e\u200f\u2060\ufeff"
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


def is_like_formula(value: str) -> bool:
    """Might a spreadsheet run it? What stands before the sign without being seen does not hide it."""
    return value[:1] in {"\t", "\r", "\n"} or value.lstrip(UNSEEN).startswith(FORMULA)


def plain(value: str) -> str:
    """A text that no spreadsheet takes for a formula: for CSV, which knows no kinds of cells.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{value}" if is_like_formula(value) else value


def text_cell(sheet: Any, value: str) -> Any:
    """A cell that no spreadsheet takes for a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)  # with them there would be no workbook at all
    cell.data_type = "s"
    if is_like_formula(cell.value):
        cell.quotePrefix = True
    return cell


def cell_of(sheet: Any, value: Any) -> Any:
    """A cell of any value."""
    return text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value)


def xlsx(table: Table) -> bytes:
    """The table as a workbook of one sheet; texts stay texts."""
    workbook = Workbook(write_only=True)
    title = ILLEGAL_CHARACTERS_RE.sub("", table.title).translate(str.maketrans("", "", "[]:*?/\\"))
    sheet = workbook.create_sheet(title[:31])
    for position, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for line in (table.title, *table.lines):
        sheet.append([text_cell(sheet, line)])
    heading = [text_cell(sheet, label) for label in table.headings]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    for row in table.rows:
        sheet.append([cell_of(sheet, value) for value in row])
    for note in table.notes:
        sheet.append([text_cell(sheet, note)])
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


STYLE = Path(__file__).resolve().parent / "static" / "courses" / "table.css"


def pdf(table: Table, language: str) -> bytes:
    """The table laid out for paper, letter size.

    Raises ValueError above PRINTED_ROWS, and Refused where the system libraries of WeasyPrint are missing:
    they are loaded only here, so that without them nothing but the printing stops.
    """
    if not table.is_printable:
        raise ValueError(f"{len(table.rows)} rows are not printed")
    markup = render_to_string("courses/sheets/table.html", {"table": table, "language": language})
    try:
        weasyprint: Any = importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise Refused(_("This cannot be drawn for paper here. Download it as a workbook.")) from error
    document = weasyprint.HTML(string=markup, url_fetcher=_fetch_nothing)
    styles = [weasyprint.CSS(filename=STYLE)]
    return bytes(document.write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1"))


def _fetch_nothing(url: str, **_options: Any) -> Any:
    """A printed table fetches nothing, wherever a name in it seems to point."""
    raise ValueError("nothing is fetched")
