"""Attendance of cohorts that are long over."""

from collections.abc import Collection

from courses.attendance.models import AttendanceRecord, Excuse, MarkConflict
from courses.expiry import Due


def records(cohorts: Collection[int]) -> list[Due]:
    """Marks, contradictions and notices of absence; the sessions themselves tell of nobody and stay."""
    return [
        Due(MarkConflict.objects.filter(enrolment__cohort__in=cohorts)),
        Due(Excuse.objects.filter(enrolment__cohort__in=cohorts)),
        Due(AttendanceRecord.objects.filter(enrolment__cohort__in=cohorts)),
    ]
