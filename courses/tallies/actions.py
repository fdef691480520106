"""Counting a reason for a whole cohort."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from courses.errors import Refused
from courses.tallies import rules
from courses.tallies.models import ReasonTally


@transaction.atomic
def count_reason(*, cohort: Any, kind: str, reason: str) -> None:
    """Add one to the tally of the cohort; nothing says whose reason it was.

    `kind` is excuse, withdrawal or return. Raises Refused for a reason that is not on its list.
    """
    if not rules.is_reason(kind, reason):
        raise Refused(_("Choose a reason from the list."))
    tally, _created = ReasonTally.objects.get_or_create(cohort=cohort, kind=kind, reason=reason)
    ReasonTally.objects.filter(pk=tally.pk).update(count=F("count") + 1)
