"""What the team notes without signal, and why it may not count: registers, observations, outings.

What she may do is asked when it arrives. A mark that contradicts what somebody else has noted meanwhile is
never overwritten: it waits for a human.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from courses.assessments.access import assessors
from courses.assessments.actions import observe
from courses.assessments.outings.actions import note_outing
from courses.attendance.access import can_keep_register
from courses.attendance.actions import Mark, take_in_marks
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.access import can_observe
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.sync import rules
from courses.sync.effects import NotCounted, slot_of
from courses.sync.models import SyncEvent
from courses.sync.rules import Event, MarkSaid

Status = SyncEvent.Status
CONFLICT, MARK_WAITS, NOT_THEN = "conflict", "mark_waits", "not_then"


@dataclass(frozen=True)
class Subject:
    """What an event of the team is about. `slot` names it in the order of a phone."""

    staff: Any
    cohort: Cohort
    session: ClassSession | None = None
    enrolment: Enrolment | None = None
    pin: CohortContent | None = None
    slot: str = ""
    after: str = ""

    @property
    def version(self) -> ContentVersion | None:
        """The rubric, for the list of what waits."""
        return self.pin.version if self.pin else None


def find(event: Event, staff: Any) -> Subject:
    """What this event of hers is about. Raises NotCounted (unknown, not_in_course)."""
    if event.kind == rules.OBSERVATION:
        return _practical(event, staff)
    session = (
        ClassSession.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .filter(pk=event.facts["session"])
        .first()
    )
    if session is None:
        raise NotCounted("unknown")
    if event.kind == rules.REGISTER:
        slot = slot_of(event.kind, f"{session.pk} {min(event.facts['marks'])}")
        return Subject(staff=staff, cohort=session.cohort, session=session, slot=slot)
    enrolment = Enrolment.objects.filter(pk=event.facts["enrolment"], cohort_id=session.cohort_id).first()
    if session.modality != ClassSession.Modality.OUTING or enrolment is None:
        raise NotCounted("unknown")
    slot = slot_of(event.kind, f"{session.pk} {enrolment.pk}")
    return Subject(staff=staff, cohort=session.cohort, session=session, enrolment=enrolment, slot=slot)


def _practical(event: Event, staff: Any) -> Subject:
    enrolment = (
        Enrolment.objects.select_related("cohort", "person").filter(pk=event.facts["enrolment"]).first()
    )
    if enrolment is None:
        raise NotCounted("unknown")
    pins = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, kind=ContentVersion.Kind.RUBRIC)
    pin = pins.filter(key=event.facts["rubric"]).select_related("version").first()
    if pin is None:
        raise NotCounted("not_in_course")
    return Subject(staff=staff, cohort=enrolment.cohort, enrolment=enrolment, pin=pin)


def act(
    event: Event, subject: Subject, arrived: SyncEvent, *, by_hand_at: datetime | None = None
) -> tuple[str, str]:
    """Do what the event says: its status and code. Raises NotCounted.

    By hand (at that time): also where she may not any more, and a mark that another one contradicted counts
    after all, unless somebody has noted something since the event arrived.
    """
    at = by_hand_at or arrived.received_at
    if by_hand_at is None:
        _check(event, subject)
    try:
        if event.kind == rules.REGISTER:
            return _take_register(event, subject, arrived, by_hand_at)
        if event.kind == rules.OUTING:
            return _take_outing(event, subject, arrived, by_hand_at)
        _take_observation(event, subject, arrived, at)
    except Refused as error:
        raise NotCounted("refused") from error
    return Status.APPLIED, ""


def _check(event: Event, subject: Subject) -> None:
    """She may do this in this session or cohort now, and it can have happened."""
    if subject.session is not None:
        may = can_keep_register(subject.staff, subject.session)
    else:
        may = can_observe(subject.staff, subject.cohort)
    if not may:
        raise NotCounted("not_yours")
    if subject.enrolment is not None and subject.enrolment.status != Enrolment.Status.ACTIVE:
        raise NotCounted("enrolment_over")
    if subject.session is not None and subject.session.is_cancelled:
        raise NotCounted("cancelled")


def _take_register(
    event: Event, subject: Subject, arrived: SyncEvent, by_hand_at: datetime | None
) -> tuple[str, str]:
    assert subject.session is not None  # find() gives it for this kind
    said: Mapping[UUID, MarkSaid] = event.facts["marks"]
    waiting = set() if by_hand_at else not_of_that_day(subject.session, said)
    if waiting == set(said):
        raise NotCounted(NOT_THEN)
    marks = {
        enrolment: Mark(status=one.status, late_by=one.late_by)
        for enrolment, one in said.items()
        if enrolment not in waiting
    }
    at = by_hand_at or arrived.received_at
    _check_time(subject.session, marks, at)
    taken = take_in_marks(
        session=subject.session,
        marks=marks,
        seen=_seen(subject, said, arrived, is_by_hand=by_hand_at is not None),
        by=subject.staff,
        at=at,
        device=device_words(arrived),
        noted_at=event.at or arrived.received_at,
    )
    if waiting:
        return Status.REJECTED, NOT_THEN
    return Status.APPLIED, CONFLICT if taken.conflicts and by_hand_at is None else ""


def not_of_that_day(session: ClassSession, women: Iterable[UUID]) -> set[UUID]:
    """Who of these (enrolment ids) joined the cohort after the session's day or had left it before.

    But for whom something is in force: a person has noted her there.
    """
    asked = Enrolment.objects.filter(pk__in=list(women), cohort_id=session.cohort_id)
    there = asked.on_day(session.day).values_list("pk", flat=True)
    noted = in_force(session, women).values_list("enrolment", flat=True)
    return set(asked.values_list("pk", flat=True)) - set(there) - set(noted)


def _check_time(session: ClassSession, marks: Mapping[UUID, Mark], at: datetime) -> None:
    """Before a session only excuses can be noted."""
    if at < session.starts_at and any(mark.status != "excused" for mark in marks.values()):
        raise NotCounted("not_yet")


def _seen(
    subject: Subject, said: Mapping[UUID, MarkSaid], arrived: SyncEvent, *, is_by_hand: bool
) -> dict[UUID, int | None]:
    """The record that the phone knew of each woman; or what it has noted itself since, on its way here.

    By hand, what stood when the event arrived counts as known: a human has looked at both.
    """
    seen = {enrolment: one.known for enrolment, one in said.items()}
    earlier = SyncEvent.objects.filter(
        staff=arrived.staff, device=arrived.device, seq__lt=arrived.seq, status=Status.APPLIED
    )
    own = set(earlier.values_list("received_at", flat=True))
    for record in in_force(subject.session, said):
        is_own = record.by_id == subject.staff.pk and record.at in own
        if is_own or (is_by_hand and record.at <= arrived.received_at):
            seen[record.enrolment_id] = record.pk
    return seen


def in_force(session: ClassSession | None, women: Any) -> Any:
    """The records in force of these women (enrolment ids) in this session."""
    return AttendanceRecord.objects.current().filter(session=session, enrolment__in=list(women))


def device_words(arrived: SyncEvent) -> str:
    """A short name for a phone that tells nothing: the same for all it sends."""
    told = salted_hmac("sync.device", str(arrived.device), algorithm="sha256").hexdigest()
    return f"teléfono {told[:6]}"


def _take_observation(event: Event, subject: Subject, arrived: SyncEvent, at: datetime) -> None:
    """The second assessor must be another one of the cohort's trainers. Raises NotCounted, Refused."""
    assert subject.enrolment is not None
    assert subject.pin is not None
    wanted = event.facts["second"]
    second = assessors(subject.cohort).exclude(pk=subject.staff.pk).filter(pk=wanted).first()
    if wanted is not None and second is None:
        raise NotCounted("second")
    observe(
        enrolment=subject.enrolment,
        pin=subject.pin,
        scores=event.facts["scores"],
        by=subject.staff,
        at=at,
        second=second,
        comment=event.facts["comment"],
        device=device_words(arrived),
        event=event.id,
    )


