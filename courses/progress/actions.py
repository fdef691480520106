"""Opening and finishing lessons."""

from datetime import datetime

from django.db import transaction

from courses.cohorts.models import CohortContent, Enrolment
from courses.progress.models import LessonProgress


def open_lesson(*, enrolment: Enrolment, pin: CohortContent, at: datetime) -> LessonProgress:
    """Note that she opened a lesson, and in which version; later openings change nothing."""
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson_key=pin.key, defaults={"version": pin.version, "started_at": at}
    )
    return progress


@transaction.atomic
def complete_lesson(*, enrolment: Enrolment, pin: CohortContent, at: datetime) -> LessonProgress:
    """She finished it. The first time stays; a lesson never becomes unfinished."""
    progress = open_lesson(enrolment=enrolment, pin=pin, at=at)
    LessonProgress.objects.filter(pk=progress.pk, completed_at__isnull=True).update(completed_at=at)
    progress.refresh_from_db()
    return progress
