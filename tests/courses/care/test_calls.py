"""Whom to call, out of what the school knows anyway."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.assessments.grading.actions import override_result
from courses.assessments.models import Attempt
from courses.attendance.actions import Mark, mark_register
from courses.care.actions import note_care
from courses.care.calls import calls_of
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import ContentVersion
from courses.progress.actions import complete_lesson
from tests.courses.care.conftest import classes
from tests.factories.courses import CohortFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark(trainer: Any) -> Callable[..., None]:
    """Mark a woman's classes from the first on."""

    def marks(woman: Enrolment, *statuses: str) -> None:
        for session, status in zip(classes(woman.cohort), statuses, strict=False):
            mark_register(session=session, marks={woman.pk: Mark(status)}, by=trainer, at=session.ends_at)

    return marks


def signals(cohort: Cohort, now: datetime | None = None) -> dict[str, list[str]]:
    """Who is on the list, by name, and why."""
    found = calls_of([cohort], now or timezone.now())
    return {call.name: [signal.what for signal in call.signals] for call in found}


def failed(woman: Enrolment, times: int, *, then_passed: bool = False) -> None:
    quiz = pin(woman.cohort, ContentVersion.Kind.QUIZ)
    outcomes = [False] * times + [True] * then_passed
    for number, has_passed in enumerate(outcomes, start=1):
        Attempt.objects.create(
            enrolment=woman,
            quiz_key=quiz.key,
            version=quiz.version,
            number=number,
            questions=[],
            started_at=timezone.now(),
            submitted_at=timezone.now(),
            correct=5 if has_passed else 1,
            total=5,
            has_passed=has_passed,
        )


def test_who_does_well_is_not_called(running: Cohort, mark: Callable[..., None]) -> None:
    [woman] = enrolled(running)
    mark(woman, *["present"] * 6)
    assert signals(running) == {}


def test_two_absences_in_a_row_put_her_on_the_list(running: Cohort, mark: Callable[..., None]) -> None:
    away, back, told = enrolled(running, 3)
    mark(away, "present", "present", "present", "present", "absent", "absent")
    mark(back, "present", "absent", "absent", "present", "present", "present")
    mark(told, "present", "present", "present", "present", "excused", "excused")
    found = signals(running)
    assert found[away.person.name] == ["in_a_row", "close"]
    assert found[back.person.name] == ["close"]
    assert found[told.person.name] == ["close"]  # she told us: near the limit, but no silence


def test_out_of_reach_counts_the_make_ups_that_are_left(running: Cohort, mark: Callable[..., None]) -> None:
    [woman] = enrolled(running)  # ten classes, eight needed, four make-ups
    mark(woman, *["absent"] * 5, "present")
    assert signals(running) == {woman.person.name: ["close"]}
    mark(woman, *["made_up"] * 4, "absent", "absent")
    assert signals(running)[woman.person.name] == ["in_a_row", "close"]
    lay_out(running, 3, "outing", first=timezone.now() + timedelta(days=30))
    assert "out_of_reach" not in signals(running)[woman.person.name]
    running.requirements.filter(kind="attendance").update(make_up_limit=1)
    assert "out_of_reach" in signals(running)[woman.person.name]


def test_a_test_failed_twice_and_not_passed(running: Cohort, mark: Callable[..., None]) -> None:
    once, twice, thrice = enrolled(running, 3)
    for woman in (once, twice, thrice):
        mark(woman, *["present"] * 6)
    failed(once, 1)
    failed(twice, 2)
    failed(thrice, 2, then_passed=True)
    assert signals(running) == {twice.person.name: ["test"]}


def test_a_test_counts_as_failed_by_the_result_in_force(
    running: Cohort, coordinator: Any, mark: Callable[..., None]
) -> None:
    def by_hand(attempt: Attempt, correct: int) -> None:
        override_result(attempt=attempt, correct=correct, reason="spoken", by=coordinator, at=timezone.now())

    helped, doubted, waiting = enrolled(running, 3)
    for woman in (helped, doubted, waiting):
        mark(woman, *["present"] * 6)
    failed(helped, 2)
    by_hand(helped.attempts.get(number=2), 5)
    failed(doubted, 2, then_passed=True)
    by_hand(doubted.attempts.get(number=3), 1)
    failed(waiting, 2)
    waiting.attempts.filter(number=2).update(has_passed=None, correct=None)  # an answer waits to be read
    assert signals(running) == {doubted.person.name: ["test"]}


def test_who_was_not_seen_for_two_weeks(running: Cohort, trainer: Any, mark: Callable[..., None]) -> None:
    reads, gone, new = enrolled(running, 3)
    Enrolment.objects.filter(pk=new.pk).update(starts_on=running.today() - timedelta(days=3))
    mark(gone, "present")  # sixteen days ago
    complete_lesson(enrolment=reads, pin=pin(running, ContentVersion.Kind.LESSON), at=timezone.now())
    assert signals(running) == {gone.person.name: ["unseen"]}


def test_nobody_is_missed_before_the_course_begins_and_after_it_ends(cohort: Cohort, trainer: Any) -> None:
    enrolled(cohort)  # it ended months ago
    ahead = CohortFactory(
        starts_on=(timezone.now() + timedelta(days=20)).date(),
        ends_on=(timezone.now() + timedelta(days=90)).date(),
    )
    enrolled(ahead)
    assert calls_of([cohort, ahead], timezone.now()) == []


def test_who_left_is_not_on_the_list(running: Cohort, mark: Callable[..., None]) -> None:
    [woman] = enrolled(running)
    mark(woman, "absent", "absent")
    withdraw(enrolment=woman, on=running.today())
    assert signals(running) == {}


def test_a_week_aside_and_back_by_itself(running: Cohort, trainer: Any, mark: Callable[..., None]) -> None:
    [woman] = enrolled(running)
    mark(woman, "absent", "absent")
    now = timezone.now()
    note_care(enrolment=woman, what="later", by=trainer, at=now)
    for days, is_aside in ((0, True), (6, True), (7, False), (8, False)):
        [call] = calls_of([running], now + timedelta(days=days))
        assert (call.aside_until is not None) is is_aside, days


def test_called_leaves_her_on_the_list(running: Cohort, trainer: Any, mark: Callable[..., None]) -> None:
    [woman] = enrolled(running)
    mark(woman, "absent", "absent")
    note_care(enrolment=woman, what="called", by=trainer, at=timezone.now())
    [call] = calls_of([running], timezone.now())
    assert call.aside_until is None


def test_the_most_urgent_come_first(running: Cohort, mark: Callable[..., None]) -> None:
    first, second = enrolled(running, 2)
    mark(first, *["present"] * 3, "absent", "present", "present")
    failed(first, 2)
    mark(second, *["present"] * 4, "absent", "absent")
    failed(second, 2)
    assert list(signals(running)) == [second.person.name, first.person.name]


def test_the_list_holds_its_queries(running: Cohort, mark: Callable[..., None]) -> None:
    def count() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as context:
            found = calls_of([running], timezone.now())
        return len(context), len(found)

    for woman in enrolled(running, 2):
        mark(woman, "absent", "absent")
        failed(woman, 2)
    few = count()
    for woman in enrolled(running, 18):
        mark(woman, "absent", "absent")
        failed(woman, 2)
    assert few == (13, 2)
    assert count() == (13, 20)
