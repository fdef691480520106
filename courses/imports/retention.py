"""Lists of people: those that were never saved, and those of cohorts that are long over."""

from collections.abc import Collection
from datetime import datetime

from courses.expiry import Due
from courses.imports.models import ImportRow, PeopleImport

State = PeopleImport.State


def drafts(before: datetime) -> list[Due]:
    """Lists that were looked at and not saved, with the names that stand in them."""
    lists = PeopleImport.objects.exclude(state__in=[State.QUEUED, State.DONE]).filter(at__lt=before)
    return [Due(ImportRow.objects.filter(batch__in=lists)), Due(lists)]


def records(cohorts: Collection[int]) -> list[Due]:
    """That people of these cohorts came on a list."""
    lists = PeopleImport.objects.filter(cohort__in=cohorts)
    return [Due(ImportRow.objects.filter(batch__in=lists)), Due(lists)]
