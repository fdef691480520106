"""A test that waits to be read is no result yet: no screen and no sheet calls it zero right answers."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from courses import api
from courses.assessments.actions import answer_key, freeze_quiz, start_attempt, submit_attempt
from courses.assessments.grading.actions import read_answer
from courses.assessments.models import Attempt, Quiz
from courses.cohorts.models import Cohort, CohortContent, Enrolment, Requirement
from courses.progress import evidence, rules
from courses.progress.glance import glance_of
from tests.courses.assessments.conftest import TEXT
from tests.factories.courses import OPENED, pin

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)
WORDS = "Le pregunto si quiere que la acompañe."
WAITS = "Handed in; it waits to be read."


def hand_in(enrolment: Enrolment, pin: CohortContent, at: Any = NOW, *, right: bool = True) -> Attempt:
    """Hand in the test: four questions with options, and one in her own words."""
    attempt = start_attempt(enrolment=enrolment, pin=pin, at=at)
    key = answer_key(attempt)
    options = {one["id"]: [option["id"] for option in one.get("options", [])] for one in attempt.questions}
    wrong = {question: next(one for one in options[question] if one != key[question]) for question in key}
    return submit_attempt(attempt=attempt, answers={**(key if right else wrong), "w0": WORDS}, at=at)


@pytest.fixture
def asked(cohort: Cohort) -> CohortContent:
    """A test with four questions to choose from and one in words; the cohort asks for nothing else."""
    made = pin(cohort, "quiz")
    source = Quiz.objects.get(translation_key=made.key)
    source.questions = [*source.questions.get_prep_value()[:4], TEXT]
    source.save()
    made.version = freeze_quiz(quiz=source)
    made.save()
    cohort.requirements.all().delete()
    Requirement.objects.create(cohort=cohort, kind=rules.QUIZ, label="Prueba", target=80, subject=made.key)
    return made


def verdict(cohort: Cohort, enrolment: Enrolment) -> rules.Verdict:
    return evidence.standings(cohort, [enrolment])[0].verdicts[0]


def test_a_test_that_waits_has_no_result() -> None:
    asked = [rules.Requirement(rules.QUIZ, "Prueba", 80, key) for key in "ab"]
    first, second = rules.decide(rules.Record(unread=frozenset({"a"})), asked)
    assert (first.waits, first.total, first.is_met) == (True, 0, False)
    assert not second.waits


def test_the_page_the_matrix_and_the_sheet_say_that_it_waits(
    client: Client, coordinator: Any, cohort: Cohort, enrolment: Enrolment, asked: CohortContent
) -> None:
    hand_in(enrolment, asked)
    client.force_login(coordinator)
    with override("es"):
        sentence, short = gettext(WAITS), gettext("waits to be read")
    woman = client.get(reverse("school:woman", args=[cohort.pk, enrolment.pk])).content.decode()
    assert sentence in woman
    matrix = client.get(reverse("school:people", args=[cohort.pk])).content.decode()
    assert f"<span>{short}</span>" in matrix
    answer = client.post(reverse("glance:results_xlsx", args=[cohort.pk]))
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    said = [cell.value for row in sheet.iter_rows() for cell in row]
    assert short in said
    assert "0/5" not in said


def test_her_own_page_says_it_too(
    client: Client, trainee: Any, enrolment: Enrolment, asked: CohortContent
) -> None:
    hand_in(enrolment, asked)
    client.force_login(trainee)
    with override("es"):
        assert gettext(WAITS) in client.get(reverse("courses:my_diploma")).content.decode()


def test_an_acta_gets_no_zero_and_nothing_that_changes_when_it_is_read(
    cohort: Cohort, enrolment: Enrolment, asked: CohortContent
) -> None:
    hand_in(enrolment, asked)
    told = api.decision(enrolment.pk)
    assert told is not None
    (line,) = told.evidence
    assert (line.sentence, line.total, line.is_met, line.sources) == (gettext(WAITS), 0, False, ())


def test_once_it_is_read_it_counts(
    trainer: Any, cohort: Cohort, enrolment: Enrolment, asked: CohortContent
) -> None:
    attempt = hand_in(enrolment, asked)
    read_answer(attempt=attempt, question="w0", points=1, by=trainer, at=NOW)
    found = verdict(cohort, enrolment)
    assert (found.value, found.total, found.is_met, found.waits) == (5, 5, True, False)
    assert found.sources == (f"attempt:{attempt.pk}",)


def test_an_earlier_result_counts_while_a_later_attempt_waits(
    trainer: Any, cohort: Cohort, enrolment: Enrolment, asked: CohortContent
) -> None:
    first = hand_in(enrolment, asked, right=False)
    read_answer(attempt=first, question="w0", points=1, by=trainer, at=NOW)
    hand_in(enrolment, asked, NOW + timedelta(days=3))
    found = verdict(cohort, enrolment)
    assert (found.value, found.total, found.waits) == (1, 5, False)
    assert found.sources == (f"attempt:{first.pk}",)
    assert glance_of(cohort).columns[0].met == frozenset()


def test_whoever_proposes_an_acta_is_told_that_a_test_waits(
    client: Client, coordinator: Any, cohort: Cohort, enrolment: Enrolment, asked: CohortContent
) -> None:
    attempt = hand_in(enrolment, asked)
    client.force_login(coordinator)
    address, way = reverse("actas:propose"), reverse("grading:index", args=[cohort.pk])
    page = client.get(address, {"cohort": cohort.pk})
    assert page.context["unread"] == 1
    assert way in page.content.decode()
    read_answer(attempt=attempt, question="w0", points=1, by=coordinator, at=NOW)
    page = client.get(address, {"cohort": cohort.pk})
    assert page.context["unread"] == 0
    assert way not in page.content.decode()
