"""Who has finished which lesson."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Enrolment
from courses.pages.models import ContentVersion


class LessonProgress(models.Model):
    """A person and a lesson: when she opened it, when she finished it, which version she saw, and how far.

    Kept by the lesson's `key` (Wagtail's translation_key), so that another language counts too.
    Once completed it stays completed.
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
