"""Issuing: folios in order, each line once, words where it may not be."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import register
from certificates.awards.models import Certificate, FolioSeries, HolderChoice, Job, Registration
from certificates.errors import Refused
from certificates.keys import sealing
from courses.cohorts.models import Enrolment
from courses.people.models import Person
from tests.factories.awards import acta_of
from tests.factories.decisions import class_of, scan

pytestmark = pytest.mark.django_db
PDF = scan().read()


def test_nothing_is_issued_before_approval(acta: Acta, administrator: Any) -> None:
    with pytest.raises(Refused, match=r"approved|aprobada|aprobarse"):
        awards.issue_acta(acta=acta, by=administrator, at=timezone.now())


def test_a_coordinator_issues_nothing(accepted: Acta, coordinator: Any) -> None:
    with pytest.raises(Refused):
        awards.issue_acta(acta=accepted, by=coordinator, at=timezone.now())


def test_nothing_is_issued_without_oficio_or_a_recorded_decision(approved: Acta, administrator: Any) -> None:
    with pytest.raises(Refused, match="oficio"):
        awards.issue_acta(acta=approved, by=administrator, at=timezone.now())
    actas.issue_without_recognition(
        acta=approved, reason="La autoridad no respondió.", by=administrator, at=timezone.now()
    )
    issued = awards.issue_acta(acta=approved, by=administrator, at=timezone.now())
    assert [certificate.payload["recognition"] for certificate in issued] == [None, None]
    assert "recognised" not in issued[0].payload["words"]


def test_issuing_gives_graduates_folios_in_order_and_queues_their_diplomas(
    accepted: Acta, administrator: Any
) -> None:
    now = timezone.now()
    issued = awards.issue_acta(acta=accepted, by=administrator, at=now)
    year = timezone.localdate(now).year
    assert [one.folio for one in issued] == [f"EPS-{year}-0001", f"EPS-{year}-0002"]
    assert [one.name for one in issued] == [
        line.name for line in accepted.lines.filter(is_graduate=True).order_by("position")
    ]
    assert Job.objects.tally()["queued"] == 2
    assert len({one.code for one in issued}) == 2
    assert issued[0].payload["recognition"]["oficio_number"] == "J7/1"
    assert issued[0].payload["book"] == str(year)


def test_her_name_stands_nowhere_in_clear(issued: Acta) -> None:
    certificate = Certificate.objects.all()[0]
    name = certificate.name
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM certificates_certificate")
        assert name not in str(cursor.fetchall())
        cursor.execute("SELECT * FROM certificates_actaline")
        assert name not in str(cursor.fetchall())


def test_issuing_twice_gives_no_second_diploma_and_says_so(issued: Acta, administrator: Any) -> None:
    with pytest.raises(Refused, match=r"ya|already"):
        awards.issue_acta(acta=issued, by=administrator, at=timezone.now())
    assert Certificate.objects.count() == 2


def test_a_line_accepted_later_is_issued_later_and_alone(
    approved: Acta, coordinator: Any, officer: Any, administrator: Any
) -> None:
    answers.send_lines(acta=approved, channel="portal", by=coordinator, at=timezone.now())
    first, second = approved.lines.filter(is_graduate=True)

    def accept(pk: int, number: str) -> None:
        answers.answer_lines(
            acta=approved,
            accepted=[pk],
            oficio_number=number,
            oficio_date=date(2026, 4, 1),
            oficio=scan(PDF + number.encode()),
            by=officer,
            at=timezone.now(),
        )

    accept(first.pk, "J7/1")
    assert [one.line for one in awards.issue_acta(acta=approved, by=administrator, at=timezone.now())] == [
        first
    ]
    accept(second.pk, "J7/2")
    (late,) = awards.issue_acta(acta=approved, by=administrator, at=timezone.now())
    assert late.line == second
    assert late.payload["recognition"]["oficio_number"] == "J7/2"


def test_a_name_that_cannot_be_printed_stops_the_whole_issue(coordinator: Any, administrator: Any) -> None:
    cohort = class_of(2)
    woman = Enrolment.objects.filter(cohort=cohort).order_by("pk").exclude(ethics_accepted_at=None)[0]
    Person.objects.filter(pk=woman.person_id).update(name="Lu\u202ecía")
    acta = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=timezone.now())
    actas.approve_acta(acta=acta, by=administrator, at=timezone.now())
    actas.issue_without_recognition(acta=acta, reason="Prueba.", by=administrator, at=timezone.now())
    with pytest.raises(Refused):
        awards.issue_acta(acta=acta, by=administrator, at=timezone.now())
    acta.refresh_from_db()
    assert acta.state == "approved"
    assert not Certificate.objects.exists()
    assert not Registration.objects.exists()


def test_a_line_whose_name_was_erased_is_left_out(accepted: Acta, administrator: Any) -> None:
    erased = accepted.lines.filter(is_graduate=True)[0]
    sealing.destroy(erased.key, timezone.now())
    issued = awards.issue_acta(acta=accepted, by=administrator, at=timezone.now())
    assert erased not in [one.line for one in issued]
    assert len(issued) == 1


def test_the_issuer_that_she_chose_stands_on_her_diploma_alone(accepted: Acta, administrator: Any) -> None:
    chose, other = accepted.lines.filter(is_graduate=True)
    authority = accepted.facts["authority"]
    HolderChoice.objects.create(
        person_id=chose.person_id, cohort_id=accepted.cohort_id, issuer=authority, at=timezone.now()
    )
    issued = {
        one.line_id: one for one in awards.issue_acta(acta=accepted, by=administrator, at=timezone.now())
    }
    assert issued[chose.pk].payload["issuer"] == authority
    assert issued[chose.pk].payload["ally"] is None
    assert accepted.facts["issuer"] not in str(issued[chose.pk].payload)
    assert issued[other.pk].payload["issuer"] == accepted.facts["issuer"]


def test_issuing_many_takes_as_many_queries_as_issuing_few(coordinator: Any, administrator: Any) -> None:
    counts = []
    for graduates in (2, 20):
        acta = acta_of(graduates, coordinator=coordinator, administrator=administrator)
        with CaptureQueriesContext(connection) as queries:
            awards.issue_acta(acta=acta, by=administrator, at=timezone.now())
        counts.append(len(queries))
    few, many = counts
    assert many <= few + 2  # a batch may take one insert more


def test_the_register_comes_before_the_diploma_and_its_folio_stays(
    accepted: Acta, coordinator: Any, administrator: Any
) -> None:
    entries = register.register_acta(acta=accepted, by=coordinator, at=timezone.now())
    assert [(entry.book, entry.page) for entry in entries] == [(entries[0].book, 1)] * 2
    assert not Certificate.objects.exists()
    with pytest.raises(Refused, match=r"registro|register"):
        register.register_acta(acta=accepted, by=coordinator, at=timezone.now())
    issued = awards.issue_acta(acta=accepted, by=administrator, at=timezone.now())
    assert [one.registration for one in issued] == entries
    assert [one.folio for one in issued] == [entry.folio for entry in entries]
    with pytest.raises(Refused):
        register.register_acta(acta=accepted, by=coordinator, at=timezone.now())


def test_what_is_not_ready_is_not_entered(
    acta: Acta, coordinator: Any, administrator: Any, officer: Any
) -> None:
    for user in (coordinator, administrator, officer):
        with pytest.raises(Refused):
            register.register_acta(acta=acta, by=user, at=timezone.now())
    actas.approve_acta(acta=acta, by=administrator, at=timezone.now())
    with pytest.raises(Refused):
        register.register_acta(acta=acta, by=coordinator, at=timezone.now())  # not accepted yet
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("number", "place"),
    [(1, ("2026", 1)), (20, ("2026", 1)), (21, ("2026", 2)), (60, ("2026", 3)), (61, ("2026-2", 1))],
)
def test_a_page_has_twenty_lines_and_a_full_book_is_followed_by_the_next(
    number: int, place: tuple[str, int]
) -> None:
    series = FolioSeries(prefix="EPS", year=2026, pages_a_book=3)
    assert register.place(series, number) == place


def test_a_book_is_named_before_its_first_entry_only(
    accepted: Acta, administrator: Any, coordinator: Any
) -> None:
    year = timezone.localdate().year
    book: dict[str, Any] = {"kind": "diploma", "year": year, "book": "Libro 7", "pages_a_book": 50}
    with pytest.raises(Refused):
        register.set_up_book(**book, by=coordinator)
    register.set_up_book(**book, by=administrator)
    entries = register.register_acta(acta=accepted, by=administrator, at=timezone.now())
    assert entries[0].book == "Libro 7"
    with pytest.raises(Refused):
        register.set_up_book(**book, by=administrator)
