"""Who stands in the register of a session, what is in force of each, and what is proposed. Two queries."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from courses.attendance import rules
from courses.attendance.excuses import excused_ids
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import Mark
from courses.cohorts.models import Enrolment


@dataclass(frozen=True)
class Line:
    """One woman of the register. `proposed` is None where nothing is proposed: she joined later."""

    enrolment: Enrolment
    record: AttendanceRecord | None
    proposed: Mark | None
    has_joined_later: bool = False

    @property
    def has_left(self) -> bool:
        return self.enrolment.status != Enrolment.Status.ACTIVE

    @property
    def status(self) -> str:
        """What holds unless an exception is noted; "" for nothing."""
        return self.proposed.status if self.proposed else ""


def proposals(session: ClassSession) -> dict[UUID, str]:
    """What is proposed of whom nothing is noted yet; who is missing here is proposed present."""
    return dict.fromkeys(excused_ids(session), rules.EXCUSED)


def roster(session: ClassSession, now: datetime, *, from_sheet: bool = False) -> list[Line]:
    """Everybody who was in the cohort on the day of `session`, by name, and who joined since.

    Before the session, and once its register is locked, nobody is proposed present by herself; on the way
    from the signed sheet everybody is.
    """
    day = session.day
    women = (
        Enrolment.objects.filter(cohort_id=session.cohort_id)
        .filter(Q(status=Enrolment.Status.ACTIVE) | Q(starts_on__lte=day, ends_on__gte=day))
        .select_related("person")
        .order_by("person__name", "pk")
    )
    in_force = {
        record.enrolment_id: record
        for record in AttendanceRecord.objects.current().filter(session=session).select_related("by")
    }
    has_begun = session.starts_at <= now
    usual = rules.PRESENT if has_begun and (from_sheet or not session.is_locked(now)) else ""
    other = proposals(session)
    return [
        Line(
            enrolment=woman,
            record=(record := in_force.get(woman.pk)),
            proposed=_proposed(session, record, other.get(woman.pk, "" if woman.starts_on > day else usual)),
            has_joined_later=woman.starts_on > day,
        )
        for woman in women
    ]


def _proposed(session: ClassSession, record: AttendanceRecord | None, usual: str) -> Mark | None:
    """What is in force, else what is usual."""
    if record is not None:
        return Mark(record.status, session.minutes - record.minutes if record.status == rules.LATE else 0)
    return Mark(usual) if usual else None


def digest_of(lines: Iterable[Line]) -> str:
    """A short name for a roster as it was shown: who, what is in force of her and what is proposed."""
    said = (f"{line.enrolment.pk}:{line.record.pk if line.record else ''}:{line.status}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def marks_of(lines: Iterable[Line], exceptions: Mapping[UUID, Mark]) -> dict[UUID, Mark]:
    """The mark of everybody: what was proposed, or her exception. Who has neither has none."""
    marks = {line.enrolment.pk: line.proposed for line in lines if line.proposed is not None}
    return {**marks, **exceptions}
