"""What phones did without signal: the keys they seal to, and every event that arrived, once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession
from courses.cohorts.access import visible_cohorts
from courses.cohorts.models import Enrolment
from courses.pages.models import ContentVersion
from courses.people.models import Person


class SyncKey(models.Model):
    """A key of this server that phones seal to. Old ones are kept: a phone may have been off for months.

    `public` is a JWK (RFC 7517); `private` is encrypted under a key derived from SECRET_KEY.
    """

    kid = models.CharField(max_length=32, unique=True)
    public = models.JSONField()
    private = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("key of the phones' letterbox")
        verbose_name_plural = _("keys of the phones' letterbox")
        ordering = ["created_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.kid


class SyncEventQuerySet(models.QuerySet["SyncEvent"]):
    def waiting(self) -> "SyncEventQuerySet":
        """What was refused and no human has settled yet."""
        return self.filter(status=SyncEvent.Status.REJECTED, settled_at__isnull=True)

    def seen_by(self, user: Any) -> "SyncEventQuerySet":
        """What belongs to the cohorts `user` runs; what belongs to nobody, for who sees every cohort."""
        if not user.has_perm("courses.settle_syncevent"):
            return self.none()
        cohorts = visible_cohorts(user).values("pk")
        hers = models.Q(enrolment__cohort__in=cohorts) | models.Q(session__cohort__in=cohorts)
        if user.has_perm("courses.view_all_cohorts"):
            hers |= models.Q(enrolment__isnull=True, session__isnull=True)
        return self.filter(hers)

    def for_desk(self, user: Any) -> "SyncEventQuerySet":
        """What `user` may settle, with what its list shows: people first, what has no name last."""
        shown = self.seen_by(user).waiting()
        shown = shown.select_related(
            "person", "staff", "enrolment__cohort", "enrolment__person", "session__cohort", "version"
        )
        return shown.defer("version__content").order_by(
            models.F("person").asc(nulls_last=True), models.F("staff").asc(nulls_last=True), "pk"
        )


class SyncEvent(models.Model):
    """One event of a phone and what became of it. What was applied keeps no content.

    Its owner is a woman who studies (`person`) or one of the team (`staff`), never both.

    `digest` and `slot` are keyed hashes: of the whole event, to know it again; of what it is about, so that
    an earlier word of the same phone does not overwrite a later one. `box` is kept as it came, still sealed,
    only while a refused event waits for a human.
    """

    class Status(models.TextChoices):
        APPLIED = "applied", _("counted")
        AGAIN = "again", _("had been counted")
        SUPERSEDED = "superseded", _("a later one counts")
        REJECTED = "rejected", _("could not be counted")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("counted by hand")
        NOTED = "noted", _("settled without counting")

    event = models.UUIDField()
    digest = models.CharField(max_length=64)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    device = models.UUIDField(null=True, blank=True)
    seq = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    slot = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("arrived"))
    phone_time = models.DateTimeField(_("time of the phone"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    code = models.CharField(max_length=20, blank=True)
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(
        ClassSession, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.ForeignKey(
        ContentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    box = models.JSONField(null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = SyncEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a phone")
        verbose_name_plural = _("events of phones")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("settle_syncevent", _("Can settle offline work that could not be counted"))]
        indexes = [
            models.Index(fields=["person", "device", "slot", "seq"], name="sync_order"),
            models.Index(fields=["staff", "device", "slot", "seq"], name="sync_staff_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event"],
                condition=models.Q(person__isnull=False) & ~models.Q(code="id_reused"),
                name="sync_event_once",
            ),
            models.UniqueConstraint(
                fields=["staff", "event"],
                condition=models.Q(staff__isnull=False) & ~models.Q(code="id_reused"),
                name="sync_staff_event_once",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(staff__isnull=True), name="sync_one_owner"
            ),
            models.UniqueConstraint(fields=["event", "digest"], name="sync_content_once"),
            models.CheckConstraint(
                condition=models.Q(box__isnull=True) | models.Q(status="rejected", settled_at__isnull=True),
                name="sync_keeps_what_waits",
            ),
        ]

    def __str__(self) -> str:
        return str(self.event)
