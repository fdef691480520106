"""What she allows and what not, purpose by purpose. A change of mind is a new row."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.consents import rules
from courses.people.models import Person
from courses.records import AppendOnly, AppendOnlyQuerySet


class ConsentQuerySet(AppendOnlyQuerySet):
    def standing(self, people: Iterable[UUID]) -> "ConsentQuerySet":
        """The last answer of each of `people` to each purpose."""
        hers = self.filter(person__in=list(people)).order_by()
        return self.filter(
            pk__in=hers.values("person", "purpose").annotate(last=models.Max("pk")).values("last")
        )

    def history(self, person: Person) -> "ConsentQuerySet":
        """All her answers, the newest first, with who noted those that were given aloud."""
        return self.filter(person=person).select_related("noted_by").order_by("-pk")


class Consent(AppendOnly):
    """Her «yes» or «no» to one purpose: when, to which words, in which language. No free text.

    `noted_by` is the colleague who read the words to her and noted what she said. Without one, she
    answered herself.
    """

    class Purpose(models.TextChoices):
        STUDY = rules.STUDY, _("studying")
        CERTIFICATE = rules.CERTIFICATE, _("a diploma")
        VERIFICATION = rules.VERIFICATION, _("her name shown to whoever verifies")
        PHOTO = rules.PHOTO, _("photographs")
        DONOR = rules.DONOR, _("counted for donors")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    is_given = models.BooleanField(_("given"))
    words = models.CharField(_("version of the words"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    was_heard = models.BooleanField(_("read aloud to her"), default=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))

    objects: Any = models.Manager.from_queryset(ConsentQuerySet)()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("note_consent", _("Can note a consent that was given aloud"))]
        indexes = [models.Index(fields=["person", "purpose"], name="consent_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(noted_by__isnull=True) | models.Q(was_heard=True),
                name="consent_noted_was_read_aloud",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.is_given}"
