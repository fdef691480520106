"""What phones sent: kept to know it again, as long as the records that it became."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from courses.expiry import Due
from courses.sync.models import SyncEvent

OF_NOBODY = Q(person=None, staff=None, enrolment=None, session=None)


def drafts(before: datetime) -> list[Due]:
    """Events that came before then and belong to nobody: no human can settle them."""
    return [Due(SyncEvent.objects.filter(OF_NOBODY, received_at__lt=before))]


def records(cohorts: Collection[int], before: datetime) -> list[Due]:
    """Events of these cohorts, and those of no cohort that came before then."""
    hers = Q(enrolment__cohort__in=cohorts) | Q(enrolment=None, session__cohort__in=cohorts)
    return [Due(SyncEvent.objects.filter(hers | Q(enrolment=None, session=None, received_at__lt=before)))]
