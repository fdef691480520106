"""The door to courses: what certificates may know. Frozen dataclasses, never rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Length
from django.utils import timezone

from courses.cohorts import retention
from courses.cohorts.access import visible_cohorts
from courses.cohorts.models import Cohort, Enrolment
from courses.consents import actions as consents
from courses.consents import rules as purposes
from courses.people.actions import erase_legal_names, printed_names
from courses.people.models import LegalName, Organisation, Person
from courses.progress import evidence, sources
from courses.progress.rules import Verdict
from courses.progress.wording import explain
from courses.trail.actions import erased_of_kind, head
from courses.trail.actions import note as note
from courses.trail.actions import note_for_later as note_for_later
from courses.trail.actions import note_look as note_look
from courses.trail.deeds import Deed as Deed
from courses.trail.hands import GIVEN_BACK_DAYS as GIVEN_BACK_DAYS
from courses.trail.hands import MADE_DAYS as MADE_DAYS
from courses.trail.hands import one_hand as one_hand


@dataclass(frozen=True)
class ModuleFacts:
    """A module as the diploma names it; minutes of all modalities."""

    title: str
    minutes: int


@dataclass(frozen=True)
class CohortFacts:
    """A cohort with everything a diploma or an acta says about its course."""

    id: int
    name: str
    course_code: str
    title: str
    language: str
    starts_on: date
    ends_on: date
    issuer: str
    ally: str | None
    authority: str | None
    modules: tuple[ModuleFacts, ...]
    minutes_by_modality: dict[str, int]
    rule_version: str
    contents: int
    content_digest: str
    is_demo: bool

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)


@dataclass(frozen=True)
class IssuerOptions:
    """The names that one person's diploma of a cohort may show as its issuer, the cohort's own first."""

    cohort_id: int
    title: str
    issuer: str
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceFacts:
    """A requirement with what was reached, and the records it rests on: their ids and what they hashed to."""

    kind: str
    subject: str
    label: str
    value: int
    needed: int
    total: int
    is_met: bool
    sentence: str
    sources: tuple[str, ...]
    source_digests: dict[str, str]


@dataclass(frozen=True)
class DecisionFacts:
    """What the cohort's rule says of one person."""

    enrolment_id: UUID
    person_id: UUID
    name: str
    is_complete: bool
    minutes: int
    evidence: tuple[EvidenceFacts, ...]
    printed_name: str | None = None  # her legal name, when she wants her diploma to show it
    wants_award: bool = True  # she has not said «no» to a diploma
    has_unread: bool = False  # a test that counts was handed in and waits to be read


def cohort_facts(cohort_id: int, at: datetime | None = None) -> CohortFacts:
    """The facts of one cohort; with `at`, the programme as it was then. Raises Cohort.DoesNotExist."""
    cohort = Cohort.objects.select_related("course", "course__locale", "issuer", "ally", "authority").get(
        pk=cohort_id
    )
    modules = list(cohort.course.modules())
    contents, content_digest = sources.programme(cohort, at)
    return CohortFacts(
        id=cohort.pk,
        name=cohort.name,
        course_code=cohort.course.code,
        title=cohort.course.public_title,
        language=cohort.course.locale.language_code,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        issuer=cohort.issuer.name,
        ally=cohort.ally.name if cohort.ally else None,
        authority=cohort.authority.name if cohort.authority else None,
        modules=tuple(ModuleFacts(title=module.neutral_title, minutes=module.minutes) for module in modules),
        minutes_by_modality={
            "class": sum(module.class_minutes for module in modules),
            "lessons": sum(module.lesson_minutes for module in modules),
            "outings": sum(module.outing_minutes for module in modules),
            "tutoring": sum(module.tutoring_minutes for module in modules),
        },
        rule_version=cohort.rule_version,
        contents=contents,
        content_digest=content_digest,
        is_demo=cohort.is_demo,
    )


def _allowed_issuers(cohort: Cohort) -> tuple[str, ...]:
    """The names that a diploma may show as its issuer, the cohort's own first, each once."""
    organisations = [one for one in (cohort.issuer, cohort.ally, cohort.authority) if one is not None]
    return tuple(dict.fromkeys(name for one in organisations for name in (one.name, *one.aliases)))


def issuer_options(person_id: UUID) -> list[IssuerOptions]:
    """For each cohort of hers that is open, the newest first: which names her diploma may show. One query."""
    enrolments = (
        Enrolment.objects.filter(person_id=person_id, cohort__opened_at__isnull=False)
        .exclude(status=Enrolment.Status.TRANSFERRED)
        .select_related("cohort__course", "cohort__issuer", "cohort__ally", "cohort__authority")
        .order_by("-starts_on")
    )
    return [
        IssuerOptions(
            cohort_id=one.cohort_id,
            title=one.cohort.course.public_title,
            issuer=one.cohort.issuer.name,
            allowed=_allowed_issuers(one.cohort),
        )
        for one in enrolments
    ]


def _evidence(verdict: Verdict, digests: dict[str, str]) -> EvidenceFacts:
    requirement = verdict.requirement
    return EvidenceFacts(
        kind=requirement.kind,
        subject=requirement.subject or "",
        label=requirement.label,
        value=verdict.value,
        needed=verdict.needed,
        total=verdict.total,
        is_met=verdict.is_met,
        sentence=explain(verdict),
        sources=verdict.sources,
        source_digests={source: digests[source] for source in verdict.sources},
    )


