"""Acta, its lines with their evidence, and every step towards recognition: each a row written once."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.keys import sealing
from certificates.keys.models import SealingKey
from certificates.records import Final, private_storage


def oficio_path(_instance: models.Model, _filename: str) -> str:
    """A neutral, unguessable name: what the uploader called the file is not kept."""
    return f"oficios/{uuid.uuid4().hex}.sealed"


class Acta(models.Model):
    """The list of decisions about a cohort («acta de evaluación»). Moves on by actions only."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        RETURNED = "returned", _("returned to the coordinator")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent to the authority")
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
    # Who signs the acta, as she was called and with the post she had that day.
    proposer = models.CharField(_("proposed by, with post"), max_length=200, blank=True)
    approver = models.CharField(_("approved by, with post"), max_length=200, blank=True)
    note = models.CharField(_("why it was returned"), max_length=300, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(_("first issued"), null=True, blank=True)

    class Meta:
        verbose_name = _("acta")
        verbose_name_plural = _("actas")
        ordering = ["-proposed_at"]
        permissions = [
            ("propose_acta", _("Can propose an acta")),
            ("approve_acta", _("Can approve an acta")),
            ("send_acta", _("Can send an acta to the authority and record her answer")),
            ("recognise_acta", _("Can recognise an acta for the authority")),
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
            models.CheckConstraint(
                condition=models.Q(state="proposed") | models.Q(decided_by__isnull=False),
                name="decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facts['cohort']} · {self.get_state_display()}"

    @property
    def last_recognition(self) -> "Recognition | None":
        """The newest answer of the authority; prefetch `recognitions` to spare a query."""
        return next(reversed(self.recognitions.all()), None)


class ActaLine(Final):
    """One person in an acta: did she graduate, and with how many minutes. Outlives her enrolment.

    Her name is sealed: when its key is destroyed the line stays and `name` says that it was erased.
    """

    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(
        "courses.Enrolment",
        null=True,
        on_delete=models.SET_NULL,
        related_name="acta_lines",
        db_constraint=False,
    )
    person_id = models.UUIDField(db_index=True)
    position = models.PositiveIntegerField()  # by name, as decided: a sealed name cannot be sorted
    key = models.ForeignKey(SealingKey, on_delete=models.PROTECT, related_name="+")
    sealed_name = models.BinaryField()
    is_graduate = models.BooleanField(_("graduates"))
    minutes = models.PositiveIntegerField(_("minutes credited"))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        verbose_name = _("acta line")
        verbose_name_plural = _("acta lines")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["acta", "person_id"],
                condition=models.Q(supersedes__isnull=True),
                name="person_once_in_an_acta",
            )
        ]

    def __str__(self) -> str:
        return f"{self.acta_id}/{self.position}"

    @property
    def name(self) -> str:
        """Her name as decided, or words that say it was erased. Load with `key` to spare a query."""
        return sealing.open_text(self.key, bytes(self.sealed_name), context=str(self.person_id))


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
    source_digests = models.JSONField(default=dict)  # SHA-256 of each source record as it was that day
    rule_version = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["line", "position"]
        constraints = [models.UniqueConstraint(fields=["line", "position"], name="evidence_position_once")]

    def __str__(self) -> str:
        return self.label


class LineException(Final):
    """A decision against the rule, with its author and reason. The evidence stays as it is."""

    line = models.OneToOneField(ActaLine, on_delete=models.PROTECT, related_name="exception")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="exception_has_a_reason")]

    def __str__(self) -> str:
        return self.reason


class Recognition(Final):
    """The health authority's answer to lines of an acta: the oficio's number, date and file.

    The scan lists everybody it accepts, so it lies sealed; read it with `oficio.content`.
    """

    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="recognitions")
    authority = models.CharField(_("authority"), max_length=200)
    oficio_number = models.CharField(_("oficio number"), max_length=60)
    oficio_date = models.DateField(_("oficio date"))
    oficio = models.FileField(_("oficio (PDF)"), upload_to=oficio_path, storage=private_storage)
    oficio_sha256 = models.CharField(max_length=64)  # of the PDF as it was attached
    key = models.ForeignKey(  # null: a scan from before scans were sealed, which lies there as it came
        SealingKey, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_on_behalf = models.BooleanField(_("recorded by the coordinator for the authority"), default=False)
    at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(oficio_number="") & ~models.Q(oficio="") & ~models.Q(oficio_sha256=""),
                name="oficio_has_number_and_file",
            )
        ]

    def __str__(self) -> str:
        return self.oficio_number


class Sending(Final):
    """Lines sent to the authority at once, by her portal or as a sealed packet."""

    class Channel(models.TextChoices):
        PORTAL = "portal", _("the authority's portal")
        PACKET = "packet", _("a sealed packet")

    acta = models.ForeignKey(Acta, on_delete=models.PROTECT, related_name="sendings")
    channel = models.CharField(max_length=8, choices=Channel)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.acta_id} {self.channel}"


class LineStep(Final):
    """A step of one line: sent, accepted, returned, left out — or, of a corrected line, made and approved."""

    class Kind(models.TextChoices):
        CORRECTED = "corrected", _("corrected")
        APPROVED = "approved", _("correction approved")
        SENT = "sent", _("sent to the authority")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        LEFT_OUT = "left_out", _("left out")

    line = models.ForeignKey(ActaLine, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    sending = models.ForeignKey(Sending, null=True, on_delete=models.PROTECT, related_name="steps")
    recognition = models.ForeignKey(Recognition, null=True, on_delete=models.PROTECT, related_name="steps")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a line")
        verbose_name_plural = _("steps of lines")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "kind"], name="each_step_of_a_line_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="accepted") | models.Q(recognition__isnull=False),
                name="no_acceptance_without_oficio",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="sent") | models.Q(sending__isnull=False),
                name="no_step_sent_without_a_sending",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["returned", "left_out", "corrected"]) | ~models.Q(reason=""),
                name="step_against_a_line_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind}"


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


class ReviewRequest(Final):
    """A person asks to have the decision about her looked at again, within ten days."""

    class About(models.TextChoices):
        ATTENDANCE = "attendance", _("my attendance")
        TEST = "test", _("a test")
        PRACTICAL = "practical", _("a practical")
        HOURS = "hours", _("my hours")
        NAME = "name", _("my name")
        OTHER = "other", _("something else: I will tell it in person")

    line = models.OneToOneField(ActaLine, on_delete=models.PROTECT, related_name="review")
    about = models.CharField(_("about"), max_length=12, choices=About)
    at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("request for review")
        verbose_name_plural = _("requests for review")

    def __str__(self) -> str:
        return f"{self.line_id} {self.about}"


class ReviewAnswer(Final):
    """What came of a review."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("the decision stays")
        CORRECTED = "corrected", _("the decision was corrected")

    request = models.OneToOneField(ReviewRequest, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    explanation = models.CharField(_("explanation for her"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a review")
        verbose_name_plural = _("answers to reviews")

    def __str__(self) -> str:
        return self.outcome
