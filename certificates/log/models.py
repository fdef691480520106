"""The leaves of the log, its published heads, and who witnesses them. No personal data anywhere here."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.keys.models import SigningKey
from certificates.records import Final


class LogState(models.Model):
    """How far the log has grown: one row, locked while a leaf is appended."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list)  # hashes of the complete subtrees, the largest first

    class Meta:
        verbose_name = _("state of the log")
        verbose_name_plural = _("state of the log")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_log")]

    def __str__(self) -> str:
        return str(self.size)


class LogEntry(Final):
    """A leaf (RFC 9162): canonical JSON of version, type, award, hashes of PDF and credential, time."""

    class Type(models.TextChoices):
        ISSUE = "issue", _("issued")
        COUNTERSIGN = "countersign", _("countersigned")
        REPLACE = "replace", _("replaced")
        REVOKE = "revoke", _("revoked")

    index = models.PositiveBigIntegerField(primary_key=True)
    type = models.CharField(max_length=12, choices=Type)
    award = models.UUIDField()
    leaf = models.TextField()  # exactly the bytes that were hashed, as UTF-8
    leaf_hash = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    vc_sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["award", "type"], name="each_event_of_an_award_logged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.type}"


class LogNode(Final):
    """The hash of a complete subtree of 2^level leaves, so that a proof reads few rows."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("log node")
        verbose_name_plural = _("log nodes")
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="log_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class TreeHead(Final):
    """A signed head of the tree: size, root and the note that was published."""

    size = models.PositiveBigIntegerField(unique=True)
    root_hash = models.CharField(max_length=64)
    note = models.TextField()  # a signed checkpoint (C2SP tlog-checkpoint): origin, size, root, signature
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("tree head")
        verbose_name_plural = _("tree heads")
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root_hash[:12]}"


class Witness(models.Model):
    """Somebody outside the school who keeps the heads, so that the log cannot be rewritten unseen."""

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), unique=True)
    organisation = models.ForeignKey(
        "courses.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_active = models.BooleanField(_("receives the heads"), default=True)

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HeadMailQuerySet(models.QuerySet["HeadMail"]):
    def due(self, now: datetime) -> "HeadMailQuerySet":
        """What is to be sent to an active witness, is not being sent, and was not given up."""
        return self.filter(
            sent_at=None,
            run_after__lte=now,
            attempts__lt=HeadMail.MAX_ATTEMPTS,
            witness__in=Witness.objects.filter(is_active=True),
        )


class HeadMail(models.Model):
    """A head sent, or to be sent, to a witness: once each."""

    MAX_ATTEMPTS = 8  # waiting twice as long each time: about two days

    class Error(models.TextChoices):
        NOT_SET_UP = "not_set_up", _("Mail is not set up on this machine.")
        UNREACHABLE = "unreachable", _("The mail server did not answer.")
        CREDENTIALS = "credentials", _("The mail server did not accept our user name and password.")
        REFUSED = "refused", _("The mail server refused this address.")
        OTHER = "other", _("The mail could not be sent. The log of the worker says why.")

    head = models.ForeignKey(TreeHead, on_delete=models.PROTECT, related_name="mails")
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="mails")
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    last_error = models.CharField(max_length=12, choices=Error, blank=True)

    objects = HeadMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail of a head")
        verbose_name_plural = _("mails of heads")
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="head_mailed_once")]

    def __str__(self) -> str:
        return f"{self.head_id} {self.witness_id}"

    @property
    def is_given_up(self) -> bool:
        """It was tried as often as makes sense; an administrator can have it tried again."""
        return self.sent_at is None and self.attempts >= self.MAX_ATTEMPTS


class AuditRun(Final):
    """That the log was checked from its first leaf on, when, and what was found (ids only)."""

    at = models.DateTimeField(_("checked"), db_index=True)
    size = models.PositiveBigIntegerField(_("entries"))
    is_deep = models.BooleanField(_("files opened too"), default=False)
    findings = models.JSONField(default=list)  # sentences; the first hundred
    findings_count = models.PositiveIntegerField(_("findings"), default=0)

    class Meta:
        verbose_name = _("check of the log")
        verbose_name_plural = _("checks of the log")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.findings_count}"
