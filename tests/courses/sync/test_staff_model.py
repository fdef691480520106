"""Registers of two phones, repeated and out of order: what is in force is what a small model says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.cohorts.models import Cohort, Enrolment
from courses.sync.actions import receive
from tests.courses.sync.staff_phone import StaffPhone, held
from tests.factories.courses import enrolled

pytestmark = pytest.mark.django_db
STATUSES = ["present", "excused", "absent"]
note = st.tuples(st.just("note"), st.integers(0, 1), st.integers(0, 1), st.sampled_from(STATUSES))
look = st.tuples(st.just("look"), st.integers(0, 1))
send = st.tuples(st.just("send"), st.integers(0, 9))
steps = st.lists(st.one_of(note, look, send), min_size=1, max_size=14)


@dataclass
class Note:
    """A mark that a phone has noted; `known` is the token of the word in force that it knew."""

    phone: int
    woman: int
    status: str
    seq: int
    known: int | None
    verdict: str = ""


@dataclass
class School:
    """What is in force of each woman: status, a token, and whose word it was (phone and number)."""

    words: dict[int, tuple[str, int, int, int]] = field(default_factory=dict)
    latest: dict[tuple[int, int], int] = field(default_factory=dict)
    count: int = 0

    def take(self, note: Note) -> str:
        if note.verdict:
            return "again" if note.verdict == "applied" else note.verdict
        note.verdict = self._judge(note)
        return note.verdict

    def _judge(self, note: Note) -> str:
        if self.latest.get((note.phone, note.woman), 0) > note.seq:
            return "superseded"
        word = self.words.get(note.woman)
        is_own = word is not None and word[2] == note.phone and word[3] < note.seq
        if word is not None and word[0] != note.status and not is_own and word[1] != note.known:
            self.latest[note.phone, note.woman] = note.seq
            return "conflict"
        self.latest[note.phone, note.woman] = note.seq
        if word is None or word[0] != note.status:
            self.count += 1
            self.words[note.woman] = (note.status, self.count, note.phone, note.seq)
        return "applied"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_word_is_lost_and_none_overwrites_what_its_phone_did_not_know(
    trainer: Any, coordinator: Any, cohort: Cohort, steps: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        _play(trainer, coordinator, cohort, steps)
        transaction.set_rollback(True)


def _play(trainer: Any, coordinator: Any, cohort: Cohort, steps: list[tuple[Any, ...]]) -> None:
    women, phones = enrolled(cohort, 2), [StaffPhone(trainer), StaffPhone(coordinator)]
    session = held(cohort, "class")
    school, now = School(), timezone.now()
    known: list[dict[int, tuple[int, int]]] = [{}, {}]
    notes: list[tuple[Note, dict[str, str]]] = []
    for number, step in enumerate(steps):
        match step:
            case ("note", phone, woman, status):
                token, pk = known[phone].get(woman, (None, None))
                event = phones[phone].register(session, {women[woman]: (status, 0, pk)})
                made = Note(phone, woman, status, phones[phone].seq, token)
                notes.append((made, phones[phone].seal(event)))
            case ("look", phone):
                known[phone] = _in_force(session, women, school)
            case ("send", place) if notes:
                made, box = notes[place % len(notes)]
                assert _said(box, now + timedelta(minutes=number)) == school.take(made)
    for made, box in reversed(notes):  # at last everything arrives, the last first
        now += timedelta(hours=1)
        assert _said(box, now) == school.take(made)
    _compare(session, women, school, notes)


def _said(box: dict[str, str], at: datetime) -> str:
    [result] = receive(boxes=[box], at=at)
    return result.code or result.status


def _in_force(session: ClassSession, women: list[Enrolment], school: School) -> dict[int, tuple[int, int]]:
    """The token and the record of each word in force."""
    records = {one.enrolment_id: one.pk for one in AttendanceRecord.objects.current().filter(session=session)}
    return {woman: (word[1], records[women[woman].pk]) for woman, word in school.words.items()}


def _compare(
    session: ClassSession, women: list[Enrolment], school: School, notes: list[tuple[Note, Any]]
) -> None:
    records = AttendanceRecord.objects.filter(session=session)
    assert records.count() == school.count
    now = {record.enrolment_id: record.status for record in records.current()}
    assert now == {women[woman].pk: word[0] for woman, word in school.words.items()}
    waiting = sum(note.verdict == "conflict" for note, _box in notes)
    assert MarkConflict.objects.open().count() == waiting
