"""Keeping the register: every mark is a new record; what is in force is the last one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.attendance import rules
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.attendance.roster import digest_of, marks_of, roster
from courses.attendance.rules import Mark as Mark
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.trail import actions as trail

Reason, Outcome = AttendanceRecord.Reason, MarkConflict.Outcome


class RosterChanged(Refused):
    """Somebody joined, left or was marked since the page was opened. Nothing was saved."""


@dataclass(frozen=True)
class Origin:
    """Where marks come from: how, from which device, when by that device's clock, and why if corrected."""

    how: str = rules.REGISTER
    device: str = rules.PANEL
    noted_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of the marks of a phone: how many are in force now, said nothing new, or contradict."""

    applied: int = 0
    same: int = 0
    conflicts: list[MarkConflict] = field(default_factory=list)


def _held(session: ClassSession) -> ClassSession:
    """The session, locked against other writers. Raises Refused for one that was cancelled."""
    held = ClassSession.objects.select_for_update().select_related("cohort").get(pk=session.pk)
    if held.is_cancelled:
        raise Refused(_("This session was cancelled. It has no register."))
    return held


@transaction.atomic
def mark_register(
    *,
    session: ClassSession,
    marks: Mapping[UUID, Mark],
    by: Any,
    at: datetime,
    how: str = rules.REGISTER,
    device: str = rules.PANEL,
    noted_at: datetime | None = None,
    reason: str = "",
) -> list[AttendanceRecord]:
    """Note everybody at once (enrolment id → mark); unchanged marks add nothing, changed ones supersede.

    All or nothing. Raises Refused for a cancelled or future session, a status that does not exist or a
    person who is not enrolled in the session's cohort. Whether the register is locked is asked by the doors
    that people use: confirm_register, correct and take_in_marks.
    """
    session = _held(session)
    if at < rules.opens_at(how, session.starts_at) and any(
        mark.status != rules.EXCUSED for mark in marks.values()
    ):
        raise Refused(_("This session has not begun yet. Only excuses can be noted before it."))
    _ask_enrolled(session, marks)
    in_force = _in_force(session)
    origin = Origin(how, device, noted_at, reason)
    new = [
        record
        for enrolment_id, mark in marks.items()
        if (record := _record(session, enrolment_id, mark, in_force.get(enrolment_id), by, at, origin))
        is not None
    ]
    return list(AttendanceRecord.objects.bulk_create(new))


def _ask_enrolled(session: ClassSession, marks: Mapping[UUID, Any]) -> None:
    """Raises Refused when somebody on the list was never in the session's cohort."""
    enrolled = set(Enrolment.objects.filter(cohort_id=session.cohort_id).values_list("pk", flat=True))
    if set(marks) - enrolled:
        raise Refused(_("Someone on this list is not enrolled in this cohort. Nothing was saved."))


def _in_force(session: ClassSession) -> dict[UUID, AttendanceRecord]:
    return {
        record.enrolment_id: record for record in AttendanceRecord.objects.current().filter(session=session)
    }


def _worth(session: ClassSession, mark: Mark) -> rules.Worth:
    try:
        return rules.worth(mark.status, session.minutes, mark.late_by)
    except ValueError as error:
        raise Refused(_("This mark does not exist. Choose one from the list.")) from error


def _says_the_same(session: ClassSession, record: AttendanceRecord | None, mark: Mark) -> bool:
    worth = _worth(session, mark)
    return record is not None and (record.status, record.minutes) == (mark.status, worth.minutes)


def _record(
    session: ClassSession,
    enrolment_id: UUID,
    mark: Mark,
    old: AttendanceRecord | None,
    by: Any,
    at: datetime,
    origin: Origin,
) -> AttendanceRecord | None:
    """The record a mark asks for; None when it says what is already in force."""
    if _says_the_same(session, old, mark):
        return None
    worth = _worth(session, mark)
    return AttendanceRecord(
        session=session,
        enrolment_id=enrolment_id,
        status=mark.status,
        counts=worth.counts,
        minutes=worth.minutes,
        by=by,
        at=at,
        how=origin.how,
        device=origin.device,
        noted_at=origin.noted_at,
        reason=origin.reason,
        supersedes=old,
    )


