"""The three figures against a model that counts on its fingers: every future is tried."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.figures import Figures, History, Seat, better, figures, figures_of, in_a_row
from courses.attendance.figures import Mark as Noted
from courses.attendance.rules import ATTENDED
from courses.attendance.summary import summary_of
from courses.cohorts.models import Cohort
from courses.progress.evidence import standings
from tests.courses.care.conftest import classes
from tests.factories.courses import CohortFactory, enrolled, lay_out

NOON = datetime(2026, 3, 1, 18, tzinfo=UTC)
MARKS = ["present", "late", "excused", "absent", "made_up"]


def seat(status: str, *, is_class: bool = True, is_planned: bool = True, has_begun: bool = True) -> Seat:
    return Seat(is_class, is_planned, NOON, has_begun, status, status in ATTENDED)


seats = st.builds(
    seat,
    st.sampled_from([*MARKS, ""]),
    is_class=st.booleans() | st.just(True),
    is_planned=st.booleans() | st.just(True),
    has_begun=st.booleans(),
)
histories = st.builds(
    History,
    seats=st.lists(seats, max_size=7).map(tuple),
    percent=st.none() | st.integers(0, 100),
    make_up_limit=st.integers(0, 5),
)


def counted(marks: list[str], limit: int) -> int:
    """How many classes count, on the fingers."""
    there, made_up = 0, 0
    for mark in marks:
        if mark in {"present", "late"}:
            there += 1
        if mark == "made_up" and made_up < limit:
            made_up += 1
    return there + made_up


def futures(marks: list[str]) -> list[list[str]]:
    """Every way in which it can still go: she comes or not, she makes up what she missed or not."""
    ways = {"": ["present", "absent", "made_up"], "absent": ["absent", "made_up"]}
    ways["excused"] = ["excused", "made_up"]
    return [list(way) for way in product(*(ways.get(mark, [mark]) for mark in marks))]


@given(histories)
def test_the_figures_are_those_of_the_fingers(history: History) -> None:
    marks = [one.status for one in history.seats if one.is_class and one.is_planned]
    limit, found = history.make_up_limit, figures(history)
    assert found.planned == len(marks)
    assert found.attended == counted(marks, limit)
    assert found.best == max(counted(way, limit) for way in futures(marks))
    if history.percent is None:
        assert found.needed is None
        return
    needed = found.needed or 0
    assert needed * 100 >= history.percent * len(marks) > (needed - 1) * 100 or needed == 0
    is_reachable = any(counted(way, limit) >= needed for way in futures(marks))
    assert found.is_out_of_reach is not is_reachable


@given(histories)
def test_the_figures_stand_in_order(history: History) -> None:
    found = figures(history)
    assert 0 <= found.attended <= found.best <= found.planned
    assert found.attended <= found.held
    assert found.held + found.unmarked <= found.planned
    assert not (found.is_out_of_reach and (found.has_enough or found.is_close))


@given(histories, st.integers(0, 6))
def test_coming_once_more_never_makes_it_worse(history: History, place: int) -> None:
    if place >= len(history.seats) or history.seats[place].status:
        return
    came = list(history.seats)
    came[place] = seat("present", is_class=came[place].is_class, is_planned=came[place].is_planned)
    before, after = figures(history), figures(History(tuple(came), history.percent, history.make_up_limit))
    assert after.attended >= before.attended
    assert after.best == before.best


@given(histories)
def test_a_class_nobody_noted_is_no_absence(history: History) -> None:
    silent = tuple(one for one in history.seats if not one.status)
    found = figures(History(silent, history.percent, history.make_up_limit))
    assert (found.missed, found.held, found.best) == (0, 0, found.planned)
    assert not found.is_close


@pytest.mark.parametrize(
    ("marks", "row"),
    [
        ("absent absent", 2),
        ("present absent excused", 2),
        ("excused excused", 0),  # she told us both times
        ("absent present", 0),
        ("absent made_up absent", 1),
        ("absent absent -", 2),  # the last one is not noted yet
        ("late absent absent absent", 3),
        ("", 0),
    ],
)
def test_absences_in_a_row(marks: str, row: int) -> None:
    history = History(tuple(seat(mark.replace("-", "")) for mark in marks.split()))
    assert in_a_row(history) == row


def test_nineteen_of_twenty_four_is_not_enough_and_five_missed_needs_a_make_up() -> None:
    history = History(tuple(seat(mark) for mark in ["present"] * 19 + ["absent"] * 5), 80, 4)
    found = figures(history)
    assert (found.attended, found.held, found.planned, found.best, found.needed) == (19, 24, 24, 23, 20)
    assert not found.has_enough
    assert found.is_close


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_random_school_is_counted_alike_by_figures_summary_and_rule(
    running: Cohort, trainer: Any, seed: int
) -> None:
    """Marks, corrections, make-ups and cancellations, in any order; the model only keeps the last word."""
    dice, now = random.Random(seed), timezone.now()
    women, sessions = enrolled(running, 3), classes(running)
    lay_out(running, 2, "outing", first=sessions[0].starts_at)
    model: dict[Any, dict[int, str]] = {woman.pk: {} for woman in women}
    for _ in range(40):
        session, woman = dice.choice(sessions[:6]), dice.choice(women)
        status = dice.choice(MARKS)
        mark_register(session=session, marks={woman.pk: Mark(status)}, by=trainer, at=session.ends_at)
        model[woman.pk][session.pk] = status
    cancelled = dice.choice(sessions[6:])
    cancel_session(session=cancelled, by=trainer, at=now)
    for woman in women:
        marks = [model[woman.pk].get(one.pk, "") for one in sessions if one != cancelled]
        found, summary = figures_of([running.pk], now)[woman.pk], summary_of(woman, now)
        verdict = standings(running, [woman])[0].verdicts[0]
        assert found.attended == summary.attended == verdict.value == counted(marks, 4)
        assert found.planned == summary.planned == verdict.total == 9
        assert found.needed == summary.needed == verdict.needed
        assert found.may_miss == summary.may_miss
        assert found.held == sum(bool(mark) for mark in marks)


marks_noted = st.none() | st.sampled_from(MARKS).map(lambda status: (status, status in ATTENDED))


@given(marks_noted, marks_noted)
def test_what_she_brings_along_never_makes_it_worse(own: Noted | None, carried: Noted | None) -> None:
    def worth(mark: Noted | None) -> int:
        return 0 if mark is None or not mark[1] else 1 if mark[0] == "made_up" else 2

    kept = better(own, carried)
    assert worth(kept) == max(worth(own), worth(carried))
    assert kept in {own, carried}
    if worth(own) == worth(carried):
        assert kept == own


@pytest.mark.django_db
def test_a_class_of_a_former_cohort_counts_for_the_class_of_the_same_number(
    running: Cohort, trainer: Any
) -> None:
    now = timezone.now()
    before = CohortFactory(course=running.course, starts_on=running.starts_on, ends_on=running.ends_on)
    old_ones = lay_out(before, 10, first=now - timedelta(days=30))
    [old], [new] = enrolled(before), enrolled(running)
    here = classes(running)
    for number, status in ((1, "present"), (2, "absent"), (3, "made_up"), (8, "late")):
        session = old_ones[number - 1]
        mark_register(session=session, marks={old.pk: Mark(status)}, by=trainer, at=session.ends_at)
    mark_register(session=here[2], marks={new.pk: Mark("absent")}, by=trainer, at=here[2].ends_at)
    mark_register(session=here[3], marks={new.pk: Mark("present")}, by=trainer, at=here[3].ends_at)
    alone = figures_of([running.pk], now)[new.pk]
    with_all = figures_of([running.pk], now, owners={new.pk: new.pk, old.pk: new.pk})[new.pk]
    assert (alone.attended, alone.missed, alone.planned) == (1, 1, 10)
    assert (with_all.attended, with_all.missed, with_all.planned) == (4, 0, 10)
    assert with_all.best == 10  # the class she missed there is still open here
    assert with_all.make_ups_left == 3


@pytest.mark.django_db
def test_the_figures_hold_their_queries(running: Cohort) -> None:
    def count() -> tuple[int, dict[Any, Figures]]:
        with CaptureQueriesContext(connection) as context:
            found = figures_of([running.pk], timezone.now())
        return len(context), found

    enrolled(running, 2)
    few, _found = count()
    enrolled(running, 18)
    many, found = count()
    assert (few, many, len(found)) == (4, 4, 20)
