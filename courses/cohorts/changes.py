"""What reached a running cohort after it was opened."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import CohortContent
from courses.pages.models import ContentVersion
from courses.records import AppendOnly


class ContentChange(AppendOnly):
    """That a running cohort got a newer version of what it uses: which, by whom, to be read again or not."""

    pin = models.ForeignKey(CohortContent, on_delete=models.PROTECT, related_name="changes")
    from_version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    needs_rereading = models.BooleanField(_("they should read it again"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))

    objects: Any

    class Meta:
        verbose_name = _("change of what a cohort learns")
        verbose_name_plural = _("changes of what cohorts learn")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["pin", "to_version"], name="content_changes_once_to_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.pin}: {self.from_version_id} → {self.to_version_id}"