def _take_outing(
    event: Event, subject: Subject, arrived: SyncEvent, by_hand_at: datetime | None
) -> tuple[str, str]:
    """From when to when she was out, by the clocks of where the cohort meets. Raises NotCounted, Refused.

    Her mark in the register of the outing follows; where a colleague has noted another one, it waits there.
    """
    assert subject.session is not None
    assert subject.enrolment is not None
    session, woman, zone = subject.session, subject.enrolment, subject.cohort.zone
    at, day = by_hand_at or arrived.received_at, session.starts_at.astimezone(zone).date()
    started_at = datetime.combine(day, event.facts["left"], zone)
    ended_at = datetime.combine(day, event.facts["back"], zone)
    pair = event.facts["pair_with"]
    pair_with = Enrolment.objects.filter(pk=pair, cohort=subject.cohort).first() if pair else None
    if ended_at <= started_at or pair == woman.pk:
        raise NotCounted("refused")
    if pair and pair_with is None:
        raise NotCounted("unknown")
    if ended_at > at:
        raise NotCounted("not_yet")
    if by_hand_at is None and not_of_that_day(session, [woman.pk, *([pair_with.pk] if pair_with else [])]):
        raise NotCounted(NOT_THEN)
    mark = Mark("present")  # or late: the register counts her minutes
    _check_time(session, {woman.pk: mark}, at)
    said = {woman.pk: MarkSaid(mark.status, mark.late_by, event.facts["known"])}
    seen = _seen(subject, said, arrived, is_by_hand=by_hand_at is not None)
    noted = note_outing(
        session=session,
        enrolment=woman,
        pair_with=pair_with,
        started_at=started_at,
        ended_at=ended_at,
        by=subject.staff,
        at=at,
        known=seen[woman.pk],
        device=device_words(arrived),
        noted_at=event.at or arrived.received_at,
    )
    return Status.APPLIED, MARK_WAITS if noted.waits and by_hand_at is None else ""