def decisions(cohort_id: int, *, for_acta: bool = False) -> list[DecisionFacts]:
    """What the rule says now of everybody who is in the cohort, by name.

    `for_acta` leaves out who wants no diploma (courses/consents).
    """
    cohort = Cohort.objects.get(pk=cohort_id)
    decided = _decide(cohort, list(Enrolment.objects.for_register(cohort)))
    unwilling = consents.who_said([one.person_id for one in decided], purposes.CERTIFICATE, is_given=False)
    told = [replace(one, wants_award=one.person_id not in unwilling) for one in decided]
    return [one for one in told if one.wants_award or not for_acta]


def decision(enrolment_id: UUID) -> DecisionFacts | None:
    """What the rule of her cohort says now of one person; None when her enrolment is gone."""
    enrolment = Enrolment.objects.select_related("person", "cohort").filter(pk=enrolment_id).first()
    return _decide(enrolment.cohort, [enrolment])[0] if enrolment else None


def _decide(cohort: Cohort, enrolments: list[Enrolment]) -> list[DecisionFacts]:
    standings = evidence.standings(cohort, enrolments)
    named = (source for one in standings for verdict in one.verdicts for source in verdict.sources)
    digests = sources.digests(named)
    printed = printed_names([standing.enrolment.person_id for standing in standings])
    return [
        DecisionFacts(
            enrolment_id=standing.enrolment.pk,
            person_id=standing.enrolment.person_id,
            name=standing.enrolment.person.name,
            is_complete=standing.is_complete,
            minutes=standing.minutes,
            evidence=tuple(_evidence(verdict, digests) for verdict in standing.verdicts),
            printed_name=printed.get(standing.enrolment.person_id),
            has_unread=any(verdict.waits for verdict in standing.verdicts),
        )
        for standing in standings
    ]


def source_digests(named: Iterable[str]) -> dict[str, str]:
    """What each of these source records hashes to now; what is gone is left out."""
    return sources.digests(named)


def person_id_of(user: Any) -> UUID | None:
    """The person behind an account; None for staff and strangers."""
    if not user.is_authenticated:
        return None
    return Person.objects.filter(account=user).values_list("pk", flat=True).first()


def are_records_over(cohort_id: int, now: datetime) -> bool:
    """Whether records of this cohort have been kept long enough: nothing can be decided from them."""
    return retention.is_over(Cohort.objects.get(pk=cohort_id), now)


def authorities_of(user: Any) -> list[int]:
    """The health authorities that an officer's account answers for.

    Those that list her. Where she is on no list, the only authority there is, and with several none.
    """
    if not user.is_authenticated:
        return []
    authorities = Organisation.objects.filter(kind=Organisation.Kind.AUTHORITY).order_by("pk")
    hers = list(authorities.filter(officers=user).values_list("pk", flat=True))
    known = hers or list(authorities.values_list("pk", flat=True)[:2])
    return known if hers or len(known) == 1 else []


def proposable_cohorts(
    user: Any, already: Sequence[int], *, ended_by: date | None = None
) -> list[tuple[int, str]]:
    """(id, name) of the open cohorts `user` sees, without those that already have an acta.

    `ended_by` leaves out those whose last day comes after it. Left out are those whose records may be gone.
    """
    cohorts = visible_cohorts(user).filter(opened_at__isnull=False).exclude(pk__in=already)
    if ended_by is not None:
        cohorts = cohorts.filter(ends_on__lte=ended_by)
    now = timezone.now()
    return [(one.pk, one.name) for one in cohorts if not retention.is_over(one, now)]


def legal_names_kept(*, noted_before: datetime) -> list[UUID]:
    """Whose legal name is kept, and was written before then."""
    return list(LegalName.objects.filter(at__lt=noted_before).values_list("person", flat=True))


def forget_legal_names(awarded: Mapping[UUID, Collection[int]], *, noted_before: datetime) -> int:
    """Erase the legal names of these people that were written before then; how many.

    Each comes with the cohorts she has an award of. Who is in another one that was not over then may still
    want it on a diploma, and keeps it.
    """
    elsewhere = Enrolment.objects.active().filter(
        person__in=list(awarded), cohort__ends_on__gte=noted_before.date()
    )
    studying = {
        person
        for person, cohort in elsewhere.values_list("person", "cohort")
        if cohort not in awarded[person]
    }
    return erase_legal_names(people=awarded.keys() - studying, noted_before=noted_before)


def rightly_gone(people: Collection[UUID]) -> set[UUID]:
    """Those of `people` whose records were erased as they wished: the audit trail says so. One query."""
    return erased_of_kind(Person, people)


def trail_head() -> tuple[int, str]:
    """(entries, hash of the last one) of the audit trail, to be kept outside of this house."""
    stored = head()
    return stored.size, stored.hash


def longest_name() -> str | None:
    """The longest name of anybody in the school, for staff who look whether it fits; None without people."""
    return Person.objects.order_by(Length("name").desc(), "pk").values_list("name", flat=True).first()


def names_shown(people: Collection[UUID]) -> set[UUID]:
    """Those of `people` who let whoever verifies their diploma see their name."""
    return consents.who_said(people, purposes.VERIFICATION, is_given=True)


def let_name_be_seen(person_id: UUID, *, is_shown: bool, at: datetime) -> None:
    """Note that she changed her mind about her name where diplomas are verified, if she did."""
    person = Person.objects.get(pk=person_id)
    consents.note_consent(person=person, purpose=purposes.VERIFICATION, is_given=is_shown, at=at)


def counted_for_donors(people: Collection[UUID]) -> set[UUID]:
    """Those of `people` whom a report for donors may count; every such report asks here first."""
    return consents.who_said(people, purposes.DONOR, is_given=True)
