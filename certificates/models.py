"""Acta, recognition, certificate and its rendering: facts are written once, states are rows of their own."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


def private_storage() -> Storage:
    """Where files that show a person or an authority's papers lie: never in public media."""
    return storages["private"]


def oficio_path(_instance: models.Model, _filename: str) -> str:
    """A neutral, unguessable name: what the uploader called the file is not kept."""
    return f"oficios/{uuid.uuid4().hex}.pdf"


class IsFinal(Exception):
    """Raised when something tries to change or delete a fact that was decided or printed."""


class FinalQuerySet(models.QuerySet[Any]):
    """Refuses the ORM's bulk doors as well."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise IsFinal(_now("This record is final."))

    def delete(self) -> NoReturn:
        raise IsFinal(_now("This record is final."))


class Final(models.Model):
    """A row that is written once."""

    objects: ClassVar[Any] = models.Manager.from_queryset(FinalQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise IsFinal(_now("This record is final."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise IsFinal(_now("This record is final."))


class Acta(models.Model):
    """The list of decisions about a cohort («acta de evaluación»). Moves on by actions only (award.py)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        RETURNED = "returned", _("returned to the coordinator")
        APPROVED = "approved", _("approved")
        ISSUED = "issued", _("diplomas issued")

    cohort = models.ForeignKey("courses.Cohort", on_delete=models.PROTECT, related_name="actas")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    facts = models.JSONField(_("course, hours and dates as decided"))
    rule_version = models.CharField(_("rule version"), max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("approved or returned"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)

    class Meta:
        verbose_name = _("acta")
        verbose_name_plural = _("actas")
        ordering = ["-proposed_at"]
        permissions = [
            ("propose_acta", _("Can propose an acta")),
            ("approve_acta", _("Can approve an acta")),
            ("recognise_acta", _("Can record the authority's recognition")),
            ("issue_acta", _("Can issue the diplomas of an acta")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"], condition=~models.Q(state="returned"), name="one_acta_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(state="returned")
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="approved_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facts['cohort']} · {self.get_state_display()}"


class ActaLine(Final):
    """One person in an acta: did she graduate, and with how many minutes. Outlives her enrolment."""

    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(
        "courses.Enrolment",
        null=True,
        on_delete=models.SET_NULL,
        related_name="acta_lines",
        db_constraint=False,
    )
    person_id = models.UUIDField()
    name = models.CharField(_("name"), max_length=120)
    is_graduate = models.BooleanField(_("graduates"))
    minutes = models.PositiveIntegerField(_("minutes credited"))

    class Meta:
        verbose_name = _("acta line")
        verbose_name_plural = _("acta lines")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["acta", "person_id"], name="person_once_in_an_acta")]

    def __str__(self) -> str:
        return self.name


class Evidence(Final):
    """Why: a requirement, what was reached, from which records, under which rule — frozen at the decision."""

    line = models.ForeignKey(ActaLine, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=36, blank=True)
    label = models.CharField(max_length=200)
    value = models.PositiveIntegerField()
    needed = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    is_met = models.BooleanField()
    sentence = models.TextField()
    sources = models.JSONField(default=list)
    rule_version = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["line", "position"]
        constraints = [models.UniqueConstraint(fields=["line", "position"], name="evidence_position_once")]

    def __str__(self) -> str:
        return self.label


class Recognition(Final):
    """The health authority's answer to an acta: the oficio's number, date and file («reconocimiento»)."""

    acta = models.OneToOneField(Acta, on_delete=models.PROTECT, related_name="recognition")
    authority = models.CharField(_("authority"), max_length=200)
    oficio_number = models.CharField(_("oficio number"), max_length=60)
    oficio_date = models.DateField(_("oficio date"))
    oficio = models.FileField(_("oficio (PDF)"), upload_to=oficio_path, storage=private_storage)
    oficio_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")

    def __str__(self) -> str:
        return self.oficio_number


class UnrecognisedIssue(Final):
    """The recorded decision to issue an acta without the authority's recognition: who, when, why."""

    acta = models.OneToOneField(Acta, on_delete=models.PROTECT, related_name="unrecognised_issue")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision to issue without recognition")
        verbose_name_plural = _("decisions to issue without recognition")

    def __str__(self) -> str:
        return self.reason


class FolioSeries(models.Model):
    """The last folio number given out for a prefix and year. Locked while a number is taken."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("folio series")
        verbose_name_plural = _("folio series")
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="folio_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


class CertificateQuerySet(FinalQuerySet):
    def with_state(self) -> "CertificateQuerySet":
        """Each with its job, file, revocation and successor in one query, for lists and verification."""
        return self.select_related("job", "document", "revocation", "replaced_by")


class Certificate(Final):
    """The award («diploma»): every fact and word as printed, written once.

    Its state is never stored here: `document` says it was issued, `revocation` that it was revoked,
    `replaced_by` that another took its place.
    """

    class Kind(models.TextChoices):
        DIPLOMA = "diploma", _("diploma")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DIPLOMA)
    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="certificates")
    line = models.ForeignKey(ActaLine, on_delete=models.PROTECT, related_name="certificates")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    folio = models.CharField(_("folio"), max_length=40, unique=True)
    code = models.CharField(_("code"), max_length=16, unique=True)
    payload = models.JSONField(_("facts as printed"))
    payload_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("decided to issue"))

    objects: ClassVar[Any] = models.Manager.from_queryset(CertificateQuerySet)()

    class Meta:
        verbose_name = _("diploma")
        verbose_name_plural = _("diplomas")
        ordering = ["-created_at", "folio"]
        permissions = [("revoke_certificate", _("Can revoke or replace a diploma"))]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(replaces__isnull=True), name="one_diploma_per_line"
            ),
        ]

    def __str__(self) -> str:
        return self.folio


class Document(Final):
    """The rendered PDF of a certificate: its place in private storage and its SHA-256."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="document")
    path = models.CharField(max_length=200, unique=True)
    pdf_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.path


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


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> "JobQuerySet":
        """What waits to be rendered, or was claimed by a worker whose lease has run out."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], run_after__lte=now)

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
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="job")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.state}"
