"""The one signal of the project: a published lesson is frozen (scheduled publishing fires no hook)."""

from typing import Any

from wagtail.signals import page_published

from courses.pages.actions import freeze_lesson
from courses.pages.models import LessonPage


def freeze_published_lesson(*, instance: LessonPage, **_kwargs: Any) -> None:
    """Freeze a ContentVersion of the lesson that has just been published."""
    freeze_lesson(lesson=instance)


def connect() -> None:
    """Listen for published lessons."""
    page_published.connect(freeze_published_lesson, sender=LessonPage, dispatch_uid="freeze-lesson")
