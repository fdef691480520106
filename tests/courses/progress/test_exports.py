"""What leaves a cohort: only what was chosen, only by who may, never a formula, and noted without names."""

import subprocess
import sys
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from cms.process.options import ROOT
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from courses.sheets import PRINTED_ROWS, Table, pdf
from tests.certificates.printing.paper import is_clear, lines
from tests.factories.courses import PIN, UserFactory, enrolled, lay_out

pytestmark = pytest.mark.django_db
LETTER = 792  # points, the long side
KINDS = ["register_xlsx", "register_pdf", "results_xlsx", "results_pdf"]


@pytest.fixture
def women(cohort: Cohort) -> list[Enrolment]:
    found = enrolled(cohort, 3)
    account = UserFactory(username="alumna-uno", role="trainee", pin=PIN)
    Person.objects.filter(pk=found[0].person.pk).update(name="=1+2|cmd", account=account)
    return found


@pytest.fixture
def desk(client: Client, coordinator: Any) -> Client:
    client.force_login(coordinator)
    return client


def cells(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_list_of_participants_holds_only_what_was_chosen(
    desk: Client, cohort: Cohort, women: list[Enrolment]
) -> None:
    url = reverse("glance:exports", args=[cohort.pk])
    answer = desk.post(url, {"columns": ["name"], "format": "xlsx"})
    assert answer["Content-Disposition"] == f'attachment; filename="participants-{cohort.pk}.xlsx"'
    rows = cells(answer.content)
    assert rows[-3:][0][:2] == [1, "=1+2|cmd"]
    assert "alumna-uno" not in str(rows)
    assert "alumna-uno" in str(
        cells(desk.post(url, {"columns": ["name", "account"], "format": "xlsx"}).content)
    )


def test_the_proposed_fields_are_not_the_sensitive_ones(desk: Client, cohort: Cohort) -> None:
    page = desk.get(reverse("glance:exports", args=[cohort.pk]))
    assert page.context["form"]["columns"].value() == ("name", "signature")


def test_a_list_of_nothing_is_refused(desk: Client, cohort: Cohort) -> None:
    answer = desk.post(reverse("glance:exports", args=[cohort.pk]), {"format": "xlsx"})
    assert answer["Content-Type"].startswith("text/html")
    assert not ModelLogEntry.objects.filter(action="courses.export_records").exists()


def test_the_register_says_every_mark_in_force(
    desk: Client, cohort: Cohort, women: list[Enrolment], trainer: Any
) -> None:
    session = ClassSession.objects.filter(cohort=cohort)[0]
    for status in ("absent", "late"):
        mark_register(session=session, marks={women[1].pk: Mark(status)}, by=trainer, at=timezone.now())
    rows = cells(desk.post(reverse("glance:register_xlsx", args=[cohort.pk])).content)
    assert next(row for row in rows if row[1] == women[1].person.name)[2] == "◔"


def test_the_register_says_how_late_she_came_and_keeps_who_left(
    desk: Client, cohort: Cohort, women: list[Enrolment], trainer: Any
) -> None:
    session = ClassSession.objects.filter(cohort=cohort)[0]
    mark_register(session=session, marks={women[1].pk: Mark("late", 25)}, by=trainer, at=timezone.now())
    mark_register(session=session, marks={women[2].pk: Mark("present")}, by=trainer, at=timezone.now())
    withdraw(enrolment=women[2], on=session.day)
    rows = cells(desk.post(reverse("glance:register_xlsx", args=[cohort.pk])).content)
    marks = {row[1]: row[2] for row in rows if len(row) > 2}
    assert marks[women[1].person.name] == "◔25"
    [gone] = [name for name in marks if name and name.startswith(f"{women[2].person.name} (")]
    assert date_format(session.day, "j b") in gone
    assert marks[gone] == "✓"


@pytest.mark.parametrize("kind", KINDS)
def test_taking_it_out_is_noted_without_names(
    desk: Client, cohort: Cohort, women: list[Enrolment], kind: str
) -> None:
    answer = desk.post(reverse(f"glance:{kind}", args=[cohort.pk]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    entry = ModelLogEntry.objects.get(action="courses.export_records")
    assert women[1].person.name not in str((entry.label, entry.data))
    if kind.endswith("pdf"):
        with pikepdf.open(BytesIO(answer.content)) as file:
            assert file.Root.MarkInfo.Marked
        assert any(women[1].person.name in line for line in lines(answer.content))
    else:
        assert women[1].person.name in str(cells(answer.content))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_leaves_by_a_mere_link(desk: Client, cohort: Cohort, kind: str) -> None:
    assert desk.get(reverse(f"glance:{kind}", args=[cohort.pk])).status_code == 405


@pytest.mark.parametrize("kind", [*KINDS, "exports"])
def test_a_trainer_takes_nothing_out(client: Client, cohort: Cohort, trainer: Any, kind: str) -> None:
    client.force_login(trainer)
    answer = client.post(reverse(f"glance:{kind}", args=[cohort.pk]), {"columns": ["name"], "format": "xlsx"})
    assert answer.status_code in {302, 403}
    assert not ModelLogEntry.objects.filter(action="courses.export_records").exists()


def test_a_list_too_long_for_paper_is_refused_in_words(desk: Client, cohort: Cohort) -> None:
    people = Person.objects.bulk_create(Person(name=f"Persona {n}") for n in range(PRINTED_ROWS + 1))
    Enrolment.objects.bulk_create(
        Enrolment(person=person, cohort=cohort, starts_on=cohort.starts_on) for person in people
    )
    answer = desk.post(reverse("glance:register_pdf", args=[cohort.pk]), follow=True)
    assert str(PRINTED_ROWS + 1) in answer.content.decode()
    assert desk.post(reverse("glance:register_xlsx", args=[cohort.pk])).status_code == 200


def test_without_the_libraries_that_print_only_printing_stops(
    desk: Client, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = "import sys; sys.modules['weasyprint'] = None; import django; django.setup(); import cms.urls"
    subprocess.run([sys.executable, "-c", start], check=True, cwd=ROOT, timeout=120)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = desk.post(reverse("glance:exports", args=[cohort.pk]), {"columns": ["name"], "format": "pdf"})
    assert answer["Location"] == reverse("glance:exports", args=[cohort.pk])


def test_a_full_table_ends_where_the_sheet_does() -> None:
    """Long words in every column, as the results of a whole course have them."""
    words = ("Asistencia", *["Prueba del módulo"] * 4, "Recorridos", "Lecciones")
    words += ("Demostración de condón y lubricante", "Derivación acompañada (juego de roles)")
    words += ("Recorrido supervisado en zona", "Compromiso ético", "Horas", "Todo cumplido")
    row = (1, "Marisol Guadalupe Hernández Altamirano", "11/24", *["todavía no"] * 11, "todavía no")
    content = pdf(Table("Resultados", (), ("Núm.", "Nombre", *words), [row]), "es")
    assert is_clear(content, 0, (LETTER - 28, 0, LETTER, 500)), "10 mm stay white at the right edge"
    assert not is_clear(content, 0, (LETTER - 60, 0, LETTER - 28, 500))


def test_a_register_wider_than_a_sheet_goes_on_on_the_next(
    desk: Client, cohort: Cohort, women: list[Enrolment]
) -> None:
    lay_out(cohort, 26, ClassSession.Modality.TUTORING)
    content = desk.post(reverse("glance:register_pdf", args=[cohort.pk])).content
    text = "\n".join(line for page in range(3) for line in lines(content, page))
    assert all(f"T{number} ·" in text for number in range(1, 27))
    assert text.count(women[1].person.name) == 3  # 26 and three classes, fourteen to a sheet
