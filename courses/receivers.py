"""Wagtail's signal for a published page: a lesson is frozen, and reaches whom its author chose.

Scheduled publishing fires no hook. Wagtail also sends this signal for a page that is only scheduled to be
published for the first time: nothing happens then.
"""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.signals import page_published

from courses.cohorts.changing import apply_version
from courses.errors import Refused
from courses.pages.actions import draw_pictures, freeze_lesson
from courses.pages.models import LessonPage
from courses.pages.translating import is_whole

log = logging.getLogger(__name__)


@transaction.atomic
def freeze_published_lesson(*, instance: LessonPage, revision: Any = None, **_kwargs: Any) -> None:
    """Freeze a ContentVersion of the lesson that has just been published; give it to whom it should reach.

    A translation is frozen once it is whole.
    """
    if not instance.live or not is_whole(instance):
        return
    version = freeze_lesson(lesson=instance)
    transaction.on_commit(partial(draw_pictures, version=version), robust=True)
    if instance.reach == LessonPage.Reach.RUNNING:
        author = revision.user if revision is not None else None
        try:
            apply_version(
                version=version, needs_rereading=instance.needs_rereading, by=author, at=timezone.now()
            )
        except Refused as error:  # published all the same; the page of its reviews says who does not have it
            log.warning("version %s reaches no running cohort: %s", version.pk, error)
    # The answer belonged to this change: the next one is asked anew. An approval of other words is none.
    kept = {} if instance.is_reviewed else {"reviewed_digest": ""}
    LessonPage.objects.filter(pk=instance.pk).update(reach="", needs_rereading=False, **kept)


def connect() -> None:
    """Listen for published lessons."""
    page_published.connect(freeze_published_lesson, sender=LessonPage, dispatch_uid="freeze-lesson")
