"""What changed in a school and by whom, who stands in, the rule chosen, and a school being prepared."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.records import AppendOnly, AppendOnlyQuerySet


class SchoolChangeQuerySet(AppendOnlyQuerySet):
    def newest_first(self) -> "SchoolChangeQuerySet":
        """The history as it is read: with session and author, the newest on top."""
        return self.select_related("session", "by").order_by("-at", "-pk")


class SchoolChange(AppendOnly):
    """One change of a running cohort: what it was, what it became, by whom and when.

    `before` and `after` hold moments (ISO 8601, UTC), minutes, titles and ids of staff; never a trainee.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("cohort opened")
        RULE = "rule", _("rule chosen")
        PLANNED = "planned", _("session added to the plan")
        EXTRA = "extra", _("extra session")
        MOVED = "moved", _("date or hour changed")
        CANCELLED = "cancelled", _("session cancelled")
        JOINED = "joined", _("trainer joined")
        LEFT = "left", _("trainer left")
        SUBSTITUTE = "substitute", _("substitute")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="changes")
    session = models.ForeignKey(
        ClassSession, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))

    objects: Any = models.Manager.from_queryset(SchoolChangeQuerySet)()

    class Meta:
        verbose_name = _("change of a cohort")
        verbose_name_plural = _("changes of cohorts")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_kind_display()


class Substitution(models.Model):
    """Who gives one session in the place of the cohort's trainers. Its history stands in SchoolChange."""

    session = models.OneToOneField(ClassSession, on_delete=models.PROTECT, related_name="substitution")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="substitutions")

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        ordering = ["session"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.session)


class ChosenRule(models.Model):
    """The rule a cohort will be opened with: a list of requirements, free to change until then."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="chosen_rule")
    facts = models.JSONField()

    class Meta:
        verbose_name = _("chosen rule")
        verbose_name_plural = _("chosen rules")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.cohort)


class SchoolDraft(models.Model):
    """A school being prepared, step by step, by one person. It survives leaving and holds no trainee."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("school being prepared")
        verbose_name_plural = _("schools being prepared")
        ordering = ["-changed_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.answers.get("name", ""))
