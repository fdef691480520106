"""Absence as care in the demo: notices in advance, classes made up, what was done for whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from courses.attendance.excuses import ask_excuse, decide_excuse
from courses.care.actions import note_care
from courses.care.make_ups import assign_make_up, finish_make_up, missed_sessions
from courses.care.models import CareNote, MakeUp
from courses.cohorts.models import Cohort, Enrolment

DAY = timedelta(days=1)


def announce(cohort: Cohort, women: Sequence[Enrolment], users: dict[str, Any], now: datetime) -> None:
    """Two women told in advance that they cannot come to the next class: one has her answer, one waits."""
    coming = cohort.sessions.filter(starts_at__gt=now, modality="class").order_by("starts_at").first()
    if coming is None:
        return
    for woman, reason in zip(women, ("care", "way"), strict=False):
        excuse = ask_excuse(
            enrolment=woman, session=coming, reason=reason, by=users["formadora"], at=now - DAY
        )
        if reason == "care":
            decide_excuse(
                excuse=excuse, is_approved=True, by=users["coordinadora"], at=now - timedelta(hours=3)
            )


def make_up(women: Sequence[Enrolment], users: dict[str, Any], now: datetime) -> None:
    """Who missed most makes up a class: the first has done it, the others still will. Each was called."""
    by = users["coordinadora"]
    for position, woman in enumerate(women):
        note_care(enrolment=woman, what=CareNote.What.CALLED, by=by, at=now - 3 * DAY)
        agreed = assign_make_up(
            enrolment=woman,
            session=missed_sessions(woman)[-1],
            task=MakeUp.Task.LESSON if position else MakeUp.Task.TUTORING,
            due_on=woman.cohort.today(now) + 5 * DAY,
            by=by,
            at=now - 3 * DAY,
        )
        if not position:
            finish_make_up(make_up=agreed, by=by, at=now - DAY)
