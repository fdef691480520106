"""The attendance of one woman, counted as the completion rule counts it. Three queries; more once moved."""

from dataclasses import dataclass, replace
from datetime import datetime

from courses.attendance import rules
from courses.attendance.figures import figures_of
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Enrolment, Requirement

CANCELLED, PLANNED, UNMARKED = "cancelled", "planned", "unmarked"


@dataclass(frozen=True)
class SessionSeen:
    """A session with what was noted of her, or that nothing was noted yet."""

    session: ClassSession
    status: str
    counts: bool

    @property
    def number(self) -> int:
        return self.session.number

    @property
    def is_open(self) -> bool:
        """Nothing is noted yet: it may still become a session she came to."""
        return self.status in {PLANNED, UNMARKED}


@dataclass(frozen=True)
class Summary:
    """What she came to, what is needed and what she may still miss.

    `needed` is None when her cohort asks for no attendance. `attended` counts make-ups up to the limit.
    """

    classes: list[SessionSeen]
    outings: list[SessionSeen]
    extra: list[SessionSeen]
    planned: int
    attended: int
    needed: int | None
    may_miss: int
    make_up_limit: int
    made_up: int
    outings_done: int
    outings_needed: int | None

    @property
    def has_enough(self) -> bool:
        return self.needed is not None and self.planned > 0 and self.attended >= self.needed

    @property
    def is_short(self) -> bool:
        """Even coming to everything that is left does not reach what is needed."""
        still_open = sum(seen.is_open for seen in self.classes)
        return self.needed is not None and self.attended + still_open < self.needed

    def meeting(self, now: datetime) -> ClassSession | None:
        """The session that meets now and where nothing is noted of her yet: she may say that she is here."""
        hers = (seen.session for seen in (*self.classes, *self.outings, *self.extra) if seen.is_open)
        return next((one for one in hers if rules.is_meeting(one.starts_at, one.ends_at, now)), None)


def _seen(session: ClassSession, record: AttendanceRecord | None, now: datetime) -> SessionSeen:
    if session.is_cancelled:
        return SessionSeen(session, CANCELLED, counts=False)
    if record is not None:
        return SessionSeen(session, record.status, counts=record.counts)
    return SessionSeen(session, PLANNED if session.ends_at > now else UNMARKED, counts=False)


def summary_of(enrolment: Enrolment, now: datetime) -> Summary:
    """Everything about her sessions, in order of time."""
    records = {record.session_id: record for record in enrolment.attendance.current()}
    sessions = ClassSession.objects.filter(cohort_id=enrolment.cohort_id)
    seen = [_seen(session, records.get(session.pk), now) for session in sessions]
    asked = {
        row.kind: row
        for row in Requirement.objects.filter(
            cohort_id=enrolment.cohort_id, kind__in=[Requirement.Kind.ATTENDANCE, Requirement.Kind.OUTINGS]
        )
    }
    summary = _count(seen, asked.get(Requirement.Kind.ATTENDANCE), asked.get(Requirement.Kind.OUTINGS))
    if enrolment.came_from_id is None:
        return summary
    hers = figures_of([enrolment.cohort_id], now, [enrolment.pk])[enrolment.pk]  # with what she brought along
    return replace(summary, attended=hers.attended, may_miss=hers.may_miss, outings_done=_walks(enrolment))


def _walks(enrolment: Enrolment) -> int:
    """How many outings count, those of her former cohorts too; one of the same number is one."""
    done = AttendanceRecord.objects.current().filter(
        enrolment__in=enrolment.chain_ids(),
        counts=True,
        session__modality=ClassSession.Modality.OUTING,
        session__cancelled_at__isnull=True,
    )
    return done.order_by().values("session__number").distinct().count()


def _count(seen: list[SessionSeen], attendance: Requirement | None, outings: Requirement | None) -> Summary:
    modality = ClassSession.Modality
    classes = [one for one in seen if one.session.modality == modality.CLASS and one.session.is_planned]
    walks = [one for one in seen if one.session.modality == modality.OUTING]
    made_up = sum(one.status == rules.MADE_UP for one in classes)
    limit = attendance.make_up_limit if attendance else 0
    planned = sum(one.status != CANCELLED for one in classes)
    came = sum(one.counts and one.status != rules.MADE_UP for one in classes) + min(made_up, limit)
    needed = rules.needed(attendance.target, planned) if attendance else None
    still_open = sum(one.is_open for one in classes)
    return Summary(
        classes=classes,
        outings=walks,
        extra=[one for one in seen if one not in classes and one not in walks],
        planned=planned,
        attended=came,
        needed=needed,
        may_miss=rules.may_miss(needed=needed or 0, attended=came, still_open=still_open),
        make_up_limit=limit,
        made_up=made_up,
        outings_done=sum(one.counts for one in walks),
        outings_needed=outings.target if outings else None,
    )
