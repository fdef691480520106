"""Which keys sign, since when; and the keys that seal what names a person. Private keys never lie here."""

import hashlib
import uuid
from base64 import b64decode

from django.db import models
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """The public half of a key that signs or signed. Old ones stay for ever: what they signed must verify."""

    class Purpose(models.TextChoices):
        PDF = "pdf", _("diplomas and actas (PAdES)")
        CREDENTIAL = "credential", _("digital credentials (Open Badges)")
        QR = "qr", _("offline QR code")
        LOG = "log", _("transparency log")
        AUTHORITY = "authority", _("the authority's own signature")  # hers: we keep the public half only

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    kid = models.CharField(_("key"), max_length=20, help_text=_("Year and number, such as 2026-1."))
    algorithm = models.CharField(_("algorithm"), max_length=12)  # P-256, Ed25519, RSA-2048, RSA-3072
    public_key = models.TextField(_("public key (PEM)"))
    chain = models.TextField(_("certificate chain (PEM)"), blank=True)  # signer first; PDF keys only
    organisation = models.ForeignKey(
        "courses.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_demo = models.BooleanField(_("demo"), default=False)
    starts_at = models.DateTimeField(_("signs from"))
    ends_at = models.DateTimeField(_("signs until"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["purpose", "-starts_at"]
        constraints = [models.UniqueConstraint(fields=["purpose", "kid"], name="key_once_per_purpose")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.kid}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, or of the public key where there is none (DER), in hexadecimal."""
        body = (self.chain or self.public_key).split("-----")[2]
        return hashlib.sha256(b64decode(body)).hexdigest()


class SealingKey(models.Model):
    """The key that what names one person in one record is encrypted under. Destroying it is the erasure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(null=True)  # an AES-256 key, wrapped (RFC 3394) by the master key
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sealing key")
        verbose_name_plural = _("sealing keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="sealing_key_kept_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