@transaction.atomic
def confirm_register(
    *,
    session: ClassSession,
    exceptions: Mapping[UUID, Mark],
    shown: str,
    by: Any,
    at: datetime,
    how: str = rules.REGISTER,
    device: str = rules.PANEL,
    noted_at: datetime | None = None,
    reason: str = "",
) -> list[AttendanceRecord]:
    """Note what was proposed of everybody, but for the exceptions. `shown` is the digest of the roster seen.

    Raises RosterChanged when the roster is another one by now, and Refused for a locked register without a
    reason.
    """
    session = _held(session)
    lines = roster(session, at, from_sheet=how == rules.SHEET)
    if digest_of(lines) != shown:
        raise RosterChanged(_("The list changed while you were marking. Look at it again."))
    _ask_enrolled(session, exceptions)
    marks = marks_of(lines, exceptions)
    origin: dict[str, Any] = {"by": by, "at": at, "how": how, "device": device, "noted_at": noted_at}
    if session.is_locked(at) or reason:
        return correct(session=session, marks=marks, reason=reason, **origin)
    made = mark_register(session=session, marks=marks, **origin)
    trail.note(trail.Deed.REGISTER_CONFIRMED, about=session, by=by, at=at, count=len(made))
    return made


@transaction.atomic
def correct(
    *,
    session: ClassSession,
    marks: Mapping[UUID, Mark],
    reason: str,
    by: Any,
    at: datetime,
    device: str = rules.PANEL,
    noted_at: datetime | None = None,
    how: str = rules.CORRECTION,
) -> list[AttendanceRecord]:
    """Change a register that may be locked, with a reason from the list. Raises Refused without one."""
    if reason not in Reason.values:
        raise Refused(_("This register is locked. Choose a reason for the correction."))
    how = rules.CORRECTION if how == rules.REGISTER else how
    made = mark_register(
        session=session, marks=marks, by=by, at=at, how=how, device=device, noted_at=noted_at, reason=reason
    )
    trail.note(trail.Deed.REGISTER_CORRECTED, about=session, by=by, at=at, count=len(made))
    return made


@transaction.atomic
def note_presence(
    *, session: ClassSession, enrolment: Enrolment, how: str, by: Any, at: datetime
) -> AttendanceRecord:
    """She is here, by her card or the session's code. What is already in force stays and is returned.

    Raises Refused for a session that is cancelled, locked or not near, and for who left the cohort.
    """
    session = _held(session)
    if session.is_locked(at):
        raise Refused(_("This register is locked. Only corrections with a reason are possible."))
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused(_("She has left this cohort."))
    known = AttendanceRecord.objects.current().filter(session=session, enrolment=enrolment).first()
    if known is not None:
        return known
    marks = {enrolment.pk: Mark(rules.PRESENT)}
    return mark_register(session=session, marks=marks, by=by, at=at, how=how, device=rules.QR)[0]


@transaction.atomic
def take_in_marks(
    *,
    session: ClassSession,
    marks: Mapping[UUID, Mark],
    seen: Mapping[UUID, int | None],
    by: Any,
    at: datetime,
    device: str,
    noted_at: datetime,
) -> Taken:
    """Take in what a phone noted without signal; nothing of a colleague's is overwritten.

    `seen` is the pk of the record in force that the phone knew of each woman (None = none). Where another one
    is in force by now and says something else, or the register is locked, the mark waits as a MarkConflict
    for a person. The same marks again change nothing; an older word of the same phone that comes late is
    kept as settled. Raises Refused as mark_register does.
    """
    session = _held(session)
    _ask_enrolled(session, marks)
    in_force, told = _in_force(session), _told_before(session, by, device, noted_at)
    fresh: dict[UUID, Mark] = {}
    same, doubted = 0, []
    for enrolment_id, mark in marks.items():
        record = in_force.get(enrolment_id)
        credited = _worth(session, mark).minutes
        if _says_the_same(session, record, mark) or (enrolment_id, mark.status, credited) in told:
            same += 1
            continue
        is_own = record is not None and (record.by_id, record.device) == (by.pk, device)
        is_older = is_own and record is not None and noted_at < (record.noted_at or record.at)
        if not is_older and _is_open_to(session, record, is_own, seen.get(enrolment_id), noted_at, at):
            fresh[enrolment_id] = mark
            continue
        conflict = _conflict(session, enrolment_id, mark, record, by, at, device, noted_at)
        if is_older and not conflict.settled_at:
            settle_conflict(conflict=conflict, keep=Outcome.FIRST, by=by, at=at)
        if is_older or conflict.settled_at:
            same += 1
        else:
            doubted.append(conflict)
    applied = mark_register(
        session=session, marks=fresh, by=by, at=at, how=rules.PHONE, device=device, noted_at=noted_at
    )
    if applied:
        trail.note(trail.Deed.MARKS_TAKEN_IN, about=session, by=by, at=at, count=len(applied))
    return Taken(applied=len(applied), same=same, conflicts=doubted)


