"""No table that leaves the house runs in a spreadsheet: ours, and those that Wagtail writes."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openpyxl import Workbook, load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.models import ModelLogEntry

from courses.cohorts.models import Cohort
from courses.sheets import FORMULA, Table, is_like_formula, plain, text_cell, xlsx
from tests.addresses import sample
from tests.factories.courses import UserFactory

TRAPS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u200b=1",
]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_text_that_begins_like_a_formula_is_held_back(trap: str) -> None:
    assert plain(trap) == f"'{trap}"
    assert text_cell(Workbook().active, trap).quotePrefix


@pytest.mark.parametrize("text", ["", "Lucía", "María-José", "3 + 4", "–", "«=1»", "'=1"])
def test_a_text_that_does_not_stays_as_it_is(text: str) -> None:
    assert plain(text) == text
    assert not is_like_formula(text)


def test_what_no_workbook_can_hold_is_left_out_instead_of_losing_the_workbook() -> None:
    table = Table("T\x0b", (), ("a",), [("\x00=1\x1f",)])
    cell = load_workbook(BytesIO(xlsx(table))).active["A3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1", "s", True)
    assert plain("\x00=1") == "'=1"


def exports(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each address whose view can write a table through Wagtail, and that view."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from exports(entry, route)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", None)
            given = getattr(entry.callback, "view_initkwargs", {})
            if view and issubclass(view, SpreadsheetExportMixin) and (view.list_export or given):
                yield f"/{sample(route)}", view


def test_every_view_that_writes_a_table_writes_it_through_the_one_method() -> None:
    """A view with a method of its own for a whole row would walk past it."""
    found = list(exports())
    assert len(found) > 20
    row = ["preprocess_field_value", "write_csv_row", "generate_xlsx_row", "stream_csv", "write_xlsx"]
    for address, view in found:
        own = [name for name in row if getattr(view, name) is not getattr(SpreadsheetExportMixin, name)]
        assert own == [], address


@pytest.fixture
def hostile(cohort: Cohort) -> Client:
    """Whoever may see everything; she, her things and what she did bear the names of formulas."""
    user = UserFactory(username="=cmd|' /C calc'!A0", is_superuser=True)
    for number, trap in enumerate(FORMULA):
        UserFactory(username=f"{trap}{number}", is_superuser=number == 0)
        ModelLogEntry.objects.create(
            content_type=ContentType.objects.get_for_model(Cohort),
            object_id=str(cohort.pk),
            label=f"{trap}1",
            action="wagtail.edit",
            timestamp="2026-01-12T18:00Z",
            user=user,
        )
    Cohort.objects.filter(pk=cohort.pk).update(name="=1+1")
    type(cohort.course).objects.update(title="@curso", draft_title="@curso")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_no_table_that_wagtail_writes_holds_a_formula(hostile: Client) -> None:
    written, held = 0, 0
    for address in sorted({address for address, _view in exports()}):
        answer = hostile.get(address, {"export": "csv"})
        if not answer.get("Content-Type", "").startswith("text/csv"):
            continue  # about a row that does not exist here, or a view that writes no table
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
        cells = [cell for line in csv.reader(StringIO(text, newline="")) for cell in line]
        assert [cell for cell in cells if is_like_formula(cell)] == [], address
        held += sum(cell.startswith("'") for cell in cells)
        answer = hostile.get(address, {"export": "xlsx"})
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
        found = [cell for line in sheet.iter_rows() for cell in line]
        texts = [cell.value for cell in found if isinstance(cell.value, str)]
        assert [text for text in texts if is_like_formula(text)] == [], address
        assert [cell.value for cell in found if cell.data_type == "f"] == [], address
        written += 1
    assert written > 5
    assert held > len(FORMULA)
