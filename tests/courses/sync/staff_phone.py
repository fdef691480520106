"""A phone of one of the team: her ticket, and what she notes."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.sync.tickets import make_staff_ticket
from tests.courses.sync.phone import Phone, new_id


def held(cohort: Cohort, modality: str, starts: datetime | None = None) -> ClassSession:
    """A session of yesterday, at nine where the cohort meets: its register is not locked yet."""
    yesterday = timezone.now().astimezone(cohort.zone) - timedelta(days=1)
    starts = starts or yesterday.replace(hour=9, minute=0, second=0, microsecond=0)
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=starts.date() + timedelta(days=30))
    cohort.refresh_from_db()
    return ClassSession.objects.create(
        cohort=cohort,
        modality=modality,
        number=50,
        title="Estos días",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        minutes=180,
    )


class StaffPhone(Phone):
    """One phone of one trainer."""

    def __init__(self, staff: Any) -> None:
        super().__init__(staff)
        self.staff = staff

    def event(self, kind: str, **facts: Any) -> dict[str, Any]:
        self.seq += 1
        ticket = make_staff_ticket(self.staff, self.device)
        frame = {"id": new_id(), "ticket": ticket, "device": str(self.device), "seq": self.seq}
        at = timezone.now() + timedelta(milliseconds=self.seq)
        return {**frame, "at": at.isoformat(), "kind": kind, **facts}

    def register(self, session: ClassSession, marks: dict[Enrolment, Any]) -> dict[str, Any]:
        """Marks as `status`, or (status, minutes late, record known)."""
        said = {
            str(woman.pk): [mark, 0, None] if isinstance(mark, str) else list(mark)
            for woman, mark in marks.items()
        }
        return self.event("register.confirmed", session=session.pk, marks=said)

    def observation(
        self, woman: Enrolment, pin: CohortContent, points: int = 1, **facts: Any
    ) -> dict[str, Any]:
        scores = {step["id"]: points for step in pin.version.content["steps"]}
        rest = {"enrolment": str(woman.pk), "rubric": str(pin.key), "scores": scores, "second": None}
        return self.event("observation.made", **{**rest, "comment": "", **facts})

    def outing(
        self, session: ClassSession, woman: Enrolment, pair: uuid.UUID | None = None, **facts: Any
    ) -> dict[str, Any]:
        rest = {
            "session": session.pk,
            "enrolment": str(woman.pk),
            "left": "09:00",
            "back": "12:00",
            "known": None,
        }
        return self.event("outing.noted", **{**rest, "pair_with": str(pair) if pair else None, **facts})
