"""Make-ups and notes of care of cohorts that are long over."""

from collections.abc import Collection

from courses.care.models import CareNote, MakeUp
from courses.expiry import Due


def records(cohorts: Collection[int]) -> list[Due]:
    """Who was called, and what was made up."""
    return [
        Due(CareNote.objects.filter(enrolment__cohort__in=cohorts)),
        Due(MakeUp.objects.filter(enrolment__cohort__in=cohorts)),
    ]
