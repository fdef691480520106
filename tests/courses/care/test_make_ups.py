"""Making up a class: at most what the rule counts, credited once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.care.make_ups import assign_make_up, drop_make_up, finish_make_up, missed_sessions, used_by
from courses.care.models import MakeUp
from courses.cohorts.models import Cohort, Enrolment, Requirement
from courses.errors import Refused
from courses.progress.evidence import standings
from tests.courses.care.conftest import classes
from tests.factories.courses import enrolled, lay_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def woman(running: Cohort) -> Enrolment:
    return enrolled(running)[0]


def mark(woman: Enrolment, session: ClassSession, status: str, by: Any) -> None:
    mark_register(session=session, marks={woman.pk: Mark(status)}, by=by, at=session.ends_at)


def agree(woman: Enrolment, session: ClassSession, by: Any, **facts: Any) -> MakeUp:
    now = timezone.now()
    day = woman.cohort.today(now) + timedelta(days=5)
    return assign_make_up(
        **{"enrolment": woman, "session": session, "task": "tutoring", "due_on": day, "by": by, "at": now}
        | facts
    )


def test_what_she_made_up_is_credited_in_the_register(woman: Enrolment, trainer: Any) -> None:
    session = classes(woman.cohort)[0]
    mark(woman, session, "absent", trainer)
    done = finish_make_up(make_up=agree(woman, session, trainer), by=trainer, at=timezone.now())
    record = AttendanceRecord.objects.current().get()
    assert (record.status, record.counts, record.minutes) == ("made_up", True, 180)
    assert (done.minutes, done.done_by_id) == (180, trainer.pk)
    assert AttendanceRecord.objects.count() == 2  # the absence stays beside it
    verdict = standings(woman.cohort, [woman])[0].verdicts[0]
    assert verdict.value == 1


def test_only_a_class_that_she_missed_is_made_up(woman: Enrolment, trainer: Any) -> None:
    came, missed, excused = classes(woman.cohort)[:3]
    outing = lay_out(woman.cohort, 1, "outing", first=woman.cohort.sessions.all()[0].starts_at)[0]
    mark(woman, came, "present", trainer)
    mark(woman, missed, "absent", trainer)
    mark(woman, excused, "excused", trainer)
    mark(woman, outing, "absent", trainer)
    assert missed_sessions(woman) == [excused, missed]
    for session in (came, outing, classes(woman.cohort)[-1]):
        with pytest.raises(Refused):
            agree(woman, session, trainer)
    agree(woman, missed, trainer)
    with pytest.raises(Refused):
        agree(woman, missed, trainer)


def test_a_fifth_make_up_is_refused(woman: Enrolment, trainer: Any) -> None:
    sessions = classes(woman.cohort)[:6]
    for session in sessions:
        mark(woman, session, "absent", trainer)
    mark(woman, sessions[0], "made_up", trainer)  # noted in the register, without agreement
    for session in sessions[1:4]:
        agree(woman, session, trainer)
    assert used_by(woman) == 4
    with pytest.raises(Refused):
        agree(woman, sessions[4], trainer)
    drop_make_up(make_up=MakeUp.objects.standing()[0], by=trainer, at=timezone.now())
    assert agree(woman, sessions[4], trainer)


def test_a_cohort_that_counts_no_make_ups_agrees_on_none(woman: Enrolment, trainer: Any) -> None:
    Requirement.objects.filter(cohort=woman.cohort, kind="attendance").delete()
    mark(woman, classes(woman.cohort)[0], "absent", trainer)
    with pytest.raises(Refused):
        agree(woman, classes(woman.cohort)[0], trainer)


@pytest.mark.parametrize(
    "facts",
    [{"task": "pushups"}, {"days": -1}, {"days": 400}],
    ids=["a task that is not on the list", "yesterday", "in another year"],
)
def test_a_make_up_that_makes_no_sense_is_refused(
    woman: Enrolment, trainer: Any, facts: dict[str, Any]
) -> None:
    session = classes(woman.cohort)[0]
    mark(woman, session, "absent", trainer)
    if "days" in facts:
        facts = {"due_on": woman.cohort.today() + timedelta(days=facts["days"])}
    with pytest.raises(Refused):
        agree(woman, session, trainer, **facts)
    assert not MakeUp.objects.exists()


def test_done_is_said_once_and_not_after_calling_it_off(woman: Enrolment, trainer: Any) -> None:
    first, second = classes(woman.cohort)[:2]
    for session in (first, second):
        mark(woman, session, "absent", trainer)
    done, dropped = agree(woman, first, trainer), agree(woman, second, trainer)
    now = timezone.now()
    finish_make_up(make_up=done, by=trainer, at=now)
    drop_make_up(make_up=dropped, by=trainer, at=now)
    for make_up in (done, dropped):
        for act in (finish_make_up, drop_make_up):
            with pytest.raises(Refused):
                act(make_up=make_up, by=trainer, at=now)
    assert AttendanceRecord.objects.filter(status="made_up").count() == 1


def test_who_was_there_after_all_has_nothing_to_make_up(woman: Enrolment, trainer: Any) -> None:
    session = classes(woman.cohort)[0]
    mark(woman, session, "absent", trainer)
    make_up = agree(woman, session, trainer)
    mark(woman, session, "present", trainer)
    with pytest.raises(Refused):
        finish_make_up(make_up=make_up, by=trainer, at=timezone.now())
    assert AttendanceRecord.objects.current().get().status == "present"