@transaction.atomic
def follow_outing(
    *,
    session: ClassSession,
    enrolment: Enrolment,
    mark: Mark,
    seen: int | None,
    by: Any,
    at: datetime,
    device: str = rules.PANEL,
    noted_at: datetime | None = None,
) -> Taken:
    """Mark a woman as the note of her outing says; what somebody else has noted of her is not overwritten.

    `seen` is the pk of the record in force that the note corrects knowingly (None = none). Where another one
    says something else, or the register is locked, the mark waits as a MarkConflict for a person; what waited
    of the same hand is settled by it. Raises Refused as mark_register does.
    """
    session, marks = _held(session), {enrolment.pk: mark}
    _ask_enrolled(session, marks)
    record = _in_force(session).get(enrolment.pk)
    is_same = _says_the_same(session, record, mark)
    is_open = is_same or _is_open_to(session, record, False, seen, noted_at or at, at)
    own = MarkConflict.objects.open().filter(session=session, enrolment=enrolment, by=by, device=device)
    for earlier in own:
        if not is_open and (earlier.status, earlier.late_by) == (mark.status, mark.late_by):
            return Taken(conflicts=[earlier])
        settle_conflict(conflict=earlier, keep=Outcome.FIRST, by=by, at=at)
    if is_open:
        new = mark_register(
            session=session, marks=marks, by=by, at=at, how=rules.OUTING, device=device, noted_at=noted_at
        )
        return Taken(applied=len(new), same=int(is_same))
    doubted = _conflict(session, enrolment.pk, mark, record, by, at, device, noted_at or at)
    return Taken(conflicts=[doubted])


def _told_before(
    session: ClassSession, by: Any, device: str, noted_at: datetime
) -> set[tuple[UUID, str, int]]:
    """What this phone said at that moment already, in force or corrected since."""
    records = AttendanceRecord.objects.filter(session=session, by=by, device=device, noted_at=noted_at)
    return set(records.values_list("enrolment_id", "status", "minutes"))


def _is_open_to(
    session: ClassSession,
    record: AttendanceRecord | None,
    is_own: bool,
    seen: int | None,
    noted_at: datetime,
    at: datetime,
) -> bool:
    """May a phone's mark be written: it knew or wrote what is in force, and noted it before the lock.

    After the lock a phone fills what is empty, it changes nothing.
    """
    if session.is_locked(at) and (record is not None or session.is_locked(noted_at)):
        return False
    return is_own or (record.pk if record else None) == seen


def _conflict(
    session: ClassSession,
    enrolment_id: UUID,
    mark: Mark,
    record: AttendanceRecord | None,
    by: Any,
    at: datetime,
    device: str,
    noted_at: datetime,
) -> MarkConflict:
    """The conflict of this mark; the one that is there when the same mark came before."""
    found: MarkConflict
    found, _created = MarkConflict.objects.get_or_create(
        session=session,
        enrolment_id=enrolment_id,
        status=mark.status,
        late_by=mark.late_by,
        by=by,
        device=device,
        noted_at=noted_at,
        defaults={"at": at, "against": record},
    )
    return found


@transaction.atomic
def settle_conflict(*, conflict: MarkConflict, keep: str, by: Any, at: datetime) -> MarkConflict:
    """A person decides: "first" leaves what is in force, "second" writes the other mark over it.

    Raises Refused when it was settled already, or for any other word.
    """
    if keep not in Outcome.values:
        raise Refused(_("Choose one of the two marks."))
    session = _held(conflict.session)
    settled = MarkConflict.objects.open().filter(pk=conflict.pk)
    if not settled.update(settled_at=at, settled_by=by, outcome=keep):
        raise Refused(_("Somebody has settled this already."))
    conflict.refresh_from_db()
    if keep == Outcome.SECOND:
        mark_register(
            session=session,
            marks={conflict.enrolment_id: Mark(conflict.status, conflict.late_by)},
            by=by,
            at=at,
            how=rules.SETTLED,
            device=conflict.device,
            noted_at=conflict.noted_at,
        )
    trail.note(trail.Deed.CONFLICT_SETTLED, about=conflict, by=by, at=at, outcome=keep)
    return conflict


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
    trail.note(trail.Deed.SESSION_CANCELLED, about=session, by=by, at=at)
    return session
