"""Absence as care: reasons as tallies, notices in advance, make-ups, and what was done for whom.

The other topics are named by words here, so that those below (cohorts, attendance) may count a reason or ask
who is excused without a circle.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.care import rules
from courses.records import AppendOnly, AppendOnlyQuerySet


class ReasonTally(models.Model):
    """How often a reason was given in a cohort. No person, no day: nothing leads back to anybody."""

    class Kind(models.TextChoices):
        EXCUSE = rules.EXCUSE, _("notice of absence")
        WITHDRAWAL = rules.WITHDRAWAL, _("leaving")
        RETURN = rules.RETURN, _("coming back")

    cohort = models.ForeignKey("courses.Cohort", on_delete=models.CASCADE, related_name="reason_tallies")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=12)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("count of a reason")
        verbose_name_plural = _("counts of reasons")
        ordering = ["kind", "-count", "reason"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind", "reason"], name="reason_counted_in_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}: {self.count}"


class ExcuseQuerySet(models.QuerySet["Excuse"]):
    def waiting(self) -> "ExcuseQuerySet":
        """Those nobody has answered yet, of sessions that take place."""
        return self.filter(is_approved__isnull=True, session__cancelled_at__isnull=True)

    def standing(self) -> "ExcuseQuerySet":
        """Those that were not declined: asked or approved."""
        return self.exclude(is_approved=False)

    def for_screen(self) -> "ExcuseQuerySet":
        """With the woman, the session and who decided."""
        return self.select_related("enrolment__person", "session", "asked_by", "decided_by")


class Excuse(models.Model):
    """She says in advance that she cannot come; somebody says yes or no. Why is not kept here.

    Decided once. After a «no» she may ask again: that is a new row.
    """

    enrolment = models.ForeignKey("courses.Enrolment", on_delete=models.PROTECT, related_name="excuses")
    session = models.ForeignKey("courses.ClassSession", on_delete=models.PROTECT, related_name="excuses")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    is_approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of absence")
        verbose_name_plural = _("notices of absence")
        ordering = ["session__starts_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session"],
                condition=models.Q(is_approved=True) | models.Q(is_approved__isnull=True),
                name="excuse_stands_once",
            ),
            models.CheckConstraint(
                condition=models.Q(is_approved__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(is_approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="excuse_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.is_approved}"


def excused_ids(session: Any) -> set[UUID]:
    """The enrolments whose absence from `session` was approved in advance. One query."""
    approved = Excuse.objects.filter(session=session, is_approved=True)
    return set(approved.values_list("enrolment_id", flat=True))


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
