"""Random histories of a register, against a naive model that replays them from the beginning."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.attendance.actions import (
    Mark,
    cancel_session,
    correct,
    mark_register,
    settle_conflict,
    take_in_marks,
)
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.attendance.summary import summary_of
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.progress.evidence import standings
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db
SESSIONS, WOMEN, LIMIT, MINUTES = 4, 2, 4, 180
STATUSES = ["present", "late", "excused", "absent", "made_up"]
marks = st.tuples(st.sampled_from(STATUSES), st.integers(0, 200))
places = st.tuples(st.integers(0, WOMEN - 1), st.integers(0, SESSIONS - 1))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), places, marks),
        st.tuples(st.just("correct"), places, marks),
        st.tuples(st.just("phone"), places, marks),
        st.tuples(st.just("cancel"), places, marks),
        st.tuples(st.just("settle"), st.sampled_from(["first", "second"]), marks),
    ),
    max_size=12,
)


@dataclass
class Naive:
    """Every word that was ever said of each woman in each session, in order; which sessions are off."""

    said: dict[tuple[int, int], list[tuple[str, int]]] = field(default_factory=dict)
    off: set[int] = field(default_factory=set)

    def say(self, place: tuple[int, int], mark: tuple[str, int]) -> bool:
        """Note it; False when the session is off or it says nothing new."""
        status, late_by = mark
        missed = min(late_by, MINUTES) if status == "late" else 0
        word = (status, MINUTES - missed if status in {"present", "late", "made_up"} else 0)
        words = self.said.setdefault(place, [])
        if place[1] in self.off or (words and words[-1] == word):
            return False
        words.append(word)
        return True

    def figures(self, woman: int) -> tuple[int, int, int]:
        """(attended with make-ups up to the limit, planned, minutes)."""
        last = [words[-1] for (who, where), words in self.said.items() if who == woman and words]
        made_up = sum(status == "made_up" for status, _minutes in last)
        came = sum(status in {"present", "late"} for status, _minutes in last)
        return came + min(made_up, LIMIT), SESSIONS - len(self.off), sum(minutes for _s, minutes in last)


@pytest.fixture
def ground(trainer: Any) -> tuple[Cohort, list[ClassSession], list[Enrolment]]:
    cohort = CohortFactory(trainers=[trainer], sessions=SESSIONS)
    return cohort, list(cohort.sessions.order_by("number")), enrolled(cohort, WOMEN)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_figures_follow_the_history_and_no_word_is_lost(ground: Any, trainer: Any, history: Any) -> None:
    with transaction.atomic():
        replay(ground, trainer, history)
        transaction.set_rollback(True)


def replay(ground: Any, trainer: Any, history: Any) -> None:
    cohort, sessions, women = ground
    naive = Naive()
    at = sessions[-1].ends_at
    for number, (what, place, mark) in enumerate(history):
        at += timedelta(hours=1)
        if what == "settle":
            settle(naive, place, sessions, women, trainer, at)
            continue
        session, woman = sessions[place[1]], women[place[0]]
        word = Mark(*mark)
        try:
            if what == "cancel":
                cancel_session(session=session, by=trainer, at=at)
                naive.off.add(place[1])
            elif what == "mark":
                mark_register(session=session, marks={woman.pk: word}, by=trainer, at=at)
                naive.say(place, mark)
            elif what == "correct":
                correct(session=session, marks={woman.pk: word}, reason="checked", by=trainer, at=at)
                naive.say(place, mark)
            else:
                taken = take_in_marks(
                    session=session,
                    marks={woman.pk: word},
                    seen={woman.pk: None},
                    by=trainer,
                    at=at,
                    device=f"phone-{number}",
                    noted_at=session.ends_at,
                )
                if taken.applied:
                    assert naive.say(place, mark)
                else:
                    assert naive.said[place]  # a colleague had said something before: it stays
        except Refused:
            assert place[1] in naive.off or what == "cancel"
        check(naive, cohort, sessions, women)


def settle(naive: Naive, keep: Any, sessions: Any, women: Any, by: Any, at: Any) -> None:
    conflict = MarkConflict.objects.open().first()
    if conflict is None:
        return
    settle_conflict(conflict=conflict, keep=keep, by=by, at=at)
    if keep == "second":
        place = (
            [woman.pk for woman in women].index(conflict.enrolment_id),
            [session.pk for session in sessions].index(conflict.session_id),
        )
        naive.say(place, (conflict.status, conflict.late_by))


def check(naive: Naive, cohort: Cohort, sessions: list[ClassSession], women: list[Enrolment]) -> None:
    """The figures of both readers are the naive ones, and every word stands in the records, in order."""
    found = standings(cohort, women)
    for number, woman in enumerate(women):
        attended, planned, minutes = naive.figures(number)
        verdict = found[number].verdicts[0]
        summary = summary_of(woman, sessions[-1].ends_at)
        assert (verdict.value, verdict.total, found[number].minutes) == (attended, planned, minutes)
        assert (summary.attended, summary.planned) == (attended, planned)
        for place, session in enumerate(sessions):
            kept = AttendanceRecord.objects.filter(session=session, enrolment=woman).order_by("pk")
            words = [(record.status, record.minutes) for record in kept]
            assert words == naive.said.get((number, place), [])
            chain = [record.supersedes_id for record in kept]
            assert chain == [None, *[record.pk for record in kept]][: len(chain)]
