"""Reasons as tallies: how often, in which cohort; of whom is written nowhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.tallies import rules


class ReasonTally(models.Model):
    """How often a reason was given in a cohort. No person, no day: nothing leads back to anybody."""

    class Kind(models.TextChoices):
        EXCUSE = rules.EXCUSE, _("notice of absence")
        WITHDRAWAL = rules.WITHDRAWAL, _("leaving")
        RETURN = rules.RETURN, _("coming back")

    cohort = models.ForeignKey("courses.Cohort", on_delete=models.CASCADE, related_name="reason_tallies")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=12)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("count of a reason")
        verbose_name_plural = _("counts of reasons")
        ordering = ["kind", "-count", "reason"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind", "reason"], name="reason_counted_in_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}: {self.count}"
