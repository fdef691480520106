"""Notices in advance."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.attendance.actions import cancel_session
from courses.attendance.excuses import ask_excuse, decide_excuse, excused_ids
from courses.attendance.models import AttendanceRecord, Excuse
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.tallies.models import ReasonTally
from tests.courses.care.conftest import classes
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db


def test_an_approved_notice_proposes_excused_and_marks_nobody(
    running: Cohort, trainer: Any, coordinator: Any
) -> None:
    said, silent = enrolled(running, 2)
    session, now = classes(running)[-1], timezone.now()
    excuse = ask_excuse(enrolment=said, session=session, reason="care", by=trainer, at=now)
    assert excused_ids(session) == set()
    decide_excuse(excuse=excuse, is_approved=True, by=coordinator, at=now)
    assert excused_ids(session) == {said.pk}
    assert silent.pk not in excused_ids(session)
    assert not AttendanceRecord.objects.exists()


def test_the_reason_goes_into_the_tally_alone(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    ask_excuse(enrolment=woman, session=classes(running)[-1], reason="safety", by=trainer, at=timezone.now())
    assert ReasonTally.objects.get().reason == "safety"
    assert "safety" not in str(Excuse.objects.values().get())


def test_a_bad_reason_asks_for_nothing(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    with pytest.raises(Refused):
        ask_excuse(enrolment=woman, session=classes(running)[-1], reason="x", by=trainer, at=timezone.now())
    assert not Excuse.objects.exists()


def test_a_notice_comes_before_the_session(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    session = classes(running)[-1]
    for late in (session.starts_at, session.ends_at, session.ends_at + timedelta(days=9)):
        with pytest.raises(Refused):
            ask_excuse(enrolment=woman, session=session, reason="time", by=trainer, at=late)
    assert not ReasonTally.objects.exists()


def test_no_notice_for_a_cancelled_session_another_cohort_or_who_left(running: Cohort, trainer: Any) -> None:
    woman, gone = enrolled(running, 2)
    session, cancelled = classes(running)[-2:]
    now = timezone.now()
    cancel_session(session=cancelled, by=trainer, at=now)
    gone = withdraw(enrolment=gone, on=running.today())
    elsewhere = enrolled(CohortFactory())[0]
    for who, which in ((woman, cancelled), (elsewhere, session), (gone, session)):
        with pytest.raises(Refused):
            ask_excuse(enrolment=who, session=which, reason="time", by=trainer, at=now)


def test_a_notice_of_a_session_that_is_cancelled_waits_no_more(running: Cohort, trainer: Any) -> None:
    [woman] = enrolled(running)
    session, now = classes(running)[-1], timezone.now()
    ask_excuse(enrolment=woman, session=session, reason="time", by=trainer, at=now)
    assert Excuse.objects.waiting().count() == 1
    cancel_session(session=session, by=trainer, at=now)
    assert not Excuse.objects.waiting().exists()


def test_one_notice_for_one_session_until_it_is_declined(
    running: Cohort, trainer: Any, coordinator: Any
) -> None:
    [woman] = enrolled(running)
    facts: dict[str, Any] = {"enrolment": woman, "session": classes(running)[-1], "reason": "time"}
    now = timezone.now()
    first = ask_excuse(**facts, by=trainer, at=now)
    with pytest.raises(Refused):
        ask_excuse(**facts, by=trainer, at=now)
    assert ReasonTally.objects.get().count == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Excuse.objects.create(enrolment=woman, session=facts["session"], asked_by=trainer, asked_at=now)
    decide_excuse(excuse=first, is_approved=False, by=coordinator, at=now)
    again = ask_excuse(**facts, by=trainer, at=now)
    assert Excuse.objects.filter(is_approved=False).get() == first
    assert again.is_approved is None


def test_a_notice_is_answered_once(running: Cohort, trainer: Any, coordinator: Any) -> None:
    [woman] = enrolled(running)
    now = timezone.now()
    excuse = ask_excuse(enrolment=woman, session=classes(running)[-1], reason="time", by=trainer, at=now)
    decide_excuse(excuse=excuse, is_approved=False, by=coordinator, at=now)
    with pytest.raises(Refused):
        decide_excuse(excuse=excuse, is_approved=True, by=coordinator, at=now)
    excuse.refresh_from_db()
    assert (excuse.is_approved, excuse.decided_by_id) == (False, coordinator.pk)


def test_nobody_answers_her_own_notice(running: Cohort, trainee: Any) -> None:
    woman = enrol(person=trainee.person, cohort=running, starts_on=running.starts_on)
    now = timezone.now()
    excuse = ask_excuse(enrolment=woman, session=classes(running)[-1], reason="time", by=trainee, at=now)
    with pytest.raises(Refused):
        decide_excuse(excuse=excuse, is_approved=True, by=trainee, at=now)
