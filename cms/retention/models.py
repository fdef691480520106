"""What went and when, in numbers; and the totals of a cohort that stay in the place of its records."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Cohort
from courses.records import AppendOnly, AppendOnlyQuerySet


class RetentionEntry(AppendOnly):
    """One part that went: under which rule, how many of each kind, and when. No names, no ids.

    `counts` is empty for the rule DONE: all rules were gone through to the end.
    """

    DONE = "done"

    rule = models.CharField(_("rule"), max_length=20)
    counts = models.JSONField(_("how many"), default=dict)
    at = models.DateTimeField(_("when"), db_index=True)

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("entry of what went")
        verbose_name_plural = _("entries of what went")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.rule} {self.at:%Y-%m-%d}"


class CohortTotals(AppendOnly):
    """The totals of a cohort, frozen before its records go. Small ones are hidden (courses/tallies)."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="totals")
    facts = models.JSONField(_("totals"))
    at = models.DateTimeField(_("frozen"))

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("totals of a cohort")
        verbose_name_plural = _("totals of cohorts")
        ordering = ["-cohort__ends_on", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.cohort_id)
