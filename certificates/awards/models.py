"""Certificate, its rendering and its life: facts are written once, states are rows of their own."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.actas.models import Acta, ActaLine
from certificates.designs.models import DesignVersion
from certificates.keys import sealing
from certificates.keys.models import SealingKey
from certificates.records import Final, FinalQuerySet


class FolioSeries(models.Model):
    """The last folio number given out for a prefix and year. Locked while a number is taken."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)
    book = models.CharField(_("name of the first book"), max_length=14, blank=True)  # empty: the year
    pages_a_book = models.PositiveSmallIntegerField(_("pages in a book"), default=100)

    class Meta:
        verbose_name = _("folio series")
        verbose_name_plural = _("folio series")
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="folio_series_once"),
            models.CheckConstraint(condition=models.Q(pages_a_book__gte=1), name="book_has_pages"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


class Registration(Final):
    """A line of the register book: book, page («foja») and folio, given once and for good."""

    line = models.ForeignKey(ActaLine, on_delete=models.PROTECT, related_name="registrations")
    series = models.ForeignKey(FolioSeries, on_delete=models.PROTECT, related_name="registrations")
    number = models.PositiveIntegerField()
    folio = models.CharField(_("folio"), max_length=40, unique=True)
    book = models.CharField(_("book"), max_length=20)
    page = models.PositiveIntegerField(pgettext_lazy("of a register book", "page"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("registered"))

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["series", "number"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="folio_number_once")]

    def __str__(self) -> str:
        return self.folio


class HolderChoice(models.Model):
    """What a woman chose about her award: which allowed issuer it shows, whether her name shows online."""

    person_id = models.UUIDField()
    cohort_id = models.PositiveBigIntegerField()
    issuer = models.CharField(_("issuer shown"), max_length=200, blank=True)  # empty: the cohort's own
    shows_name = models.BooleanField(_("name shown to whoever verifies"), default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("holder's choice")
        verbose_name_plural = _("holders' choices")
        constraints = [models.UniqueConstraint(fields=["person_id", "cohort_id"], name="one_choice_a_cohort")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.cohort_id}"


class CertificateQuerySet(FinalQuerySet):
    def with_state(self) -> "CertificateQuerySet":
        """Each with all that tells its state, in one query, for lists and verification."""
        last = SuspensionEvent.objects.filter(certificate=models.OuterRef("pk")).order_by("-pk")
        return self.select_related(
            "job", "document", "revocation", "replaced_by", "erasure", "countersignature"
        ).annotate(
            is_suspended=Coalesce(models.Subquery(last.values("is_suspended")[:1]), models.Value(False))
        )


class Certificate(Final):
    """The award («diploma» or statement of participation): every fact and word as printed, written once.

    `payload` holds every printed fact but what names her; that is sealed under a key of this award.
    Its state is never stored here: rows beside it say issued, suspended, replaced, revoked, erased.
    """

    class Kind(models.TextChoices):
        DIPLOMA = "diploma", _("diploma")
        STATEMENT = "statement", _("statement of participation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DIPLOMA)
    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="certificates")
    line = models.ForeignKey(ActaLine, on_delete=models.PROTECT, related_name="certificates")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="certificate")
    folio = models.CharField(_("folio"), max_length=40, unique=True)
    code = models.CharField(_("code"), max_length=16, unique=True)
    design = models.ForeignKey(DesignVersion, on_delete=models.PROTECT, related_name="+")
    payload = models.JSONField(_("facts as printed, without her name"))
    payload_sha256 = models.CharField(max_length=64)
    name_hash = models.CharField(max_length=64)  # keyed (certificates/names.py): matches, never tells
    key = models.ForeignKey(SealingKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()  # her name
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("decided to issue"))

    objects: ClassVar[Any] = models.Manager.from_queryset(CertificateQuerySet)()

    class Meta:
        verbose_name = _("diploma")
        verbose_name_plural = _("diplomas")
        ordering = ["-created_at", "folio"]
        permissions = [
            ("revoke_certificate", _("Can suspend, revoke or replace a diploma")),
            ("deliver_certificate", _("Can hand over diplomas and print the register")),
            ("erase_certificate", _("Can erase what names a person in her award")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(replaces__isnull=True), name="one_diploma_per_line"
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="status_index_once"),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def name(self) -> str:
        """The printed name, or words that say it was erased. Load with `key` to spare a query."""
        return sealing.open_text(self.key, bytes(self.sealed), context=str(self.id))


class Document(Final):
    """The signed PDF of a certificate: its sealed file's place and what it hashes to when opened."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="document")
    path = models.CharField(max_length=200, unique=True)
    pdf_sha256 = models.CharField(max_length=64, unique=True)
    vc_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    issued_at = models.DateTimeField(_("issued"), db_index=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.path


class Countersignature(Final):
    """The same PDF with the authority's own signature added: a second file, the first stays."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="countersignature")
    path = models.CharField(max_length=200, unique=True)
    pdf_sha256 = models.CharField(max_length=64, unique=True)
    signer = models.CharField(_("signed by"), max_length=300)  # the subject of the authority's certificate
    size = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("countersigned"))

    class Meta:
        verbose_name = _("countersignature")
        verbose_name_plural = _("countersignatures")

    def __str__(self) -> str:
        return self.signer


class Revocation(Final):
    """A diploma taken back: the public category of the reason, by whom and when."""

    class Reason(models.TextChoices):
        ERROR = "error", _("issued by mistake")
        REQUEST = "request", _("at the holder's request")
        REQUIREMENTS = "requirements", _("requirements not met")
        ADMINISTRATIVE = "administrative", _("administrative reason")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("revoked"))

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return self.get_reason_display()


