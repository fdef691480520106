"""How far people read, in cohorts that are long over."""

from collections.abc import Collection

from courses.expiry import Due
from courses.progress.models import LessonProgress, LessonReading


def records(cohorts: Collection[int]) -> list[Due]:
    """Lessons opened and finished."""
    return [
        Due(LessonReading._default_manager.filter(progress__enrolment__cohort__in=cohorts)),
        Due(LessonProgress.objects.filter(enrolment__cohort__in=cohorts)),
    ]
