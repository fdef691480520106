"""Keeping the register."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.progress.evidence import standings
from courses.records import RecordIsFinal
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cohort: Cohort) -> ClassSession:
    return cohort.sessions.order_by("number")[0]


def after(session: ClassSession) -> datetime:
    return session.ends_at + timedelta(minutes=10)


def test_a_whole_class_is_marked_at_once(session: ClassSession, trainer: Any) -> None:
    women = enrolled(session.cohort, 28)
    marks = {woman.pk: Mark("present") for woman in women}
    records = mark_register(session=session, marks=marks, by=trainer, at=after(session))
    assert len(records) == 28
    assert {(record.counts, record.minutes, record.by_id) for record in records} == {(True, 180, trainer.pk)}


def test_marking_the_same_again_adds_nothing(session: ClassSession, trainer: Any) -> None:
    woman = enrolled(session.cohort)[0]
    for _ in range(2):
        mark_register(session=session, marks={woman.pk: Mark("present")}, by=trainer, at=after(session))
    assert AttendanceRecord.objects.count() == 1


def test_a_correction_is_a_new_record_and_the_old_one_stays(session: ClassSession, trainer: Any) -> None:
    woman = enrolled(session.cohort)[0]
    mark_register(session=session, marks={woman.pk: Mark("absent")}, by=trainer, at=after(session))
    mark_register(session=session, marks={woman.pk: Mark("late", late_by=15)}, by=trainer, at=after(session))
    assert [(r.status, r.minutes) for r in AttendanceRecord.objects.order_by("pk")] == [
        ("absent", 0),
        ("late", 165),
    ]
    assert AttendanceRecord.objects.current().get().status == "late"


def test_a_mark_for_somebody_who_is_not_enrolled_saves_nothing(session: ClassSession, trainer: Any) -> None:
    woman = enrolled(session.cohort)[0]
    outsider = enrolled(CohortFactory())[0]
    with translation.override("es"), pytest.raises(Refused, match="no está inscrita"):
        mark_register(
            session=session,
            marks={woman.pk: Mark("present"), outsider.pk: Mark("present")},
            by=trainer,
            at=after(session),
        )
    with pytest.raises(Refused):
        mark_register(session=session, marks={uuid4(): Mark("present")}, by=trainer, at=after(session))
    assert not AttendanceRecord.objects.exists()


def test_a_status_that_does_not_exist_saves_nothing(session: ClassSession, trainer: Any) -> None:
    first, second = enrolled(session.cohort, 2)
    with pytest.raises(Refused):
        mark_register(
            session=session,
            marks={first.pk: Mark("present"), second.pk: Mark("asleep")},
            by=trainer,
            at=after(session),
        )
    assert not AttendanceRecord.objects.exists()


def test_before_the_session_only_excuses_are_noted(session: ClassSession, trainer: Any) -> None:
    woman = enrolled(session.cohort)[0]
    before = session.starts_at - timedelta(days=1)
    with pytest.raises(Refused):
        mark_register(session=session, marks={woman.pk: Mark("present")}, by=trainer, at=before)
    assert mark_register(session=session, marks={woman.pk: Mark("excused")}, by=trainer, at=before)


def test_a_cancelled_session_leaves_the_plan_and_takes_no_marks(cohort: Cohort, trainer: Any) -> None:
    woman = enrolled(cohort)[0]
    first, second, _third = cohort.sessions.order_by("number")
    mark_register(session=first, marks={woman.pk: Mark("present")}, by=trainer, at=after(first))
    cancel_session(session=second, by=trainer, at=after(second))
    attendance = standings(cohort, [woman])[0].verdicts[0]
    assert (attendance.value, attendance.total) == (1, 2)
    with pytest.raises(Refused):
        mark_register(session=second, marks={woman.pk: Mark("present")}, by=trainer, at=after(second))
    with pytest.raises(Refused):
        cancel_session(session=first, by=trainer, at=after(first))


def test_no_door_of_the_orm_changes_a_record(session: ClassSession, trainer: Any) -> None:
    woman = enrolled(session.cohort)[0]
    record = mark_register(session=session, marks={woman.pk: Mark("absent")}, by=trainer, at=after(session))[
        0
    ]
    record.status = "present"
    for door in (
        record.save,
        record.delete,
        AttendanceRecord.objects.all().delete,
        lambda: AttendanceRecord.objects.update(status="present"),
    ):
        with pytest.raises(RecordIsFinal):
            door()
    assert AttendanceRecord.objects.get().status == "absent"
