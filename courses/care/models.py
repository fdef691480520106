"""Absence as care: make-ups, and what was done for whom."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.care import rules
from courses.records import AppendOnly, AppendOnlyQuerySet


class MakeUpQuerySet(models.QuerySet["MakeUp"]):
    def standing(self) -> "MakeUpQuerySet":
        """Those that were not called off."""
        return self.filter(dropped_at__isnull=True)

    def waiting(self) -> "MakeUpQuerySet":
        """Agreed and not done yet."""
        return self.standing().filter(done_at__isnull=True)

    def for_screen(self) -> "MakeUpQuerySet":
        """With the woman, the session and who agreed on it, the first due first."""
        people = ("enrolment__person", "session", "assigned_by", "done_by")
        return self.select_related(*people).order_by("due_on", "pk")


class MakeUp(models.Model):
    """A missed class and how she makes up for it («reposición»). Done once, or called off once."""

    class Task(models.TextChoices):
        TUTORING = rules.TUTORING, _("tutoring")
        LESSON = rules.LESSON, _("lesson with questions")
        OUTING = rules.OUTING, _("field outing")

    enrolment = models.ForeignKey("courses.Enrolment", on_delete=models.PROTECT, related_name="make_ups")
    session = models.ForeignKey("courses.ClassSession", on_delete=models.PROTECT, related_name="make_ups")
    task = models.CharField(_("how she makes it up"), max_length=10, choices=Task)
    due_on = models.DateField(_("by this day"))
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(_("agreed"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes credited"), null=True)
    dropped_at = models.DateTimeField(_("called off"), null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MakeUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("make-up")
        verbose_name_plural = _("make-ups")
        ordering = ["due_on", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session"],
                condition=models.Q(dropped_at__isnull=True),
                name="make_up_stands_once",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True, minutes__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False, minutes__isnull=False),
                name="make_up_done_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | models.Q(dropped_at__isnull=False, dropped_by__isnull=False, done_at__isnull=True),
                name="make_up_done_or_called_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.get_task_display()}"


class CareNote(AppendOnly):
    """What was done for a woman on the list «to call»: one of a few words, never free text."""

    class What(models.TextChoices):
        CALLED = rules.CALLED, _("called")
        TALKED = rules.TALKED, _("talked in person")
        TRY_AGAIN = rules.TRY_AGAIN, _("will try again")
        ALL_WELL = rules.ALL_WELL, _("all well")
        LATER = rules.LATER, _("look again in a week")

    enrolment = models.ForeignKey("courses.Enrolment", on_delete=models.PROTECT, related_name="care_notes")
    what = models.CharField(_("what was done"), max_length=10, choices=What)
    aside_until = models.DateField(_("off the list until"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("note of care")
        verbose_name_plural = _("notes of care")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["aside_until"], name="care_aside_until")]

    def __str__(self) -> str:
        return self.get_what_display()
