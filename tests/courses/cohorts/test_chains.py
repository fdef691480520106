"""Transferred twice, she keeps her whole record on every screen and in every count: A → B → C."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.assessments.actions import observe, start_attempt, submit_attempt
from courses.assessments.grading.sheets import gain_of
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.attendance.summary import summary_of
from courses.care import calls, rules
from courses.care.make_ups import missed_sessions, used_by
from courses.cohorts.actions import enrol, transfer
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.progress.actions import complete_lesson
from courses.progress.evidence import standings
from courses.progress.glance import glance_of
from courses.sync import staff_package
from tests.courses.assessments.grading.test_viewsets import two_tests
from tests.factories.courses import FIRST_DAY, OPENED, CohortFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(days=60)
WRONG, RIGHT = "b", "a"


@pytest.fixture
def line(cohort: Cohort) -> list[Cohort]:
    """Three open cohorts of one course."""
    return [cohort, *(CohortFactory(course=cohort.course, sessions=3) for _more in range(2))]


def move(woman: Enrolment, cohort: Cohort, by: Any) -> Enrolment:
    return transfer(enrolment=woman, cohort=cohort, on=FIRST_DAY, by=by, at=LATER)


def moved_on(woman: Enrolment, line: Sequence[Cohort], by: Any) -> Enrolment:
    """She goes on to the second, then to the third."""
    for cohort in line[1:]:
        woman = move(woman, cohort, by)
    return woman


def answer(woman: Enrolment, letter: str, at: datetime = LATER) -> Any:
    """The test of her cohort, all questions answered alike."""
    attempt = start_attempt(enrolment=woman, pin=pin(woman.cohort, "quiz"), at=at)
    return submit_attempt(attempt=attempt, answers={f"q{n}": f"q{n}-{letter}" for n in range(5)}, at=at)


def note(woman: Enrolment, number: int, status: str, by: Any) -> None:
    session = woman.cohort.sessions.get(modality="class", number=number)
    mark_register(session=session, marks={woman.pk: Mark(status)}, by=by, at=LATER)


def test_the_page_of_practicals_and_the_phone_show_what_she_passed_before(
    client: Client, line: list[Cohort], trainer: Any
) -> None:
    [woman] = enrolled(line[0])
    scores = {f"step-{n}": 1 for n in range(5)}
    observe(enrolment=woman, pin=pin(line[0], "rubric"), scores=scores, by=trainer, at=LATER)
    moved = moved_on(woman, line, trainer)
    line[2].trainers.add(trainer)
    client.force_login(trainer)
    [group] = client.get(reverse("practicals:index", args=[line[2].pk])).context["groups"]
    assert (group["women"], group["passed"]) == ([(moved, True)], 1)
    slug = pin(line[2], "rubric").slug
    page = client.get(reverse("practicals:observe", args=[line[2].pk, slug, moved.pk]))
    assert (len(page.context["earlier"]), page.context["next_number"]) == (1, 2)
    again = observe(enrolment=moved, pin=pin(line[2], "rubric"), scores=scores, by=trainer, at=timezone.now())
    page = client.get(reverse("practicals:observe", args=[line[2].pk, slug, moved.pk]))
    newest = page.context["earlier"][0]
    assert (newest.observation.pk, newest.number) == (again.pk, 2)
    told = staff_package._results([moved])[line[2].pk, pin(line[2], "rubric").key]
    assert [passed for _points, passed, _day in told[str(moved.pk)]] == [True, True]


def test_results_and_her_own_page_of_the_test_show_every_attempt(
    client: Client, line: list[Cohort], coordinator: Any
) -> None:
    [woman] = enrolled(line[0])
    first = answer(woman, WRONG)
    moved = moved_on(woman, line, coordinator)
    slug = pin(line[2], "quiz").slug
    second = answer(moved, RIGHT, LATER + timedelta(days=5))
    client.force_login(coordinator)
    [(_woman, rows)] = client.get(reverse("grading:results", args=[line[2].pk, slug])).context["rows"]
    assert [(row["attempt"], row["attempt"].number, row["is_own"]) for row in rows] == [
        (first, 1, False),
        (second, 2, True),
    ]


def test_her_own_page_of_a_test_knows_that_she_passed_it_before(
    client: Client, line: list[Cohort], coordinator: Any, trainee: Any
) -> None:
    woman = enrol(person=trainee.person, cohort=line[0], starts_on=FIRST_DAY)
    passed = answer(woman, RIGHT)
    moved_on(woman, line, coordinator)
    client.force_login(trainee)
    page = client.get(reverse("courses:quiz", args=[pin(line[2], "quiz").slug]))
    assert (page.context["chances"].has_passed, page.context["chances"].handed_in) == (True, [passed])
    result = client.get(reverse("courses:attempt", args=[passed.pk]))
    assert result.context["chances"].has_passed


def test_tests_that_she_failed_before_are_a_reason_to_call(line: list[Cohort], coordinator: Any) -> None:
    def failed(woman: Enrolment) -> list[int]:
        [call] = calls.calls_of([woman.cohort], LATER, [woman.pk])
        return [signal.number for signal in call.signals if signal.what == rules.TEST]

    [woman] = enrolled(line[0])
    answer(woman, WRONG)
    there = move(woman, line[1], coordinator)
    assert failed(there) == []
    answer(there, WRONG, LATER + timedelta(days=5))
    assert failed(move(there, line[2], coordinator)) == [1]


def test_make_ups_of_before_are_among_those_that_count(line: list[Cohort], trainer: Any) -> None:
    [woman] = enrolled(line[0])
    note(woman, 1, "made_up", trainer)
    note(woman, 2, "present", trainer)
    moved = moved_on(woman, line, trainer)
    assert used_by(moved) == 1
    for number in (2, 3):
        note(moved, number, "absent", trainer)
    assert [session.number for session in missed_sessions(moved)] == [3], "the second one counts already"
    note(moved, 1, "present", trainer)
    assert used_by(moved) == 0, "she came to that class here"


def test_the_gain_pairs_the_first_test_before_with_the_one_after(
    trainer: Any,
) -> None:
    here = CohortFactory(course__modules=2)
    two_tests(here)
    there = CohortFactory(course=here.course)
    tests = CohortContent.objects.filter(kind="quiz").select_related("version")

    def take(woman: Enrolment, module: int, letter: str) -> None:
        quiz = tests.get(cohort=woman.cohort_id, module_number=module)
        begun = start_attempt(enrolment=woman, pin=quiz, at=LATER)
        submit_attempt(attempt=begun, answers={f"q{n}": f"q{n}-{letter}" for n in range(5)}, at=LATER)

    women = enrolled(here, 5)
    for woman in women:
        take(woman, 1, WRONG)
    for woman in [move(woman, there, trainer) for woman in women]:
        take(woman, 2, RIGHT)
    assert gain_of(here) is None
    found = gain_of(there)
    assert found is not None
    assert (found.pairs, found.before, found.after) == (5, Decimal(0), Decimal(100))


# --- the same numbers everywhere, whatever she did where -----------------------------------------------
STATUSES = st.lists(
    st.sampled_from(["-", "present", "late", "absent", "excused", "made_up"]), min_size=3, max_size=3
)


@pytest.fixture
def course_of_three(line: list[Cohort]) -> list[Cohort]:
    """The three with three classes and three outings each."""
    for cohort in line:
        lay_out(cohort, 3, ClassSession.Modality.OUTING)
    return line


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(st.tuples(STATUSES, STATUSES, st.booleans()), min_size=3, max_size=3))
def test_every_count_of_her_record_agrees_after_two_transfers(
    course_of_three: list[Cohort], trainer: Any, lives: list[tuple[list[str], list[str], bool]]
) -> None:
    """The rule, the glance, her own page, the call list: three cohorts one after another."""
    with transaction.atomic():
        [woman] = enrolled(course_of_three[0])
        for place, (classes, outings, has_read) in enumerate(lives):
            if place:
                woman = move(woman, course_of_three[place], trainer)
            for modality, statuses in (("class", classes), ("outing", outings)):
                for session, status in zip(
                    woman.cohort.sessions.filter(modality=modality).order_by("number"), statuses, strict=True
                ):
                    if status != "-":
                        mark_register(session=session, marks={woman.pk: Mark(status)}, by=trainer, at=LATER)
            if has_read:
                complete_lesson(enrolment=woman, pin=pin(woman.cohort, "lesson"), at=LATER)
        [standing] = standings(woman.cohort, [woman])
        met = {verdict.requirement.kind: verdict for verdict in standing.verdicts}
        summary = summary_of(woman, LATER)
        assert summary.attended == met["attendance"].value
        assert summary.outings_done == met["outings"].value
        figures = calls.calls_of([woman.cohort], LATER, [woman.pk])[0].figures
        assert figures.attended == summary.attended
        assert figures.make_ups_left == max(0, summary.make_up_limit - used_by(woman))
        seen = glance_of(woman.cohort)
        assert [woman.pk in column.met for column in seen.columns] == [
            one.is_met for one in standing.verdicts
        ]
        transaction.set_rollback(True)
