"""Opening a cohort, and people joining and leaving it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.cohorts.changing import is_unreviewed
from courses.cohorts.models import (
    Cohort,
    CohortContent,
    Enrolment,
    EnrolmentStep,
    Requirement,
    WaitingEntry,
)
from courses.cohorts.rules import rule_version
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.people.models import Person
from courses.tallies.actions import count_reason
from courses.tallies.rules import NOT_SAID, RETURN, WITHDRAWAL
from courses.trail import actions as trail


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
    module_key: UUID | None = None


@transaction.atomic
def open_cohort(
    *, cohort: Cohort, pins: Sequence[Pin], requirements: Sequence[RequirementFacts], at: datetime
) -> Cohort:
    """Pin the newest content versions in the language of the course, freeze the rules.

    What is published of them in other languages comes along by itself (cohorts.languages). Raises
    Refused when something is not published or, where settings ask for it, not reviewed.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if cohort.opened_at is not None:
        raise Refused(_("This cohort is already open. Its rules and content are frozen."))
    if not requirements:
        raise Refused(_("A cohort needs at least one requirement."))
    language = cohort.course.locale.language_code
    newest = ContentVersion.objects.newest([pin.key for pin in pins], language)
    missing = [pin.slug for pin in pins if pin.key not in newest]
    if missing:
        raise Refused(_("Publish this first: %(names)s.") % {"names": ", ".join(missing)})
    unreviewed = unreviewed_titles(newest.values())
    if unreviewed and settings.REVIEWED_LESSONS_ONLY:
        raise Refused(
            _("Before a cohort opens, a reviewer must approve these lessons: %(names)s.")
            % {"names": ", ".join(unreviewed)}
        )
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


def unreviewed_of(pins: Iterable[Pin], language: str) -> dict[str, Any]:
    """For a screen before opening: which lessons no reviewer approved, and whether that keeps it closed."""
    newest = ContentVersion.objects.newest([pin.key for pin in pins], language)
    titles = unreviewed_titles(newest.values())
    return {"unreviewed": titles, "needs_review": settings.REVIEWED_LESSONS_ONLY}


def unreviewed_titles(versions: Iterable[ContentVersion]) -> list[str]:
    """The lessons among them that no reviewer approved, by title."""
    return sorted(version.title for version in versions if is_unreviewed(version))


@transaction.atomic
def enrol(
    *, person: Person, cohort: Cohort, starts_on: date, by: Any = None, at: datetime | None = None
) -> Enrolment:
    """Give a person a seat. Raises Refused when the cohort is full, over, or has her already.

    If she was waiting for this seat, she waits no more.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    _check_seat(cohort, person, starts_on)
    now = at or timezone.now()
    WaitingEntry.objects.waiting(cohort).filter(person=person).update(
        ended_at=now, outcome=WaitingEntry.Outcome.SEATED
    )
    enrolment = Enrolment.objects.create(person=person, cohort=cohort, starts_on=starts_on)
    trail.note(trail.Deed.ENROLLED, about=enrolment, by=by, at=now, cohort=cohort.pk)
    return enrolment


def _check_seat(cohort: Cohort, person: Person, on: date) -> None:
    """Raises Refused when she cannot get a seat in `cohort`, which is locked, from this day on."""
    if on > cohort.ends_on:
        raise Refused(_("The cohort ends before she would start."))
    active = cohort.enrolments.active()
    if active.filter(person=person).exists():
        raise Refused(_("%(name)s is already enrolled in this cohort.") % {"name": person.name})
    if active.count() >= cohort.seats:
        raise Refused(
            ngettext(
                "This cohort is full: it has %(seats)d seat. Add seats or choose another cohort.",
                "This cohort is full: it has %(seats)d seats. Add seats or choose another cohort.",
                cohort.seats,
            )
            % {"seats": cohort.seats}
        )


@transaction.atomic
def withdraw(
    *, enrolment: Enrolment, on: date, by: Any = None, at: datetime | None = None, reason: str = NOT_SAID
) -> Enrolment:
    """She leaves on that day; what she did stays, why she left is not kept. Raises Refused twice."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused(_("She has already left this cohort."))
    _check_last_day(enrolment, on)
    enrolment.status, enrolment.ends_on = Enrolment.Status.WITHDRAWN, on
    enrolment.save(update_fields=["status", "ends_on"])
    _note_step(enrolment, EnrolmentStep.Kind.WITHDRAWN, on, by, at)
    trail.note(trail.Deed.WITHDRAWN, about=enrolment, by=by, at=at or timezone.now())
    count_reason(cohort=enrolment.cohort, kind=WITHDRAWAL, reason=reason)
    return enrolment


def _check_last_day(enrolment: Enrolment, on: date) -> None:
    """Raises Refused, with the first day that is possible, for one before she joined."""
    if on < enrolment.starts_on:
        raise Refused(
            _("She cannot leave before her first day, %(day)s. Choose that day or a later one.")
            % {"day": date_format(enrolment.starts_on, "j b Y")}
        )


