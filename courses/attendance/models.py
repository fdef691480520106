"""Who was there: sessions, and records that are only ever added to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.attendance import rules
from courses.cohorts.models import Cohort, Enrolment
from courses.records import AppendOnly, AppendOnlyQuerySet


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    def with_marks(self) -> "ClassSessionQuerySet":
        """Each with `marked_count`, how many people still in the cohort have a record in force."""
        in_force = models.Q(
            records__superseded_by__isnull=True, records__enrolment__status=Enrolment.Status.ACTIVE
        )
        return self.annotate(marked_count=models.Count("records", filter=in_force))

    def for_register(self, cohort: Cohort) -> "ClassSessionQuerySet":
        """The sessions of `cohort` with `marked_count`."""
        return self.filter(cohort=cohort).with_marks()


class ClassSession(models.Model):
    """A meeting with hours and a modality («sesión»). Times are aware; hours are whole minutes."""

    class Modality(models.TextChoices):
        CLASS = "class", _("class")
        OUTING = "outing", _("field outing")
        TUTORING = "tutoring", _("tutoring")

    cohort = models.ForeignKey(
        Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="sessions"
    )
    modality = models.CharField(_("modality"), max_length=10, choices=Modality, default=Modality.CLASS)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    minutes = models.PositiveSmallIntegerField(_("minutes that count"))
    is_planned = models.BooleanField(
        _("planned"), default=True, help_text=_("An extra session credits hours but does not enter the plan.")
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "modality", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("The session ends before it starts."),
            ),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="session_has_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.get_modality_display()} {self.number}: {self.title}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class AttendanceRecordQuerySet(AppendOnlyQuerySet):
    def current(self) -> "AttendanceRecordQuerySet":
        """The record in force for each person and session."""
        return self.filter(superseded_by__isnull=True)

    def for_cohort(self, cohort: Cohort) -> "AttendanceRecordQuerySet":
        """The records in force of `cohort`, each with its session."""
        return self.current().filter(session__cohort=cohort).select_related("session")


class AttendanceRecord(AppendOnly):
    """What was noted of one person in one session («asistencia»), by whom and when.

    `counts` and `minutes` are the values of that day: a later change of rules does not rewrite them.
    A correction is a new record that supersedes the old one. Why someone was absent is not kept.
    """

    class Status(models.TextChoices):
        PRESENT = rules.PRESENT, _("present")
        LATE = rules.LATE, _("late")
        EXCUSED = rules.EXCUSED, _("excused")
        ABSENT = rules.ABSENT, _("absent")
        MADE_UP = rules.MADE_UP, _("made up")

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="records")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendance")
    status = models.CharField(_("status"), max_length=8, choices=Status)
    counts = models.BooleanField(_("counts as attended"))
    minutes = models.PositiveSmallIntegerField(_("minutes credited"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: Any = models.Manager.from_queryset(AttendanceRecordQuerySet)()

    class Meta:
        verbose_name = _("attendance record")
        verbose_name_plural = _("attendance records")
        ordering = ["session", "enrolment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                condition=models.Q(supersedes__isnull=True),
                name="attendance_first_record_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()
