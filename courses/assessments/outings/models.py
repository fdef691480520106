"""Field outings practised in pairs: from when to when. Never where, and nobody else."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.assessments.models import DEVICE
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, Enrolment
from courses.records import AppendOnly, AppendOnlyQuerySet


class OutingNoteQuerySet(AppendOnlyQuerySet):
    def current(self) -> "OutingNoteQuerySet":
        """The note in force for each person and outing."""
        return self.filter(superseded_by__isnull=True)

    def for_cohort(self, cohort: Cohort) -> "OutingNoteQuerySet":
        """The notes in force of `cohort`."""
        return self.current().filter(session__cohort=cohort)


class OutingNote(AppendOnly):
    """One woman out in the field («recorrido»): with whom of her cohort, in, out, and minutes that count.

    A correction is a new note that supersedes the old one. The register gets the same minutes.
    """

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="outing_notes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="outing_notes")
    pair_with = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("in"))
    ended_at = models.DateTimeField(_("out"))
    minutes = models.PositiveSmallIntegerField(_("minutes that count"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))
    device = models.CharField(_("device"), max_length=DEVICE, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: Any = models.Manager.from_queryset(OutingNoteQuerySet)()

    class Meta:
        verbose_name = _("outing note")
        verbose_name_plural = _("outing notes")
        ordering = ["session", "enrolment", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                condition=models.Q(supersedes__isnull=True),
                name="outing_first_note_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=models.F("started_at")), name="outing_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.minutes}"


def out_by_register(sessions: Iterable[ClassSession]) -> Any:
    """The records in force that say of somebody that she was at an outing, where no note names her."""
    noted = OutingNote.objects.current().filter(
        session=models.OuterRef("session"), enrolment=models.OuterRef("enrolment")
    )
    records = AttendanceRecord.objects.current().filter(session__in=sessions, counts=True)
    return records.filter(~models.Exists(noted))
