"""The door to courses: what certificates may know. Frozen dataclasses, never rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from courses.cohorts.access import visible_cohorts
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from courses.progress import evidence
from courses.progress.rules import Verdict
from courses.progress.wording import explain


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
    is_demo: bool

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)


@dataclass(frozen=True)
class EvidenceFacts:
    """A requirement with what was reached and the ids of the records it rests on."""

    kind: str
    subject: str
    label: str
    value: int
    needed: int
    total: int
    is_met: bool
    sentence: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DecisionFacts:
    """What the cohort's rule says of one person."""

    enrolment_id: UUID
    person_id: UUID
    name: str
    is_complete: bool
    minutes: int
    evidence: tuple[EvidenceFacts, ...]


def cohort_facts(cohort_id: int) -> CohortFacts:
    """The facts of one cohort. Raises Cohort.DoesNotExist."""
    cohort = Cohort.objects.select_related("course", "course__locale", "issuer", "ally", "authority").get(
        pk=cohort_id
    )
    modules = list(cohort.course.modules())
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
        is_demo=cohort.is_demo,
    )


def _evidence(verdict: Verdict) -> EvidenceFacts:
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
    )


def decisions(cohort_id: int) -> list[DecisionFacts]:
    """What the rule says now of everybody who is in the cohort, by name."""
    cohort = Cohort.objects.get(pk=cohort_id)
    enrolments = list(Enrolment.objects.for_register(cohort))
    return [
        DecisionFacts(
            enrolment_id=standing.enrolment.pk,
            person_id=standing.enrolment.person_id,
            name=standing.enrolment.person.name,
            is_complete=standing.is_complete,
            minutes=standing.minutes,
            evidence=tuple(_evidence(verdict) for verdict in standing.verdicts),
        )
        for standing in evidence.standings(cohort, enrolments)
    ]


def person_id_of(user: Any) -> UUID | None:
    """The person behind an account; None for staff and strangers."""
    if not user.is_authenticated:
        return None
    return Person.objects.filter(account=user).values_list("pk", flat=True).first()


def proposable_cohorts(
    user: Any, already: Sequence[int], *, ended_by: date | None = None
) -> list[tuple[int, str]]:
    """(id, name) of the open cohorts `user` sees, without those that already have an acta.

    `ended_by` leaves out those whose last day comes after it.
    """
    cohorts = visible_cohorts(user).filter(opened_at__isnull=False).exclude(pk__in=already)
    if ended_by is not None:
        cohorts = cohorts.filter(ends_on__lte=ended_by)
    return list(cohorts.values_list("pk", "name"))
