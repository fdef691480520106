"""Bytes become a table: CSV in the usual encodings and separators, or the first sheet of an XLSX.

What a file is, its first bytes say, never its name. Formulas are never carried out: an XLSX holds the values
that its program last computed, and those are read. Sizes are limited before anything is unpacked.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from courses.errors import Refused
from courses.imports.rules import NAME, UNREAD, kinds_of

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5000, 30, 1000
DELIMITERS = ";\t,|"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"RIFF")
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """The lines of a list with their numbers in the file, cells by kind; `ignored` headings were not read."""

    lines: list[tuple[int, dict[str, str]]]
    ignored: list[str]


def read_table(raw: bytes) -> Table:
    """The table in `raw`. Raises Refused, in words, for what is none or too big."""
    if not raw.strip():
        raise Refused(_("This file is empty."))
    if len(raw) > MAX_BYTES:
        raise Refused(_("This file is too big. A list has at most 2 MB."))
    if raw.startswith(OLD_EXCEL):
        raise Refused(_("This is an old Excel file. Save it as .xlsx or as CSV and bring it again."))
    if raw.startswith(NOT_TABLES):
        raise Refused(_("This file is not a table. Bring a CSV or an .xlsx file."))
    rows = _sheet(raw) if raw.startswith(ZIP) else _text(raw)
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not filled:
        raise Refused(_("This file is empty."))
    if len(filled) > MAX_ROWS + 1:
        raise Refused(_("A list has at most %(most)d lines. Divide it.") % {"most": MAX_ROWS})
    return _with_headings(filled)


def _with_headings(rows: list[Row]) -> Table:
    """Name the columns by the first row; a single column without a heading is taken for names."""
    headings = rows[0][1]
    kinds = kinds_of(headings)
    if NAME not in kinds:
        if max(len([cell for cell in cells if cell.strip()]) for _number, cells in rows) > 1:
            raise Refused(
                _(
                    "The first line must name the columns: Name and, if wanted, Language, User name, "
                    "Legal name."
                )
            )
        names = [(number, {NAME: next(cell for cell in cells if cell.strip())}) for number, cells in rows]
        return Table(names, [])
    lines = [
        (number, {kind: cell for kind, cell in zip(kinds, cells, strict=False) if kind})
        for number, cells in rows[1:]
    ]
    if not lines:
        raise Refused(_("This list has headings but no names below them."))
    ignored = [heading.strip()[:60] for heading, kind in zip(headings, kinds, strict=True) if not kind]
    return Table(lines, [heading for heading in ignored if heading])


# --- text ------------------------------------------------------------------------------------------
def decode(raw: bytes) -> str:
    """Text in UTF-8 (with or without a mark), UTF-16 with a mark, else Windows' Latin-1. Raises Refused."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(raw, "utf-16")
    if b"\x00" in raw:
        raise Refused(_("This file is not a table. Bring a CSV or an .xlsx file."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(_("This file is not a table. Bring a CSV or an .xlsx file.")) from error


def _text(raw: bytes) -> list[Row]:
    text = decode(raw)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            rows.append((start, [cell[:MAX_CELL] for cell in cells[:MAX_COLUMNS]]))
            start = reader.line_num + 1
            if len(rows) > 2 * MAX_ROWS:
                break
    except csv.Error as error:
        raise Refused(_("Line %(number)d of this file cannot be read.") % {"number": start}) from error
    return rows


# --- spreadsheets ----------------------------------------------------------------------------------
def _sheet(raw: bytes) -> list[Row]:
    wrong = _("This file is damaged, or it is not an .xlsx file. Save it anew and bring it again.")
    try:
        _check_archive(raw)
        values, formulas = _first_sheet(raw, data_only=True), _first_sheet(raw, data_only=False)
        return [
            (number, [_cell(value, formula) for value, formula in zip(cells, written, strict=False)])
            for (number, cells), (_same, written) in zip(values, formulas, strict=False)
        ]
    except Refused:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise Refused(wrong) from error
    except Exception as error:  # openpyxl lets whatever XML and its own guesses raise through
        raise Refused(wrong) from error


def _check_archive(raw: bytes) -> None:
    """Refuse what would unpack to much more than a list, or declares entities."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > 500:
            raise Refused(_("This file is too big. Copy the names into a new sheet and bring that."))
        if "[Content_Types].xml" not in archive.namelist():
            raise Refused(_("This file is not a table. Bring a CSV or an .xlsx file."))
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096):
                        raise Refused(_("This file is not a table. Bring a CSV or an .xlsx file."))


def _first_sheet(raw: bytes, *, data_only: bool) -> list[tuple[int, tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=data_only, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return list(_limited(sheet.iter_rows(values_only=True)))
    finally:
        book.close()


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that hold something, with their numbers: as many as a list may have and one more."""
    kept = 0
    for number, cells in enumerate(rows, 1):
        row = cells[:MAX_COLUMNS]
        yield number, row
        kept += any(cell is not None for cell in row)
        if kept > MAX_ROWS + 1 or number > 20 * MAX_ROWS:
            return


def _cell(value: Any, written: Any) -> str:
    """A cell as text. What began with «=» and has no value was never computed."""
    if value is None:
        return UNREAD if isinstance(written, str) and written.startswith("=") else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)[:MAX_CELL]
