"""Noting who was out in the field, with whom and how long; the register hears of it at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.assessments.models import DEVICE
from courses.assessments.outings import rules
from courses.assessments.outings.models import OutingNote
from courses.attendance.actions import Mark, follow_outing
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import LATE, OUTING, PRESENT
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.trail import actions as trail


@dataclass(frozen=True)
class Noted:
    """A note of an outing, and what became of her mark in the register.

    `before` is the record that was in force. `has_changed`: another one is by now. `waits`: the register says
    something else that somebody noted, and a person decides there.
    """

    note: OutingNote
    before: AttendanceRecord | None
    has_changed: bool
    waits: bool


@transaction.atomic
def note_outing(
    *,
    session: ClassSession,
    enrolment: Enrolment,
    pair_with: Enrolment | None,
    started_at: datetime,
    ended_at: datetime,
    by: Any,
    at: datetime,
    known: int | None = None,
    device: str = "",
    noted_at: datetime | None = None,
) -> Noted:
    """Note one woman's outing; her register follows: present, or late by the minutes she lacks.

    The same note again adds nothing; another one supersedes it. The register changes where nothing is in
    force, or `known`: the record that who notes this has seen. Only what the register says credits hours.
    Raises Refused for a session that is no outing or was cancelled, people of another cohort, times that
    cannot be, and as the register does.
    """
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    _check(session, enrolment, pair_with)
    minutes = _minutes(session, started_at, ended_at, at)
    old = OutingNote.objects.current().filter(session=session, enrolment=enrolment).first()
    note = OutingNote(
        session=session,
        enrolment=enrolment,
        pair_with=pair_with,
        started_at=started_at,
        ended_at=ended_at,
        minutes=minutes,
        by=by,
        at=at,
        device=device[:DEVICE],
        supersedes=old,
    )
    if old is not None and _facts(old) == _facts(note):
        note = old
    else:
        note.save()
        trail.note(trail.Deed.OUTING_NOTED, about=note, by=by, at=at)
    lacking = session.minutes - minutes
    before = _in_force(session, enrolment)
    taken = follow_outing(
        session=session,
        enrolment=enrolment,
        mark=Mark(status=LATE, late_by=lacking) if lacking else Mark(status=PRESENT),
        seen=known,
        by=by,
        at=at,
        device=device,
        noted_at=noted_at,
    )
    return Noted(note, before, has_changed=taken.applied > 0, waits=bool(taken.conflicts))


def _in_force(session: ClassSession, enrolment: Enrolment) -> AttendanceRecord | None:
    records = AttendanceRecord.objects.current().filter(session=session, enrolment=enrolment)
    found: AttendanceRecord | None = records.select_related("by").first()
    return found


@transaction.atomic
def note_pair(
    *,
    session: ClassSession,
    pair: tuple[Enrolment, Enrolment | None],
    started_at: datetime,
    ended_at: datetime,
    by: Any,
    at: datetime,
    device: str = "",
) -> list[Noted]:
    """Note both of a pair, or the one who went with a trainer; all or nothing. Raises Refused.

    A mark that an earlier note of her outing made is corrected; any other that stands in the register stays.
    """
    first, second = pair
    both = [(first, second)] if second is None else [(first, second), (second, first)]
    made = AttendanceRecord.objects.current().filter(session=session, how=OUTING)
    known = dict(made.values_list("enrolment", "pk"))
    return [
        note_outing(
            session=session,
            enrolment=woman,
            pair_with=companion,
            started_at=started_at,
            ended_at=ended_at,
            by=by,
            at=at,
            known=known.get(woman.pk),
            device=device,
        )
        for woman, companion in both
    ]


def _check(session: ClassSession, enrolment: Enrolment, pair_with: Enrolment | None) -> None:
    if session.modality != ClassSession.Modality.OUTING:
        raise Refused(_("This session is not a field outing."))
    if session.is_cancelled:
        raise Refused(_("This session was cancelled. It has no register."))
    people = [enrolment] if pair_with is None else [enrolment, pair_with]
    if len({one.pk for one in people}) != len(people):
        raise Refused(_("A pair is two different women. Nothing was saved."))
    if any(one.cohort_id != session.cohort_id for one in people):
        raise Refused(_("Someone on this list is not enrolled in this cohort. Nothing was saved."))


def _minutes(session: ClassSession, started_at: datetime, ended_at: datetime, at: datetime) -> int:
    """The minutes that count. Raises Refused for times that cannot be."""
    passed = rules.whole_minutes(started_at, ended_at)
    if passed < 1:
        raise Refused(_("The outing ends before it begins. Look at both hours."))
    if not rules.belongs(started_at, ended_at, session.starts_at, session.ends_at):
        raise Refused(_("These hours are not those of this outing. Look at the day and at both hours."))
    if ended_at > at:
        raise Refused(_("This outing has not ended yet. Note it when they are back."))
    return rules.counted(passed, session.minutes)


def _facts(note: OutingNote) -> tuple[Any, ...]:
    """What a note says, without who said it and when."""
    return note.pair_with_id, note.started_at, note.ended_at, note.minutes
