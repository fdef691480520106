"""Reasons as tallies, and what was done for whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from courses.attendance.models import Excuse
from courses.care.actions import note_care
from courses.care.models import CareNote, MakeUp
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.records import RecordIsFinal
from courses.tallies.actions import count_reason
from courses.tallies.models import ReasonTally
from courses.tallies.rules import REASONS
from tests.factories.courses import enrolled

pytestmark = pytest.mark.django_db


def test_a_reason_is_counted_for_the_cohort_and_for_nobody(cohort: Cohort) -> None:
    for _ in range(3):
        count_reason(cohort=cohort, kind="withdrawal", reason="time")
    count_reason(cohort=cohort, kind="excuse", reason="time")
    counted = ReasonTally.objects.values_list("kind", "reason", "count")
    assert set(counted) == {("withdrawal", "time", 3), ("excuse", "time", 1)}


@pytest.mark.parametrize(
    ("kind", "reason"), [("excuse", "she is ill"), ("excuse", ""), ("gossip", "time"), ("return", "moved")]
)
def test_a_reason_that_is_not_on_its_list_is_not_kept(cohort: Cohort, kind: str, reason: str) -> None:
    with pytest.raises(Refused):
        count_reason(cohort=cohort, kind=kind, reason=reason)
    assert not ReasonTally.objects.exists()


def test_every_kind_of_tally_has_its_list_and_a_way_not_to_say() -> None:
    assert set(REASONS) == set(ReasonTally.Kind.values)
    assert all("not_said" in reasons for reasons in REASONS.values())


def test_nothing_that_tells_a_reason_stands_with_a_person() -> None:
    people = {CareNote, Excuse, MakeUp}
    for model in people:
        names = {field.name for field in model._meta.get_fields()}
        assert not names & {"reason", "comment", "note", "text"}, model
    assert {field.name for field in ReasonTally._meta.get_fields()} == {
        "id",
        "cohort",
        "kind",
        "reason",
        "count",
    }


@pytest.mark.parametrize(
    ("what", "days"), [("called", None), ("talked", None), ("try_again", None), ("all_well", 7), ("later", 7)]
)
def test_a_note_of_care_keeps_who_and_when(
    running: Cohort, trainer: Any, what: str, days: int | None
) -> None:
    [woman] = enrolled(running)
    now = timezone.now()
    note = note_care(enrolment=woman, what=what, by=trainer, at=now)
    assert (note.what, note.by_id, note.at) == (what, trainer.pk, now)
    assert note.aside_until == (running.today(now) + timedelta(days=days) if days else None)


def test_free_text_is_no_note(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    with pytest.raises(Refused):
        note_care(enrolment=woman, what="her child is ill", by=trainer, at=timezone.now())
    assert not CareNote.objects.exists()


def test_who_left_is_called_no_more(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    woman = withdraw(enrolment=woman, on=running.today())
    with pytest.raises(Refused):
        note_care(enrolment=woman, what="called", by=trainer, at=timezone.now())


def test_a_note_of_care_is_never_changed(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    note = note_care(enrolment=woman, what="called", by=trainer, at=timezone.now())
    note.what = "all_well"
    for door in (note.save, note.delete, CareNote.objects.all().delete):
        with pytest.raises(RecordIsFinal):
            door()
