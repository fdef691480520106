"""A trainee's own attendance: the strip, what she needs and what she may still miss."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.models import ClassSession
from courses.attendance.rules import may_miss, needed
from courses.attendance.summary import summary_of
from courses.cohorts.actions import enrol
from courses.cohorts.models import Enrolment
from courses.progress.evidence import standings
from tests.factories.courses import CohortFactory, enrolled, lay_out


@pytest.mark.parametrize(
    ("percent", "planned", "expected"), [(80, 24, 20), (80, 25, 20), (80, 0, 0), (100, 24, 24), (80, 1, 1)]
)
def test_what_is_needed_is_never_rounded_down(percent: int, planned: int, expected: int) -> None:
    assert needed(percent, planned) == expected


@pytest.mark.parametrize(
    ("need", "attended", "still_open", "expected"),
    [(20, 0, 24, 4), (20, 11, 12, 3), (20, 15, 4, 0), (20, 20, 4, 4), (20, 24, 0, 0), (20, 16, 4, 0)],
)
def test_what_she_may_still_miss(need: int, attended: int, still_open: int, expected: int) -> None:
    assert may_miss(needed=need, attended=attended, still_open=still_open) == expected


@pytest.fixture
def browser(trainee: Any) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


@pytest.fixture
def enrolment(trainee: Any, trainer: Any) -> Enrolment:
    cohort = CohortFactory(trainers=[trainer], sessions=24)
    return enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)


def mark(enrolment: Enrolment, number: int, status: str, by: Any) -> None:
    session = enrolment.cohort.sessions.get(number=number, modality="class")
    mark_register(session=session, marks={enrolment.pk: Mark(status)}, by=by, at=session.ends_at)


def test_every_session_shows_what_was_noted(browser: Client, enrolment: Enrolment, trainer: Any) -> None:
    for number, status in enumerate(("present", "late", "excused", "absent", "made_up"), start=1):
        mark(enrolment, number, status, trainer)
    cancel_session(session=enrolment.cohort.sessions.get(number=6), by=trainer, at=timezone.now())
    response = browser.get("/curso/asistencia/")
    seen = [one.status for one in response.context["summary"].classes]
    assert seen[:7] == ["present", "late", "excused", "absent", "made_up", "cancelled", "unmarked"]
    assert response.content.decode().count("cell--present") == 2  # the strip and the legend


def test_the_page_counts_as_the_rule_counts(enrolment: Enrolment, trainer: Any) -> None:
    for number in range(1, 20):
        mark(enrolment, number, "present", trainer)
    for number in range(20, 25):
        mark(enrolment, number, "made_up", trainer)
    cancelled = lay_out(enrolment.cohort, 1, modality=ClassSession.Modality.TUTORING)[0]
    cancel_session(session=cancelled, by=trainer, at=timezone.now())
    summary = summary_of(enrolment, timezone.now())
    verdict = standings(enrolment.cohort, [enrolment])[0].verdicts[0]
    assert (summary.attended, summary.needed, summary.planned) == (
        23,
        20,
        24,
    )  # four make-ups count, not five
    assert (verdict.value, verdict.needed, verdict.total) == (23, 20, 24)
    assert summary.has_enough
    assert not summary.is_short


def test_a_correction_shows_the_last_word(browser: Client, enrolment: Enrolment, trainer: Any) -> None:
    mark(enrolment, 1, "absent", trainer)
    mark(enrolment, 1, "present", trainer)
    assert browser.get("/curso/asistencia/").context["summary"].classes[0].status == "present"


def test_another_womans_marks_are_not_hers(browser: Client, enrolment: Enrolment, trainer: Any) -> None:
    other = enrolled(enrolment.cohort)[0]
    mark(other, 1, "present", trainer)
    assert browser.get("/curso/asistencia/").context["summary"].attended == 0
