"""Opening lessons, keeping the place, finishing. What she saw stays tied to the version that she saw."""

from datetime import datetime

from django.db import transaction

from courses.cohorts.models import CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.progress.models import LessonProgress, LessonReading


@transaction.atomic(savepoint=False)
def open_lesson(
    *, enrolment: Enrolment, pin: CohortContent, at: datetime, version: ContentVersion | None = None
) -> LessonProgress:
    """Note that she opened a lesson, and in which version: her cohort's, unless a phone had another.

    Opening the same version again changes nothing. Another text begins at its top; the same in another
    language goes on where she was.
    """
    seen = version or pin.version
    progress, is_new = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson_key=pin.key, defaults={"version": seen, "started_at": at}
    )
    if is_new:
        note_reading(progress, seen, at)
    elif progress.version_id != seen.pk:
        note_reading(progress, progress.version, progress.started_at)
        note_reading(progress, seen, at)
        says_the_same = progress.version.meaning == seen.meaning
        moved = {"version": seen} if says_the_same else {"version": seen, "place": 0}
        LessonProgress.objects.filter(pk=progress.pk, completed_at__isnull=True).update(**moved)
        progress.refresh_from_db()
    return progress


def note_reading(
    progress: LessonProgress, version: ContentVersion, at: datetime, *, is_finished: bool = False
) -> None:
    """She opened or finished this version. The first time stays."""
    LessonReading.objects.get_or_create(
        progress=progress, version=version, is_finished=is_finished, defaults={"at": at}
    )


@transaction.atomic
def complete_lesson(
    *, enrolment: Enrolment, pin: CohortContent, at: datetime, version: ContentVersion | None = None
) -> LessonProgress:
    """She finished it in this version. The first time stays; a lesson never becomes unfinished."""
    seen = version or pin.version
    progress = open_lesson(enrolment=enrolment, pin=pin, at=at, version=seen)
    LessonProgress.objects.filter(pk=progress.pk, completed_at__isnull=True).update(completed_at=at)
    note_reading(progress, seen, at, is_finished=True)
    progress.refresh_from_db()
    return progress


@transaction.atomic
def keep_place(*, enrolment: Enrolment, pin: CohortContent, place: int, at: datetime) -> LessonProgress:
    """Keep which block of the lesson she reached, from 0, so that she goes on there. The last word wins.

    A place outside the lesson becomes its first or last block.
    """
    progress = open_lesson(enrolment=enrolment, pin=pin, at=at, version=pin.shown)
    last = max(0, len(pin.version.content["body"]) - 1)
    progress.place = min(max(0, place), last)
    progress.save(update_fields=["place"])
    return progress
