"""Which cohorts are long over, and what of their people then goes."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from wagtail.models import ModelLogEntry

from courses.cohorts import rules
from courses.cohorts.models import Cohort, Enrolment, EnrolmentStep, WaitingEntry
from courses.expiry import Due, unheld
from courses.people.models import Person


def over(now: datetime) -> list[Cohort]:
    """The cohorts whose records have been kept long enough, in days of their own zone; the oldest first.

    What a woman did in a former cohort counts where she was transferred to: it stays as long as that one's.
    Two queries.
    """
    ended = Cohort.objects.filter(ends_on__lt=now.date()).order_by("ends_on", "pk")
    found = {one.pk: one for one in ended if is_over(one, now)}
    moves = Enrolment.objects.exclude(came_from=None).filter(came_from__cohort__in=found)
    pairs = list(moves.order_by().values_list("came_from__cohort", "cohort").distinct())
    while waiting := {before for before, after in pairs if before in found and after not in found}:
        for pk in waiting:
            del found[pk]
    return list(found.values())


def is_over(cohort: Cohort, now: datetime) -> bool:
    """Whether the time is past for which records of this cohort are kept."""
    return rules.are_records_over(cohort.ends_on, cohort.today(now), settings.RETENTION_RECORD_MONTHS)


def coming(now: datetime, days: int) -> list[Cohort]:
    """The cohorts whose records will have been kept long enough within so many days."""
    later, here = over(now + timedelta(days=days)), {one.pk for one in over(now)}
    return [one for one in later if one.pk not in here]


def records(cohorts: Collection[int]) -> list[Due]:
    """How people came and went: waiting lists and steps."""
    return [
        Due(WaitingEntry.objects.filter(cohort__in=cohorts)),
        Due(EnrolmentStep._default_manager.filter(enrolment__cohort__in=cohorts)),
    ]


def people(cohorts: Collection[int], kept: Any, now: datetime) -> QuerySet[Person]:
    """Who was in these cohorts only, or in none for as long, and is not among `kept`."""
    long_ago = rules.months_after(now.date(), -settings.RETENTION_RECORD_MONTHS)
    hers = Enrolment.objects.filter(person=OuterRef("pk"))
    waits = WaitingEntry.objects.filter(person=OuterRef("pk"))
    gone = Person.objects.exclude(Exists(hers.exclude(cohort__in=cohorts)))
    gone = gone.exclude(Exists(waits.exclude(cohort__in=cohorts)))
    return gone.filter(Exists(hers) | Q(created_at__date__lt=long_ago)).exclude(pk__in=kept)


def free(gone: QuerySet[Person]) -> QuerySet[Person]:
    """Those of them to whom nothing refers any more but enrolments, which go with them."""
    return unheld(unheld(gone, through=Enrolment), but=Enrolment)


def forget_people(keys: Sequence[UUID]) -> list[int]:
    """Delete these people with their enrolments and what the admin's log called them; their accounts.

    Call it in a transaction. A number of queries that does not grow with them.
    """
    enrolments = list(Enrolment.objects.filter(person__in=keys).values_list("pk", flat=True))
    accounts = Person.objects.filter(pk__in=keys).exclude(account=None)
    found = list(accounts.values_list("account", flat=True))
    for model, pks in ((Person, keys), (Enrolment, enrolments)):
        kind = ContentType.objects.get_for_model(model)
        entries = ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks])
        entries.update(label=F("object_id"), data={})
    Enrolment.objects.filter(pk__in=enrolments).update(came_from=None)
    Enrolment.objects.filter(pk__in=enrolments).delete()
    Person.objects.filter(pk__in=keys).delete()
    return found
