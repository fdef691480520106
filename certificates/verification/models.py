"""A holder's share links, and how often a name was tried."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.awards.models import Certificate


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self, now: datetime) -> "ShareLinkQuerySet":
        """Those that still work."""
        return self.filter(ended_at__isnull=True, expires_at__gt=now)


class ShareLink(models.Model):
    """A link that a holder made: it shows her award, with her name if she wishes, until it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="share_links")
    token_sha256 = models.CharField(max_length=64, unique=True)  # the token itself is shown to her once
    shows_name = models.BooleanField(_("shows my name"), default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("works until"))
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)


class NameTry(models.Model):
    """How many names were tried against one code (kept as a keyed hash) since the first of this hour."""

    code_hash = models.CharField(primary_key=True, max_length=64)
    window = models.DateTimeField(db_index=True)  # when the first one was tried
    count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tries of a name")
        verbose_name_plural = _("tries of names")

    def __str__(self) -> str:
        return f"{self.window:%Y-%m-%d %H} {self.count}"
