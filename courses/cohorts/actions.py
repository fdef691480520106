"""Opening a cohort, and people joining and leaving it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.cohorts.models import Cohort, CohortContent, Enrolment, Requirement
from courses.cohorts.rules import rule_version
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.people.models import Person


@dataclass(frozen=True)
class RequirementFacts:
    """A requirement before it is stored."""

    kind: str
    label: str
    target: int = 1
    subject: str | None = None
    make_up_limit: int = 0


@dataclass(frozen=True)
class Pin:
    """What a cohort will use: a key and where it stands in the course."""

    kind: str
    key: UUID
    slug: str
    module_number: int
    module_title: str
    position: int


@transaction.atomic
def open_cohort(
    *, cohort: Cohort, pins: Sequence[Pin], requirements: Sequence[RequirementFacts], at: datetime
) -> Cohort:
    """Pin the newest content versions, freeze the rules. Raises Refused when something is not published."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if cohort.opened_at is not None:
        raise Refused(_("This cohort is already open. Its rules and content are frozen."))
    if not requirements:
        raise Refused(_("A cohort needs at least one requirement."))
    newest = ContentVersion.objects.newest([pin.key for pin in pins])
    missing = [pin.slug for pin in pins if pin.key not in newest]
    if missing:
        raise Refused(_("Publish this first: %(names)s.") % {"names": ", ".join(missing)})
    CohortContent.objects.bulk_create(
        CohortContent(cohort=cohort, version=newest[pin.key], **asdict(pin)) for pin in pins
    )
    facts = [asdict(requirement) for requirement in requirements]
    for position, fact in enumerate(facts):
        requirement = Requirement(cohort=cohort, position=position, **fact)
        requirement.full_clean()
        requirement.save()
    cohort.rule_version = rule_version(facts)
    cohort.opened_at = at
    cohort.save(update_fields=["rule_version", "opened_at"])
    return cohort


@transaction.atomic
def enrol(*, person: Person, cohort: Cohort, starts_on: date) -> Enrolment:
    """Give a person a seat. Raises Refused when the cohort is full, over, or has her already."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if starts_on > cohort.ends_on:
        raise Refused(_("The cohort ends before she would start."))
    active = cohort.enrolments.active()
    if active.filter(person=person).exists():
        raise Refused(_("%(name)s is already enrolled in this cohort.") % {"name": person.name})
    if active.count() >= cohort.seats:
        raise Refused(
            _("This cohort is full: it has %(seats)d seats. Add seats or choose another cohort.")
            % {"seats": cohort.seats}
        )
    return Enrolment.objects.create(person=person, cohort=cohort, starts_on=starts_on)


@transaction.atomic
def withdraw(*, enrolment: Enrolment, on: date) -> Enrolment:
    """She leaves on that day; what she did stays, why she left is not kept. Raises Refused twice."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused(_("She has already left this cohort."))
    if on < enrolment.starts_on:
        raise Refused(_("The last day comes before the first day."))
    enrolment.status, enrolment.ends_on = Enrolment.Status.WITHDRAWN, on
    enrolment.save(update_fields=["status", "ends_on"])
    return enrolment


@transaction.atomic
def accept_ethics(*, enrolment: Enrolment, at: datetime) -> Enrolment:
    """She accepts the confidentiality commitment. The first acceptance stays."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.ethics_accepted_at is None:
        enrolment.ethics_accepted_at = at
        enrolment.save(update_fields=["ethics_accepted_at"])
    return enrolment