class SuspensionEvent(Final):
    """A diploma suspended, or its suspension lifted: the last one counts. Shown online only."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="suspensions")
    is_suspended = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.is_suspended}"


class Delivery(Final):
    """A paper handed over: which one, by whom, when."""

    class What(models.TextChoices):
        DIPLOMA = "diploma", _("diploma")
        REPRINT = "reprint", _("reprint of a lost one")
        CARD = "card", _("wallet card")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="deliveries")
    what = models.CharField(_("what"), max_length=8, choices=What, default=What.DIPLOMA)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("handed over"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=models.Q(what="diploma"), name="diploma_handed_over_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.what}"


class Erasure(Final):
    """What named her in this award was made unreadable. Replacement and reprint end with it."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="erasure")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("erased"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return str(self.certificate_id)


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> "JobQuerySet":
        """What waits to be rendered, or was claimed by a worker whose lease has run out."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], run_after__lte=now)

    def waiting(self, now: datetime) -> "JobQuerySet":
        """What a worker may claim, in order: single reissues first, then the oldest (index `job_due`)."""
        queued = self.filter(state=Job.State.QUEUED, run_after__lte=now)
        return queued.order_by("-is_urgent", "run_after")

    def with_award(self) -> "JobQuerySet":
        """Each with all that making it takes."""
        return self.select_related("certificate__key", "certificate__design")

    def tally(self) -> dict[str, int]:
        """How many jobs are in each state, in one query."""
        counts = dict.fromkeys(Job.State.values, 0)
        counts.update(self.order_by().values_list("state").annotate(models.Count("pk")))
        return counts


class Job(models.Model):
    """The rendering of one certificate: the truth that the queue only rings a bell for."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("not needed any more")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="job")
    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    is_urgent = models.BooleanField(default=False)  # a single reissue goes before a batch
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        indexes = [
            models.Index(fields=["state", "-is_urgent", "run_after"], name="job_due"),
            models.Index(fields=["acta", "state"], name="job_of_an_acta"),
            models.Index(fields=["acta"], condition=~models.Q(last_error=""), name="job_with_a_reason"),
            models.Index(fields=["acta", "last_error", "state"], name="job_with_trouble"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.state}"
