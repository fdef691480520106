"""What is left when she is gone: that she asked, and counts of her cohort. Nothing names her."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Cohort
from courses.people.models import Person
from courses.records import AppendOnly, AppendOnlyQuerySet


class DataRequest(AppendOnly):
    """That a copy of her data was handed over, or that she was erased: when, and by whom if not by herself.

    Erasing her empties `person`: the row then only says that somebody was erased that day.
    """

    class Kind(models.TextChoices):
        COPY = "copy", _("a copy was handed over")
        ERASURE = "erasure", _("a person was erased")

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="data_requests")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    keeps_awards = models.BooleanField(_("her diplomas stay"), default=True)
    was_present = models.BooleanField(_("she was there and asked for it"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("request about own data")
        verbose_name_plural = _("requests about own data")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [
            ("hand_over_data", _("Can hand a person a copy of her data when she asks in person")),
            ("erase_person", _("Can erase a person when she asks in person")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by__isnull=True) | models.Q(was_present=True),
                name="data_handed_over_in_her_presence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class ErasedTally(models.Model):
    """What those who were erased had added to the figures of their cohort, all together."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="erased_tallies")
    what = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("figure of erased people")
        verbose_name_plural = _("figures of erased people")
        ordering = ["cohort", "what"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["cohort", "what"], name="erased_tally_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.count}"
