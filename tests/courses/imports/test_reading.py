"""Files as people bring them: encodings, separators, spreadsheets, and what is no list at all."""

import contextlib
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.errors import Refused
from courses.imports.reading import MAX_BYTES, MAX_ROWS, read_table
from courses.imports.rules import UNREAD, understand

TEXT = "Nombre;Idioma\nMaría Ñandú;es\nLucía Peña;ht\n"
NAMES = ["María Ñandú", "Lucía Peña"]


def names(raw: bytes) -> list[str]:
    return [cells["name"] for _number, cells in read_table(raw).lines]


def workbook(*rows: list[object]) -> bytes:
    """An .xlsx of these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_list_is_read_in_every_usual_form(encoding: str, separator: str) -> None:
    assert names(TEXT.replace(";", separator).encode(encoding)) == NAMES


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like_and_empty_ones_do_not_count(ending: str) -> None:
    raw = TEXT.replace("\n", f"{ending}{ending}").encode()
    assert names(raw) == NAMES


def test_lines_keep_the_numbers_they_have_in_the_file() -> None:
    assert [number for number, _cells in read_table(b"\nNombre\n\nAna\n\nEva\n").lines] == [4, 6]


def test_a_single_column_without_heading_is_names() -> None:
    assert names(b"Ana\nEva Luz\n") == ["Ana", "Eva Luz"]


def test_other_columns_are_not_read_and_are_named() -> None:
    table = read_table("Teléfono,Nombre,Nacionalidad\n555,Ana,HN\n".encode())
    assert table.lines == [(2, {"name": "Ana"})]
    assert table.ignored == ["Teléfono", "Nacionalidad"]


def test_several_columns_need_headings() -> None:
    with pytest.raises(Refused):
        read_table(b"Ana,es\nEva,es\n")


def test_a_spreadsheet_is_read_with_values_and_numbers_of_its_rows() -> None:
    raw = workbook(["Nombre", "Usuario"], ["Ana", "luz24"], [None, None], ["Eva", 7])
    assert read_table(raw).lines == [
        (2, {"name": "Ana", "username": "luz24"}),
        (4, {"name": "Eva", "username": "7"}),
    ]


def test_a_formula_is_never_carried_out_and_says_so() -> None:
    raw = workbook(["Nombre"], ['=CONCATENATE("A","na")'], ["Eva"])
    assert read_table(raw).lines == [(2, {"name": UNREAD}), (3, {"name": "Eva"})]
    [problem] = understand(2, {"name": UNREAD}, "es").problems
    assert (problem.column, problem.code) == ("name", "formula")


def test_the_value_that_a_formula_had_is_read() -> None:
    raw = with_value(workbook(["Nombre"], ["=1+1"]), "Ana")
    assert names(raw) == ["Ana"]


def with_value(raw: bytes, value: str) -> bytes:
    """The workbook as a program saves it: each formula with the text it gave."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.namelist():
            content = before.read(part)
            if part.endswith("sheet1.xml"):
                content = content.replace(b"<v></v>", b"<v />").replace(b"<v />", f"<v>{value}</v>".encode())
                content = content.replace(b'<c r="A2">', b'<c r="A2" t="str">')
            after.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"  \n \n",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"\xd0\xcf\x11\xe0old excel",
        b"PK\x03\x04 broken",
        b"Nombre\n",
        b"a\x00b\x00c",
        b"x" * (MAX_BYTES + 1),
        b"Nombre\n" + b"Ana\n" * (MAX_ROWS + 1),
    ],
    ids=["empty", "blank", "pdf", "png", "xls", "broken", "headings", "nul", "big", "long"],
)
def test_what_is_no_list_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Refused):
        read_table(raw)


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_an_archive_that_is_none_swells_or_declares_entities_is_refused() -> None:
    for raw in (
        archive(**{"foto.png": b"x"}),
        archive(**{"[Content_Types].xml": b"<Types/>", "xl__a.xml": b"0" * 50_000_000}),
        archive(**{"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "a">]><Types/>'}),
    ):
        with pytest.raises(Refused):
            read_table(raw)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Refused):
        read_table(raw)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("=HYPERLINK(1)", "formula_start"),
        ("@SUM(A1)", "formula_start"),
        ("ana@correo.mx", "contact"),
        ("Ana 961 123 4567", "contact"),
        ("- - -", "formula_start"),
        ("...", "no_letters"),
        ("A" * 121, "too_long"),
        ("Ana\nEva", "line_break"),
        ("A\x07na", "control"),
        ("#REF!", "formula"),
    ],
)
def test_what_is_no_name_is_told_by_its_column(name: str, code: str) -> None:
    assert [(one.column, one.code) for one in understand(3, {"name": name}, "es").problems] == [
        ("name", code)
    ]


@pytest.mark.parametrize(("spoken", "code"), [("", "pt"), ("Español", "es"), ("KREYÒL", "ht"), ("fr", "fr")])
def test_a_language_is_understood_by_its_name(spoken: str, code: str) -> None:
    assert understand(2, {"name": "Ana", "language": spoken}, "pt").language == code
