"""The entries of the audit trail, its head, and the checks of it. No personal data anywhere here."""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from courses.records import AppendOnly, AppendOnlyQuerySet, RecordIsFinal
from courses.trail import rules


class TrailQuerySet(AppendOnlyQuerySet):
    """Adding and reading; every other door is shut, but the one that chains."""

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise RecordIsFinal(_t("This record is final. Add a correction instead."))

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds, and never writes over what is there."""
        if kwargs.get("update_conflicts"):
            raise RecordIsFinal(_t("This record is final. Add a correction instead."))
        return super().bulk_create(objs, *args, **kwargs)

    def unchained(self) -> "TrailQuerySet":
        """What was noted and has no place in the chain yet."""
        return self.filter(sequence=None)

    def chained(self) -> "TrailQuerySet":
        """What has its place, the first first."""
        return self.exclude(sequence=None).order_by("sequence")


class TrailEntry(AppendOnly):
    """Who did what to which record when. Written with the deed, chained right after it (actions.chain).

    `actor` is the account's `key`, empty where the system acts; nothing resolves it once the account is gone.
    `about` is the record's own number or UUID, empty where a whole list is meant.
    """

    sequence = models.PositiveBigIntegerField(_("number"), null=True, unique=True)
    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.UUIDField(_("who"), null=True, db_index=True)
    role = models.CharField(_("role"), max_length=90, blank=True)
    what = models.CharField(_("what"), max_length=30)  # a Deed; a new verb needs no migration
    kind = models.CharField(_("kind of record"), max_length=80)
    about = models.CharField(_("record"), max_length=36, blank=True)
    facts: Any = models.JSONField(_("facts"), default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(TrailQuerySet)()

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        default_permissions = ("view",)
        base_manager_name = "objects"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence=None, hash="", previous="")
                | (Q(sequence__isnull=False) & ~Q(hash="") & ~Q(previous="")),
                name="trail_entry_chained_or_not",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sequence=None), name="trail_unchained"),
            models.Index(fields=["what", "-id"], name="trail_what"),
            models.Index(fields=["kind", "about"], name="trail_record"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence or '…'} {self.what}"

    def content(self) -> dict[str, Any]:
        """What it says, without its place in the chain."""
        return {
            "at": rules.moment(self.at),
            "actor": str(self.actor) if self.actor else rules.SYSTEM,
            "role": self.role,
            "what": self.what,
            "kind": self.kind,
            "about": self.about,
            "facts": self.facts,
        }

    def line(self) -> dict[str, Any]:
        """Exactly what was hashed; of a chained entry."""
        return rules.linked(self.content(), sequence=self.sequence or 0, previous=self.previous)


def give_places(entries: Sequence[TrailEntry]) -> None:
    """Write the places of entries that had none: the one change an entry knows, once."""
    fields = ["sequence", "previous", "hash"]
    plain: models.QuerySet[TrailEntry] = models.QuerySet(TrailEntry)
    plain.filter(sequence=None).bulk_update(entries, fields, batch_size=100)


class TrailHead(models.Model):
    """How far the chain has grown: one row, locked while entries get their places."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=rules.GENESIS)

    class Meta:
        verbose_name = _("head of the audit trail")
        verbose_name_plural = _("head of the audit trail")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_trail")]

    def __str__(self) -> str:
        return f"{self.size} {self.hash}"


class TrailCheck(AppendOnly):
    """That the chain was walked from its first entry on, when, how far, and what did not fit."""

    at = models.DateTimeField(_("checked"), db_index=True)
    size = models.PositiveBigIntegerField(_("entries"))
    hash = models.CharField(max_length=64)
    findings: Any = models.JSONField(default=list)  # sentences

    objects: ClassVar[Any] = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("check of the audit trail")
        verbose_name_plural = _("checks of the audit trail")
        default_permissions = ()
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.size}"
