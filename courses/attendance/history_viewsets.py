"""What was noted, by whom, when and from which device, of a session or a woman. Nothing is left out."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from courses.attendance.models import AttendanceRecord, MarkConflict
from courses.attendance.rules import SYMBOLS
from courses.attendance.staff import SessionPage, device_words, late_by
from courses.cohorts.staff import CohortPage

PAGE = 100


def entry(record: AttendanceRecord) -> dict[str, Any]:
    """A record as a line of the history: what was before, what is now, and where it came from."""
    before = record.supersedes
    return {
        "record": record,
        "before": before,
        "symbol": SYMBOLS[record.status],
        "late_by": late_by(record),
        "was_late_by": late_by(before) if before else 0,
        "device": device_words(record.device),
    }


def doubt(conflict: MarkConflict) -> dict[str, Any]:
    """A contradicting mark as a line of the history."""
    return {
        "conflict": conflict,
        "first_late_by": late_by(conflict.against) if conflict.against else 0,
        "device": device_words(conflict.device),
    }


class History(CohortPage):
    """A page of the history, newest first."""

    template_name = "courses/admin/register_history.html"
    header_icon = "history"
    request: HttpRequest

    def trail(self, records: Any, conflicts: Any) -> dict[str, Any]:
        """The entries of this page, and the marks that contradicted."""
        page = Paginator(records.trail(), PAGE).get_page(self.request.GET.get("p"))
        return {
            "page": page,
            "entries": [entry(record) for record in page],
            "doubts": [doubt(one) for one in conflicts.shown().select_related("session").order_by("-at")],
        }


class SessionHistory(History, SessionPage):
    """The history of one session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **self.trail(
                AttendanceRecord.objects.filter(session=self.session),
                MarkConflict.objects.filter(session=self.session),
            ),
        }


class WomanHistory(History):
    """The history of one woman in her cohort."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.keep_register")
        self.woman = self.enrolment()
        self.page_subtitle = self.woman.person.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "woman": self.woman,
            **self.trail(
                AttendanceRecord.objects.filter(enrolment=self.woman),
                MarkConflict.objects.filter(enrolment=self.woman),
            ),
        }
