"""Who was there: sessions, and records that are only ever added to."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.attendance import rules
from courses.cohorts.models import Cohort, Enrolment
from courses.records import AppendOnly, AppendOnlyQuerySet


def _count(rows: models.QuerySet[Any, Any]) -> Coalesce:
    """How many rows there are: a subquery of its own for each session, so that nothing is multiplied."""
    return Coalesce(models.Subquery(rows.annotate(count=models.Count("pk")).values("count")), 0)


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    def with_marks(self) -> "ClassSessionQuerySet":
        """Each with `marked_count`, how many people still in the cohort have a record in force.

        And with `expected_count`: of them, those who had joined by that day. `is_doubted` says that marks
        contradict and nobody has decided yet.
        """
        active = Enrolment.objects.active().order_by()
        joined = active.filter(
            cohort=models.OuterRef("cohort"), starts_on__lte=models.OuterRef("starts_at__date")
        )
        noted = AttendanceRecord.objects.current().filter(
            session=models.OuterRef("pk"), enrolment__status=Enrolment.Status.ACTIVE
        )
        return self.annotate(
            marked_count=_count(noted.order_by().values("session")),
            expected_count=_count(joined.values("cohort")),
            is_doubted=models.Exists(MarkConflict.objects.open().filter(session=models.OuterRef("pk"))),
        )

    def for_register(self, cohort: Cohort) -> "ClassSessionQuerySet":
        """The sessions of `cohort` with `marked_count`."""
        return self.filter(cohort=cohort).with_marks()

    def required(self) -> "ClassSessionQuerySet":
        """The planned classes that were not cancelled: what the rule of attendance is about."""
        is_class = models.Q(modality=ClassSession.Modality.CLASS, is_planned=True)
        return self.filter(is_class, cancelled_at__isnull=True)


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
        kind = f"{self.get_modality_display()} {self.number}"
        return self.title if self.title.casefold() == kind.casefold() else f"{kind}: {self.title}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_locked(self, now: datetime) -> bool:
        """True when its register takes corrections with a reason only."""
        return rules.is_locked(self.ends_at, now, settings.REGISTER_LOCK_DAYS)

    @property
    def day(self) -> date:
        """Its calendar day where the cohort meets."""
        return self.cohort.today(self.starts_at)


class AttendanceRecordQuerySet(AppendOnlyQuerySet):
    def current(self) -> "AttendanceRecordQuerySet":
        """The record in force for each person and session."""
        return self.filter(superseded_by__isnull=True)

    def for_cohort(self, cohort: Cohort) -> "AttendanceRecordQuerySet":
        """The records in force of `cohort`, each with its session."""
        return self.current().filter(session__cohort=cohort).select_related("session")

    def trail(self) -> "AttendanceRecordQuerySet":
        """Everything that was ever noted, newest first, with what a history shows of it."""
        return self.select_related("by", "supersedes__session", "session", "enrolment__person").order_by(
            "-at", "-pk"
        )


class AttendanceRecord(AppendOnly):
    """What was noted of one person in one session («asistencia»), by whom and when.

    `counts` and `minutes` are the values of that day: a later change of rules does not rewrite them.
    A correction is a new record that supersedes the old one. Why someone was absent is not kept. `at` is when
    it was written here; `noted_at` what a phone's clock or the signed sheet says. `device` is a word of ours
    (rules.PANEL, …) or the digest by which a phone is known.
    """

    class Status(models.TextChoices):
        PRESENT = rules.PRESENT, _("present")
        LATE = rules.LATE, _("late")
        EXCUSED = rules.EXCUSED, _("excused")
        ABSENT = rules.ABSENT, _("absent")
        MADE_UP = rules.MADE_UP, _("made up")

    class How(models.TextChoices):
        REGISTER = rules.REGISTER, _("the register")
        CORRECTION = rules.CORRECTION, _("a correction")
        SHEET = rules.SHEET, _("the signed sheet")
        CARD = rules.CARD, _("her card was read")
        CODE = rules.CODE, _("she gave the code of the session")
        PHONE = rules.PHONE, _("a phone without signal")
        SETTLED = rules.SETTLED, _("two marks, settled")
        MAKE_UP = rules.MAKE_UP, _("a make-up")
        OUTING = rules.OUTING, _("her outing was noted")

    class Reason(models.TextChoices):
        """Why a mark was corrected; never why somebody was absent."""

        MISTAKE = "mistake", _("A mistake was made when marking")
        SHEET = "sheet", _("The signed sheet says something else")
        NEWS = "news", _("It became known later")
        CHECKED = "checked", _("She asked for it and it was checked")

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="records")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendance")
    status = models.CharField(_("status"), max_length=8, choices=Status)
    counts = models.BooleanField(_("counts as attended"))
    minutes = models.PositiveSmallIntegerField(_("minutes credited"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))
    how = models.CharField(_("how"), max_length=10, choices=How, default=How.REGISTER)
    device = models.CharField(_("device"), max_length=64, blank=True)
    noted_at = models.DateTimeField(_("noted there"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
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


class MarkConflictQuerySet(models.QuerySet["MarkConflict"]):
    def open(self) -> "MarkConflictQuerySet":
        """Those that nobody has settled yet."""
        return self.filter(settled_at__isnull=True)

    def shown(self) -> "MarkConflictQuerySet":
        """With all that the register shows of them."""
        return self.select_related("by", "settled_by", "against__by", "against__session", "enrolment__person")


class MarkConflict(models.Model):
    """Two said different things of one woman in one session; a person decides. The record in force stays."""

    class Outcome(models.TextChoices):
        FIRST = "first", _("what was in force stays")
        SECOND = "second", _("the second mark holds")

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="conflicts")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="mark_conflicts")
    status = models.CharField(_("status"), max_length=8, choices=AttendanceRecord.Status)
    late_by = models.PositiveSmallIntegerField(_("minutes late"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(_("device"), max_length=64, blank=True)
    noted_at = models.DateTimeField(_("noted there"))
    at = models.DateTimeField(_("noted"))
    against = models.ForeignKey(
        AttendanceRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="conflicts"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=6, choices=Outcome, blank=True)

    objects: Any = models.Manager.from_queryset(MarkConflictQuerySet)()

    class Meta:
        verbose_name = _("contradicting mark")
        verbose_name_plural = _("contradicting marks")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment", "by", "device", "noted_at", "status", "late_by"],
                name="mark_conflict_once",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | models.Q(
                    settled_at__isnull=False, settled_by__isnull=False, outcome__in=["first", "second"]
                ),
                name="mark_conflict_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


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

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="excuses")
    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="excuses")
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
