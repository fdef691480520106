"""Opening lessons, keeping the place, finishing."""

from datetime import datetime

from django.db import transaction

from courses.cohorts.models import CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.progress.models import LessonProgress


def open_lesson(
    *, enrolment: Enrolment, pin: CohortContent, at: datetime, version: ContentVersion | None = None
) -> LessonProgress:
    """Note that she opened a lesson, and in which version: her cohort's, unless a phone had another.

    Later openings change nothing.
    """
    seen = {"version": version or pin.version, "started_at": at}
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson_key=pin.key, defaults=seen
    )
    return progress


@transaction.atomic
def complete_lesson(
    *, enrolment: Enrolment, pin: CohortContent, at: datetime, version: ContentVersion | None = None
) -> LessonProgress:
    """She finished it. The first time stays; a lesson never becomes unfinished."""
    progress = open_lesson(enrolment=enrolment, pin=pin, at=at, version=version)
    LessonProgress.objects.filter(pk=progress.pk, completed_at__isnull=True).update(completed_at=at)
    progress.refresh_from_db()
    return progress


@transaction.atomic
def keep_place(*, enrolment: Enrolment, pin: CohortContent, place: int, at: datetime) -> LessonProgress:
    """Keep which block of the lesson she reached, from 0, so that she goes on there. The last word wins.

    A place outside the lesson becomes its first or last block.
    """
    progress = open_lesson(enrolment=enrolment, pin=pin, at=at)
    last = max(0, len(pin.version.content["body"]) - 1)
    progress.place = min(max(0, place), last)
    progress.save(update_fields=["place"])
    return progress
