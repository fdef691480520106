"""The register as it comes from the page: one status for each person, and minutes for who came late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from courses.attendance import rules
from courses.attendance.actions import Mark
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Enrolment
from courses.errors import Refused

STATUS, LATE_BY = "status-", "late-"


def marks_from(post: Mapping[str, str]) -> dict[UUID, Mark]:
    """Every mark of a posted register. Raises Refused for something that is not a mark."""
    marks = {}
    for name, status in post.items():
        if not name.startswith(STATUS) or not status:
            continue
        key = name.removeprefix(STATUS)
        try:
            marks[UUID(key)] = Mark(status=status, late_by=_minutes(post.get(LATE_BY + key, ""), status))
        except ValueError as error:
            raise Refused(_("Write the minutes late as a whole number, for example 15.")) from error
    return marks


def _minutes(text: str, status: str) -> int:
    """Minutes late; only of who came late. Raises ValueError for anything but 0 to 999."""
    if status != rules.LATE or not text.strip():
        return 0
    minutes = int(text)
    if not 0 <= minutes <= 999:
        raise ValueError(text)
    return minutes


@dataclass
class Row:
    """One person in the register: what is in force, or what was just posted, and what was noted before."""

    enrolment: Enrolment
    status: str = ""
    late_by: int | str = ""
    history: list[AttendanceRecord] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        """True when a mark was corrected at least once."""
        return len(self.history) > 1


def register_rows(session: ClassSession, post: Mapping[str, str] | None = None) -> list[Row]:
    """Everybody in the cohort with her mark, in two queries. `post` wins over what is stored."""
    records: dict[UUID, list[AttendanceRecord]] = {}
    for record in AttendanceRecord.objects.filter(session=session).select_related("by").order_by("pk"):
        records.setdefault(record.enrolment_id, []).append(record)
    rows = []
    for enrolment in Enrolment.objects.for_register(session.cohort):
        row = Row(enrolment, history=records.get(enrolment.pk, []))
        if row.history:
            row.status = row.history[-1].status
        if row.status == rules.LATE:
            row.late_by = session.minutes - row.history[-1].minutes
        if post is not None:
            row.status = post.get(f"{STATUS}{enrolment.pk}", "")
            row.late_by = post.get(f"{LATE_BY}{enrolment.pk}", "")
        rows.append(row)
    return rows
