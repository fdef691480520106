"""Keeping the register: every mark is a new record; what is in force is the last one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.attendance import rules
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Enrolment
from courses.errors import Refused


@dataclass(frozen=True)
class Mark:
    """What a trainer notes of one person: a status, and for who came late by how many minutes."""

    status: str
    late_by: int = 0


@transaction.atomic
def mark_register(
    *, session: ClassSession, marks: Mapping[UUID, Mark], by: Any, at: datetime
) -> list[AttendanceRecord]:
    """Note everybody at once (enrolment id → mark); unchanged marks add nothing, changed ones supersede.

    All or nothing. Raises Refused for a cancelled or future session, a status that does not exist or a
    person who is not enrolled in the session's cohort.
    """
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    if session.is_cancelled:
        raise Refused(_("This session was cancelled. It has no register."))
    if at < session.starts_at and any(mark.status != rules.EXCUSED for mark in marks.values()):
        raise Refused(_("This session has not begun yet. Only excuses can be noted before it."))
    enrolled = {e.pk for e in Enrolment.objects.filter(cohort_id=session.cohort_id, pk__in=marks)}
    if set(marks) - enrolled:
        raise Refused(_("Someone on this list is not enrolled in this cohort. Nothing was saved."))
    in_force = {
        record.enrolment_id: record
        for record in AttendanceRecord.objects.current().filter(session=session, enrolment__in=marks)
    }
    new = [
        record
        for enrolment_id, mark in marks.items()
        if (record := _record(session, enrolment_id, mark, in_force.get(enrolment_id), by, at)) is not None
    ]
    return list(AttendanceRecord.objects.bulk_create(new))


def _record(
    session: ClassSession,
    enrolment_id: UUID,
    mark: Mark,
    old: AttendanceRecord | None,
    by: Any,
    at: datetime,
) -> AttendanceRecord | None:
    """The record a mark asks for; None when it says what is already in force."""
    try:
        worth = rules.worth(mark.status, session.minutes, mark.late_by)
    except ValueError as error:
        raise Refused(_("This mark does not exist. Choose one from the list.")) from error
    if old is not None and (old.status, old.minutes) == (mark.status, worth.minutes):
        return None
    return AttendanceRecord(
        session=session,
        enrolment_id=enrolment_id,
        status=mark.status,
        counts=worth.counts,
        minutes=worth.minutes,
        by=by,
        at=at,
        supersedes=old,
    )


@transaction.atomic
def cancel_session(*, session: ClassSession, by: Any, at: datetime) -> ClassSession:
    """Take a session out of the plan. Raises Refused when it was cancelled or already has marks."""
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    if session.is_cancelled:
        raise Refused(_("This session was already cancelled."))
    if session.records.exists():
        raise Refused(_("This session already has marks. It cannot be cancelled any more."))
    session.cancelled_at, session.cancelled_by = at, by
    session.save(update_fields=["cancelled_at", "cancelled_by"])
    return session
