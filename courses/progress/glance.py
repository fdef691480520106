"""A whole cohort at a glance: who meets what, what stands in whose way, and what comes next.

The sets are counted by the database, so that 2,800 women cost hardly more than 28. What they say is what
`evidence.standings` says of each woman (tests/courses/progress/test_glance.py compares the two).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.assessments.grading.models import RegradeLine, ResultOverride
from courses.assessments.models import Attempt, Observation
from courses.assessments.rules import Score
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import MADE_UP, needed
from courses.cohorts.models import Cohort, Enrolment
from courses.people.rules import is_called
from courses.progress import rules
from courses.progress.evidence import requirements_of, standings
from courses.progress.models import LessonProgress
from courses.progress.rules import Requirement

CLASS, OUTING = ClassSession.Modality.CLASS, ClassSession.Modality.OUTING
COMPLETE, INCOMPLETE = "complete", "incomplete"
COMING = 3  # sessions shown ahead


@dataclass(frozen=True)
class Column:
    """A requirement, who meets it, and for how many it is the only thing missing."""

    requirement: Requirement
    met: frozenset[UUID]
    missing: int
    only_missing: int


@dataclass(frozen=True)
class Glance:
    """Everybody in the cohort by name (enrolment id, name) and one column for each requirement."""

    women: tuple[tuple[UUID, str], ...]
    columns: tuple[Column, ...]
    complete: frozenset[UUID]

    def chosen(self, state: str, search: str) -> list[UUID]:
        """Who is shown: all, those who meet everything or do not, or those who miss column `state`."""
        return [pk for pk, name in self.women if self._belongs(pk, state) and is_called(name, search)]

    def _belongs(self, pk: UUID, state: str) -> bool:
        if state in {COMPLETE, INCOMPLETE}:
            return (pk in self.complete) == (state == COMPLETE)
        if state.isdecimal() and int(state) < len(self.columns):
            return pk not in self.columns[int(state)].met
        return True


def glance_of(cohort: Cohort) -> Glance:
    """The cohort counted, in a constant number of queries. Who left is not in it."""
    women = tuple(
        Enrolment.objects.active()
        .filter(cohort=cohort)
        .order_by("person__name", "pk")
        .values_list("pk", "person__name")
    )
    everyone = frozenset(pk for pk, _called in women)
    requirements = requirements_of(cohort)
    found = [set(some) & everyone for some in _met_by(cohort, requirements, everyone)]
    _judge_moved(cohort, found)
    met = [frozenset(some) for some in found]
    complete = frozenset.intersection(everyone, *met) if requirements else frozenset()
    lacking: dict[UUID, list[int]] = defaultdict(list)
    for position, some in enumerate(met):
        for pk in everyone - some:
            lacking[pk].append(position)
    only = [0] * len(requirements)
    for positions in lacking.values():
        if len(positions) == 1:
            only[positions[0]] += 1
    columns = tuple(
        Column(requirement, some, len(everyone) - len(some), only[position])
        for position, (requirement, some) in enumerate(zip(requirements, met, strict=True))
    )
    return Glance(women, columns, complete)


def _judge_moved(cohort: Cohort, found: list[set[UUID]]) -> None:
    """Who was transferred here brings her record: the few are judged one by one."""
    moved = list(Enrolment.objects.active().filter(cohort=cohort, came_from__isnull=False))
    for standing in standings(cohort, moved) if moved else ():
        for some, verdict in zip(found, standing.verdicts, strict=True):
            some.discard(standing.enrolment.pk)
            if verdict.is_met:
                some.add(standing.enrolment.pk)


def _met_by(
    cohort: Cohort, requirements: list[Requirement], everyone: frozenset[UUID]
) -> Iterable[Iterable[UUID]]:
    """For each requirement the enrolments that meet it."""
    kinds = {requirement.kind for requirement in requirements}
    attendance = _attendance(cohort) if kinds & {rules.ATTENDANCE, rules.OUTINGS} else {}
    required = ClassSession.objects.required().filter(cohort=cohort)
    planned = required.count() if rules.ATTENDANCE in kinds else 0
    lessons = _lessons(cohort) if rules.LESSONS in kinds else {}
    scores = _scores(cohort) if rules.QUIZ in kinds else {}
    practicals = _practicals(cohort) if rules.PRACTICAL in kinds else {}
    for requirement in requirements:
        target, subject = requirement.target, requirement.subject or ""
        match requirement.kind:
            case rules.ATTENDANCE:
                limit = requirement.make_up_limit
                counts = {pk: seen.attended + min(seen.made_up, limit) for pk, seen in attendance.items()}
                yield _reaching(counts, needed(target, planned), everyone) if planned else ()
            case rules.OUTINGS:
                yield _reaching({pk: seen.outings for pk, seen in attendance.items()}, target, everyone)
            case rules.LESSONS:
                yield _reaching(lessons, target, everyone)
            case rules.QUIZ:
                yield [pk for pk, best in scores.get(subject, {}).items() if _passes(best, target)]
            case rules.PRACTICAL:
                yield practicals.get(subject, ())
            case rules.ETHICS:
                accepted = Enrolment.objects.filter(cohort=cohort, ethics_accepted_at__isnull=False)
                yield accepted.values_list("pk", flat=True)
            case _:
                raise ValueError(f"unknown requirement kind {requirement.kind!r}")


def _reaching(counts: Mapping[UUID, int], target: int, everyone: frozenset[UUID]) -> Iterable[UUID]:
    return (pk for pk in everyone if counts.get(pk, 0) >= target)


def _passes(score: Score, target: int) -> bool:
    return score.correct >= needed(target, score.total)


@dataclass(frozen=True)
class Seen:
    """How often one woman was there."""

    attended: int
    made_up: int
    outings: int


def _attendance(cohort: Cohort) -> dict[UUID, Seen]:
    is_class = Q(session__modality=CLASS, session__is_planned=True)
    counted = (
        AttendanceRecord.objects.current()
        .filter(session__cohort=cohort, counts=True, session__cancelled_at__isnull=True)
        .order_by()
        .values_list("enrolment_id")
        .annotate(
            attended=Count("pk", filter=is_class & ~Q(status=MADE_UP)),
            made_up=Count("pk", filter=is_class & Q(status=MADE_UP)),
            outings=Count("pk", filter=Q(session__modality=OUTING)),
        )
    )
    return {pk: Seen(*counts) for pk, *counts in counted}


def _lessons(cohort: Cohort) -> dict[UUID, int]:
    done = LessonProgress.objects.filter(enrolment__cohort=cohort, completed_at__isnull=False)
    return dict(done.order_by().values_list("enrolment_id").annotate(done=Count("pk")))


def _scores(cohort: Cohort) -> dict[str, dict[UUID, Score]]:
    """The best score of each woman in each test, as the evidence finds it."""
    found: dict[str, dict[UUID, Score]] = defaultdict(dict)
    later: dict[UUID, Score] = {}
    for rows in (RegradeLine.objects, ResultOverride.objects):  # as grading.models.result_in_force reads them
        hers = rows.filter(attempt__enrolment__cohort=cohort).order_by("pk")
        later |= {
            pk: Score(correct, total)
            for pk, correct, total in hers.values_list("attempt_id", "correct", "total")
        }
    attempts = Attempt.objects.submitted().filter(enrolment__cohort=cohort).order_by("number")
    for attempt, pk, key, correct, total, has_passed in attempts.values_list(
        "pk", "enrolment_id", "quiz_key", "correct", "total", "has_passed"
    ):
        if has_passed is None and attempt not in later:
            continue  # it waits to be read
        score, tests = later.get(attempt) or Score(correct or 0, total), found[str(key)]
        best = tests.get(pk)
        if best is None or score.correct * best.total > best.correct * score.total:
            tests[pk] = score
    return found


def _practicals(cohort: Cohort) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    passed = Observation.objects.filter(enrolment__cohort=cohort, has_passed=True).order_by()
    for pk, key in passed.values_list("enrolment_id", "rubric_key").distinct():
        found[str(key)].add(pk)
    return found


@dataclass(frozen=True)
class Deadline:
    """Something that comes: what, when, and where it is done."""

    title: str
    at: datetime | date
    url: str = ""
    is_late: bool = False


def deadlines(cohort: Cohort, now: datetime, most: int = 6) -> list[Deadline]:
    """Registers that wait to be marked, the next sessions, and the last day; what is late first."""
    sessions = ClassSession.objects.for_register(cohort).filter(cancelled_at__isnull=True)
    found = [
        Deadline(
            title=_("Register of “%(title)s”") % {"title": session.title},
            at=session.starts_at,
            url=reverse("register:mark", args=[session.pk]),
            is_late=True,
        )
        for session in sessions.filter(starts_at__lte=now).order_by("-starts_at")
        if session.marked_count < session.expected_count  # type: ignore[attr-defined]  # annotated
    ][:COMING]
    found += [
        Deadline(title=session.title, at=session.starts_at)
        for session in sessions.filter(starts_at__gt=now).order_by("starts_at")[:COMING]
    ]
    if cohort.today(now) <= cohort.ends_on:
        found.append(Deadline(title=_("Last day of the cohort"), at=cohort.ends_on))
    return found[:most]
