"""The status lists that credentials point into."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SIZE = 131_072  # bits: the least that Bitstring Status List allows, so that one bit hides among many


def no_bits() -> bytes:
    """A list in which no bit is set."""
    return bytes(SIZE // 8)


class StatusList(models.Model):
    """A signed Bitstring Status List of revoked (and replaced) credentials, as it is served.

    Which indexes are taken and which revoked are bitmaps in this row: locking it is locking the list, and
    one query costs the same for one index and for ten thousand.
    """

    number = models.PositiveIntegerField(unique=True, validators=[MaxValueValidator(999_999)])
    did = models.CharField(max_length=253)  # the issuer of its credentials, and so its address, for good
    issued = models.PositiveIntegerField(default=0)  # how many indexes are taken; a new list at half
    taken = models.BinaryField(default=no_bits)
    revoked = models.BinaryField(default=no_bits)
    document = models.TextField(blank=True)  # the signed list; written anew by every revocation and every day
    made_at = models.DateTimeField(null=True, blank=True)
    is_stale = models.BooleanField(default=True)  # bits changed while no key was here to sign them

    objects: ClassVar[models.Manager["StatusList"]] = models.Manager()

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)
