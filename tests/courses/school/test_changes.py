"""A running school changes, and every change is written down with its author."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.records import RecordIsFinal
from courses.school.actions import SessionPlan, clock_time
from courses.school.changes import (
    add_sessions,
    call_off,
    facts_of,
    join_trainer,
    move_session,
    part_trainer,
    substitute,
)
from courses.school.models import SchoolChange, Substitution
from tests.factories.courses import FIRST_CLASS, CohortFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 10, 15, tzinfo=UTC)
LATER = FIRST_CLASS + timedelta(days=1)


@pytest.fixture
def session(cohort: Cohort) -> ClassSession:
    return ClassSession.objects.filter(cohort=cohort)[0]


def history() -> list[SchoolChange]:
    return list(SchoolChange.objects.order_by("pk"))


def test_a_new_date_keeps_the_old_one_in_the_history(session: ClassSession, coordinator: Any) -> None:
    moved = move_session(session=session, starts_at=LATER, minutes=120, by=coordinator, at=NOW)
    assert (moved.starts_at, moved.ends_at) == (LATER, LATER + timedelta(minutes=120))
    [change] = history()
    assert (change.kind, change.session, change.by, change.at) == ("moved", session, coordinator, NOW)
    assert (change.before["starts_at"], change.before["minutes"]) == ("2026-01-13T17:00+00:00", 180)
    assert (change.after["starts_at"], change.after["minutes"]) == ("2026-01-14T17:00+00:00", 120)


def test_a_session_with_marks_keeps_its_date(
    session: ClassSession, coordinator: Any, enrolment: Enrolment
) -> None:
    mark_register(session=session, marks={enrolment.pk: Mark("present")}, by=coordinator, at=LATER)
    acts: list[Callable[[], Any]] = [
        lambda: move_session(session=session, starts_at=LATER, minutes=180, by=coordinator, at=NOW),
        lambda: call_off(session=session, by=coordinator, at=NOW),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert history() == []


@pytest.mark.parametrize(
    "starts_at", [FIRST_CLASS, FIRST_CLASS + timedelta(weeks=40), FIRST_CLASS - timedelta(days=9)]
)
def test_a_date_that_is_the_same_or_outside_the_cohort_is_refused(
    session: ClassSession, coordinator: Any, starts_at: datetime
) -> None:
    with pytest.raises(Refused):
        move_session(session=session, starts_at=starts_at, minutes=180, by=coordinator, at=NOW)
    assert history() == []


def test_a_cancelled_session_does_not_move_and_is_not_cancelled_twice(
    session: ClassSession, coordinator: Any
) -> None:
    call_off(session=session, by=coordinator, at=NOW)
    acts: list[Callable[[], Any]] = [
        lambda: move_session(session=session, starts_at=LATER, minutes=180, by=coordinator, at=NOW),
        lambda: call_off(session=session, by=coordinator, at=NOW),
        lambda: substitute(session=session, trainer=None, by=coordinator, at=NOW),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert [change.kind for change in history()] == ["cancelled"]


def test_an_extra_session_gets_the_next_number_and_stays_out_of_the_plan(
    cohort: Cohort, coordinator: Any
) -> None:
    plan = SessionPlan("class", 1, "Repaso", LATER, 60, is_planned=False)
    [extra] = add_sessions(cohort=cohort, plans=[plan], by=coordinator, at=NOW)
    assert (extra.number, extra.is_planned) == (4, False)
    assert [(change.kind, change.session) for change in history()] == [("extra", extra)]


def test_sessions_outside_the_cohort_leave_no_trace(cohort: Cohort, coordinator: Any) -> None:
    plans = [
        SessionPlan("class", 1, "Sí", LATER, 60),
        SessionPlan("class", 1, "No", LATER + timedelta(weeks=60), 60),
    ]
    with pytest.raises(Refused):
        add_sessions(cohort=cohort, plans=plans, by=coordinator, at=NOW)
    assert cohort.sessions.count() == 3
    assert history() == []


def test_a_co_trainer_joins_once_and_leaves_once(
    cohort: Cohort, coordinator: Any, trainer: Any, other_trainer: Any
) -> None:
    join_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
    assert set(cohort.trainers.all()) == {trainer, other_trainer}
    with pytest.raises(Refused):
        join_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
    part_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        part_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
    assert [(change.kind, change.before, change.after) for change in history()] == [
        ("joined", {}, {"user": other_trainer.pk}),
        ("left", {"user": other_trainer.pk}, {}),
    ]


@pytest.mark.parametrize("who", ["trainee", "coordinator", "stranger"])
def test_only_a_trainer_teaches(
    request: pytest.FixtureRequest, session: ClassSession, coordinator: Any, who: str
) -> None:
    somebody = request.getfixturevalue(who)
    with pytest.raises(Refused):
        join_trainer(cohort=session.cohort, trainer=somebody, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        substitute(session=session, trainer=somebody, by=coordinator, at=NOW)


def test_a_substitute_gives_one_session_until_it_is_taken_back(
    session: ClassSession, coordinator: Any, trainer: Any, other_trainer: Any
) -> None:
    with pytest.raises(Refused):
        substitute(session=session, trainer=trainer, by=coordinator, at=NOW)
    substitute(session=session, trainer=other_trainer, by=coordinator, at=NOW)
    assert Substitution.objects.get().user == other_trainer
    with pytest.raises(Refused):
        substitute(session=session, trainer=other_trainer, by=coordinator, at=NOW)
    substitute(session=session, trainer=None, by=coordinator, at=NOW)
    assert not Substitution.objects.exists()
    assert [(change.before, change.after) for change in history()] == [
        ({}, {"user": other_trainer.pk}),
        ({"user": other_trainer.pk}, {}),
    ]


def test_history_cannot_be_rewritten(session: ClassSession, coordinator: Any) -> None:
    call_off(session=session, by=coordinator, at=NOW)
    [change] = history()
    change.kind = "moved"
    for act in (change.save, change.delete, SchoolChange.objects.all().delete):
        with pytest.raises(RecordIsFinal):
            act()


def test_an_hour_that_does_not_exist_is_told_in_words() -> None:
    cohort = CohortFactory(time_zone="America/Tijuana")
    with pytest.raises(Refused, match="02:30"):
        clock_time(date(2026, 3, 8), time(2, 30), cohort.zone)


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 80), st.integers(0, 23), st.integers(15, 720)), min_size=1, max_size=12
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_history_leads_from_the_first_plan_to_what_is_in_force(
    session: ClassSession, coordinator: Any, steps: list[tuple[int, int, int]]
) -> None:
    with transaction.atomic():
        first, moved = facts_of(session), session
        for days, hour, minutes in steps:
            starts_at = datetime(2026, 1, 12, hour, tzinfo=moved.cohort.zone) + timedelta(days=days)
            try:
                moved = move_session(
                    session=moved, starts_at=starts_at, minutes=minutes, by=coordinator, at=NOW
                )
            except Refused:
                continue
        told = list(SchoolChange.objects.filter(session=session).order_by("pk"))
        befores, afters = [change.before for change in told], [change.after for change in told]
        moved.refresh_from_db()
        assert [*befores, facts_of(moved)] == [first, *afters]
        assert moved.ends_at - moved.starts_at == timedelta(minutes=moved.minutes)
        transaction.set_rollback(True)
