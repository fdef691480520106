"""Who has finished which lesson."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Enrolment
from courses.pages.models import ContentVersion
from courses.records import AppendOnly


class LessonProgress(models.Model):
    """A person and a lesson: when she opened it, when she finished it, in which version, and how far she is.

    Kept by the lesson's `key` (Wagtail's translation_key), so that another language counts too.
    Once completed it stays completed, in the version that she finished first; before that, `version` is the
    one she opened last. What else she saw stands in LessonReading.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="lessons")
    lesson_key = models.UUIDField()
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)  # the block she reached, from 0

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_key"], name="lesson_progress_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_key}"


class LessonReading(AppendOnly):
    """That she opened or finished a version of a lesson, for the first time. Kept for good."""

    progress = models.ForeignKey(LessonProgress, on_delete=models.CASCADE, related_name="readings")
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    is_finished = models.BooleanField(_("finished"), default=False)
    at = models.DateTimeField(_("when"))

    objects: Any

    class Meta:
        verbose_name = _("reading of a lesson")
        verbose_name_plural = _("readings of lessons")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "version", "is_finished"], name="lesson_reading_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.progress_id}: {self.version_id}"
