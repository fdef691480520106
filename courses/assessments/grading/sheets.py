"""What statistics look at: each woman's first attempt, as it counts now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from courses.assessments.actions import sheet_key
from courses.assessments.grading.models import fixes_of, readings_of, result_in_force
from courses.assessments.grading.queue import tests_of
from courses.assessments.grading.rules import PENDING, Fix, points_of
from courses.assessments.kinds import asks_the_same
from courses.assessments.models import Attempt, Quiz
from courses.assessments.statistics import Gain, Item, Sheet, gain, items
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion

Moment = Quiz.Moment


@dataclass(frozen=True)
class Asked:
    """A question as one or several versions of a test ask it; `version` is that in force, or else the newest.

    `name` tells it from what other versions ask under the same id.
    """

    name: str
    question: dict[str, Any]
    version: ContentVersion
    is_now: bool


def figures_of(pin: CohortContent) -> list[tuple[Asked, Item]]:
    """What a test asks, and what its earlier versions asked otherwise, in figures of first attempts.

    Answers to exactly the same question count together, in whatever version it was asked. Four queries, and
    one for each version.
    """
    attempts = list(
        Attempt.objects.submitted().filter(
            enrolment__cohort_id=pin.cohort_id, quiz_key=pin.key, number=1, has_passed__isnull=False
        )
    )
    versions = _versions(attempts) | {pin.version_id: pin.version}
    asked, names = _asked_in(pin, list(versions.values()))
    sheets = [_renamed(sheet, taken.version_id, names) for taken, sheet in _marked(attempts, versions)]
    return list(zip(asked, items(sheets, [one.name for one in asked]), strict=True))


def _renamed(sheet: Sheet, version: int, names: Mapping[tuple[int, str], str]) -> Sheet:
    """A sheet that calls each question as all versions together call it."""
    return Sheet(
        right={names[version, one]: is_right for one, is_right in sheet.right.items()},
        chosen={names[version, one]: answer for one, answer in sheet.chosen.items()},
    )


def _versions(attempts: Iterable[Attempt]) -> dict[int, ContentVersion]:
    return dict(ContentVersion.objects.in_bulk({attempt.version_id for attempt in attempts}))


def _asked_in(
    pin: CohortContent, versions: Sequence[ContentVersion]
) -> tuple[list[Asked], dict[tuple[int, str], str]]:
    """Each question once, those of now first; and how (version, question id) is called among them."""
    found: dict[str, list[Asked]] = {}
    names: dict[tuple[int, str], str] = {}
    for version in sorted(versions, key=lambda one: (one.pk != pin.version_id, -one.number)):
        is_now = version.pk == pin.version_id
        for question in version.content["questions"]:
            known = found.setdefault(question["id"], [])
            same = next((one for one in known if asks_the_same(one.question, question)), None)
            if same is None:
                name = question["id"] if is_now else f"{question['id']} {version.number}"
                same = Asked(name, question, version, is_now)
                known.append(same)
            names[version.pk, question["id"]] = same.name
    asked = [one for some in found.values() for one in some]
    return sorted(asked, key=lambda one: not one.is_now), names


def _marked(
    attempts: Sequence[Attempt], versions: Mapping[int, ContentVersion]
) -> Iterator[tuple[Attempt, Sheet]]:
    """What each woman answered, and whether it was right by her version. A query for each version."""
    readings = readings_of([attempt.pk for attempt in attempts])
    fixes = {pk: fixes_of(versions[pk]) for pk in {attempt.version_id for attempt in attempts}}
    for attempt in attempts:
        attempt.version = versions[attempt.version_id]
        right, chosen = {}, {}
        for question, key in sheet_key(attempt).items():
            if key is None:
                right[question] = points_of(readings[attempt.pk, question]) == 1
                continue
            fix = fixes[attempt.version_id].get(question, Fix())
            chosen[question] = attempt.answers[question]
            right[question] = key.put_right(fix.accepted).accepts(chosen[question])
        yield attempt, Sheet(right=right, chosen=chosen)


def gain_of(cohort: Cohort) -> Gain | None:
    """What the cohort gained between its tests «before» and «after», by the anchors that both ask.

    Tests without common anchors are compared as a whole. None without both, or under five women.
    Who was transferred here brings the tests that she took before; who was transferred away takes hers along.
    """
    pins = tests_of(cohort)
    before = [pin for pin in pins if pin.version.content.get("moment") == Moment.BEFORE]
    after = [pin for pin in pins if pin.version.content.get("moment") == Moment.AFTER]
    if not before or not after:
        return None
    women = Enrolment.objects.filter(cohort=cohort).exclude(status=Enrolment.Status.TRANSFERRED)
    owners = Enrolment.objects.all().chains(women)
    anchors = _anchors(before) & _anchors(after)
    if not anchors:
        return gain(_wholes(owners, before[0], after[0]))
    first, second = _answered(before, anchors, owners), _answered(after, anchors, owners)
    both = {woman: set(first[woman]) & set(second[woman]) for woman in first if woman in second}
    return gain(
        [
            (_share(first[woman][one] for one in common), _share(second[woman][one] for one in common))
            for woman, common in both.items()
            if common
        ]
    )


def _anchors(pins: Iterable[CohortContent]) -> set[str]:
    asked = (question for pin in pins for question in pin.version.content["questions"])
    return {question["id"] for question in asked if question.get("is_anchor")}


def _first_of(owners: Mapping[UUID, UUID], keys: Iterable[UUID]) -> QuerySet[Attempt]:
    """The first attempts of these women at these tests, wherever they took them; the first one comes last."""
    taken = Attempt.objects.submitted().filter(enrolment__in=owners, quiz_key__in=list(keys), number=1)
    return taken.order_by("-started_at")


def _answered(
    pins: Iterable[CohortContent], anchors: set[str], owners: Mapping[UUID, UUID]
) -> dict[UUID, dict[str, bool]]:
    """Of each woman, which anchors she had in these tests, and whether her first answer was right."""
    found: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for pin in pins:
        attempts = list(_first_of(owners, [pin.key]).filter(has_passed__isnull=False))
        for taken, sheet in _marked(attempts, _versions(attempts)):
            told = {one: is_right for one, is_right in sheet.right.items() if one in anchors}
            found[owners[taken.enrolment_id]] |= told
    return found


def _share(right: Iterable[bool]) -> Decimal:
    """How many of these are right, in per cent."""
    answers = list(right)
    return Decimal(100 * sum(answers)) / len(answers)


def _wholes(
    owners: Mapping[UUID, UUID], before: CohortContent, after: CohortContent
) -> list[tuple[Decimal, Decimal]]:
    """The results of whole tests, in per cent, of the women who took both."""
    attempts = list(_first_of(owners, [before.key, after.key]).defer("questions", "answers"))
    results = result_in_force(attempts)
    shares: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    for attempt in attempts:  # the first one comes last, and stays
        result = results[attempt.pk]
        if result.why != PENDING and result.total:
            share = Decimal(100 * result.correct) / result.total
            shares[owners[attempt.enrolment_id]][attempt.quiz_key] = share
    return [(one[before.key], one[after.key]) for one in shares.values() if len(one) == 2]