@transaction.atomic
def take_back(
    *, enrolment: Enrolment, on: date, by: Any = None, at: datetime | None = None, reason: str = NOT_SAID
) -> Enrolment:
    """She comes back on that day, with everything she did before. Raises Refused without a free seat."""
    cohort = Cohort.objects.select_for_update().get(pk=enrolment.cohort_id)
    enrolment = Enrolment.objects.select_for_update().select_related("person").get(pk=enrolment.pk)
    if enrolment.status != Enrolment.Status.WITHDRAWN:
        raise Refused(_("Only who has left this cohort can come back to it."))
    if enrolment.ends_on and on < enrolment.ends_on:
        raise Refused(_("She cannot come back before the day on which she left."))
    _check_seat(cohort, enrolment.person, on)
    enrolment.status, enrolment.ends_on = Enrolment.Status.ACTIVE, None
    enrolment.save(update_fields=["status", "ends_on"])
    _note_step(enrolment, EnrolmentStep.Kind.RETURNED, on, by, at)
    trail.note(trail.Deed.TAKEN_BACK, about=enrolment, by=by, at=at or timezone.now())
    count_reason(cohort=cohort, kind=RETURN, reason=reason)
    return enrolment


@transaction.atomic
def transfer(
    *, enrolment: Enrolment, cohort: Cohort, on: date, by: Any = None, at: datetime | None = None
) -> Enrolment:
    """She goes on in another cohort of the same course from that day, and what she did counts there.

    Returns her new enrolment. Raises Refused when she has left, the courses differ or no seat is free.
    """
    pair = Cohort.objects.select_for_update(of=("self",)).select_related("course")
    locked = {one.pk: one for one in pair.filter(pk__in={enrolment.cohort_id, cohort.pk}).order_by("pk")}
    here, there = locked[enrolment.cohort_id], locked[cohort.pk]
    old = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment.pk)
    if old.status != Enrolment.Status.ACTIVE:
        raise Refused(_("She has already left this cohort."))
    if here.pk == there.pk:
        raise Refused(_("She is in this cohort already. Choose another one."))
    if here.course.translation_key != there.course.translation_key:
        raise Refused(_("That cohort gives another course: what she did here would not count there."))
    _check_last_day(old, on)
    first = max(on, there.starts_on)
    _check_seat(there, old.person, first)
    old.status, old.ends_on = Enrolment.Status.TRANSFERRED, on
    old.save(update_fields=["status", "ends_on"])
    _note_step(old, EnrolmentStep.Kind.TRANSFERRED, on, by, at)
    trail.note(trail.Deed.TRANSFERRED, about=old, by=by, at=at or timezone.now(), cohort=there.pk)
    WaitingEntry.objects.waiting(there).filter(person=old.person).update(
        ended_at=at or timezone.now(), outcome=WaitingEntry.Outcome.SEATED
    )
    return Enrolment.objects.create(
        person=old.person,
        cohort=there,
        starts_on=first,
        came_from=old,
        ethics_accepted_at=old.ethics_accepted_at,
    )


def _note_step(enrolment: Enrolment, kind: str, on: date, by: Any, at: datetime | None) -> None:
    """Keep who noted it and when; a demo that is sown has nobody to name."""
    if by is not None and at is not None:
        EnrolmentStep.objects.create(enrolment=enrolment, kind=kind, on=on, by=by, at=at)


@transaction.atomic
def wait_for_seat(*, person: Person, cohort: Cohort, by: Any, at: datetime) -> WaitingEntry:
    """Put her at the end of the waiting list. Raises Refused when she is in the cohort or on the list."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if cohort.enrolments.active().filter(person=person).exists():
        raise Refused(_("%(name)s is already enrolled in this cohort.") % {"name": person.name})
    if WaitingEntry.objects.waiting(cohort).filter(person=person).exists():
        raise Refused(_("%(name)s is already on the waiting list.") % {"name": person.name})
    trail.note(trail.Deed.WAITING, about=person, by=by, at=at, cohort=cohort.pk)
    return WaitingEntry.objects.create(cohort=cohort, person=person, by=by, at=at)


@transaction.atomic
def give_seat(*, entry: WaitingEntry, starts_on: date, at: datetime, by: Any = None) -> Enrolment:
    """Enrol who waited. Raises Refused when she waits no more or no seat is free."""
    Cohort.objects.select_for_update().get(pk=entry.cohort_id)  # before the entry, as in enrol()
    entry = WaitingEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.ended_at is not None:
        raise Refused(_("She does not wait any more."))
    return enrol(person=entry.person, cohort=entry.cohort, starts_on=starts_on, by=by, at=at)


@transaction.atomic
def stop_waiting(*, entry: WaitingEntry, at: datetime, by: Any = None) -> WaitingEntry:
    """Take her off the waiting list. Raises Refused when she waits no more."""
    entry = WaitingEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.ended_at is not None:
        raise Refused(_("She does not wait any more."))
    entry.ended_at, entry.outcome = at, WaitingEntry.Outcome.STOPPED
    entry.save(update_fields=["ended_at", "outcome"])
    trail.note(trail.Deed.WAITING_ENDED, about=entry.person, by=by, at=at, cohort=entry.cohort_id)
    return entry


@transaction.atomic
def accept_ethics(*, enrolment: Enrolment, at: datetime) -> Enrolment:
    """She accepts the confidentiality commitment. The first acceptance stays."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.ethics_accepted_at is None:
        enrolment.ethics_accepted_at = at
        enrolment.save(update_fields=["ethics_accepted_at"])
    return enrolment
