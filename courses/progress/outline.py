"""The course as one woman sees it: its lessons and tests in order, and how far she is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import Result
from courses.assessments.models import Attempt
from courses.cohorts.models import CohortContent, Enrolment, module_key
from courses.pages.models import ContentVersion
from courses.progress.models import LessonProgress

LESSON, QUIZ = ContentVersion.Kind.LESSON, ContentVersion.Kind.QUIZ
PINNED = ("kind", "key", "slug", "version__title", "module_number", "module_title", "version__digest")


@dataclass
class Step:
    """A lesson or a test of the course.

    `place` is the block of a lesson that she reached; `tries` and `best` (correct, total) belong to tests.
    """

    kind: str
    key: UUID
    slug: str
    title: str
    module_number: int
    module_title: str
    digest: str
    is_done: bool = False
    is_open: bool = False
    place: int = 0
    tries: int = 0
    best: tuple[int, int] | None = None

    @property
    def is_lesson(self) -> bool:
        return self.kind == LESSON

    @property
    def url(self) -> str:
        """Where it is read or taken."""
        return reverse("courses:lesson" if self.is_lesson else "courses:quiz", args=[self.slug])


@dataclass
class Module:
    """A module with its steps."""

    number: int
    title: str
    key: UUID
    steps: list[Step] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


@dataclass
class Outline:
    """All steps in order."""

    steps: list[Step]
    enrolment_id: UUID

    @property
    def lessons(self) -> list[Step]:
        return [step for step in self.steps if step.is_lesson]

    @property
    def lessons_done(self) -> int:
        return sum(step.is_done for step in self.lessons)

    @property
    def next_lesson(self) -> Step | None:
        return next((step for step in self.lessons if not step.is_done), None)

    @property
    def next_quiz(self) -> Step | None:
        return next((step for step in self.steps if not step.is_lesson and not step.is_done), None)

    @property
    def next_step(self) -> Step | None:
        """Where she goes on: an unfinished lesson first, then a test not yet passed."""
        return self.next_lesson or self.next_quiz

    def modules(self) -> list[Module]:
        found: dict[int, Module] = {}
        for step in self.steps:
            number = step.module_number
            if number not in found:
                found[number] = Module(number, step.module_title, module_key(self.enrolment_id, number))
            found[number].steps.append(step)
        return list(found.values())

    def find(self, key: UUID) -> Step:
        """The step of that key. Raises StopIteration when the cohort does not use it."""
        return next(step for step in self.steps if step.key == key)

    def named(self, kind: str, slug: str) -> Step | None:
        """The step at this address; None when the cohort does not use it."""
        return next((step for step in self.steps if (step.kind, step.slug) == (kind, slug)), None)

    def around(self, step: Step) -> tuple[Step | None, Step | None]:
        """The steps before and after `step`."""
        position = self.steps.index(step)
        before = self.steps[position - 1] if position else None
        after = self.steps[position + 1] if position + 1 < len(self.steps) else None
        return before, after


def lessons_of(enrolment: Enrolment) -> Outline:
    """The outline with her lessons, those of a former cohort too, tests without results. Two queries."""
    pins = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, kind__in=[LESSON, QUIZ])
    steps = [Step(*pin) for pin in pins.values_list(*PINNED)]
    chain = enrolment.chain_ids()
    progress = LessonProgress.objects.filter(enrolment__in=chain)
    seen: dict[UUID, tuple[int, datetime | None]] = {}
    for owner, key, place, at in progress.values_list("enrolment", "lesson_key", "place", "completed_at"):
        before = seen.get(key, (0, None))
        seen[key] = (place if owner == enrolment.pk else before[0] or place, before[1] or at)
    for step in steps:
        if step.key in seen:
            step.place, completed_at = seen[step.key]
            step.is_open, step.is_done = True, completed_at is not None
    return Outline(steps, enrolment.pk)


def outline_of(enrolment: Enrolment) -> Outline:
    """The whole outline with her tests, of a former cohort too. Three queries; five once one is handed in."""
    outline = lessons_of(enrolment)
    attempts: dict[UUID, list[Attempt]] = defaultdict(list)
    hers = Attempt.objects.filter(enrolment__in=enrolment.chain_ids())
    for attempt in hers.only(
        "enrolment_id", "quiz_key", "submitted_at", "correct", "total", "has_passed"
    ).order_by("started_at"):
        if attempt.submitted_at is not None or attempt.enrolment_id == enrolment.pk:
            attempts[attempt.quiz_key].append(attempt)
    results = result_in_force(attempt for tries in attempts.values() for attempt in tries)
    for step in outline.steps:
        if not step.is_lesson:
            _note_attempts(step, attempts[step.key], results)
    return outline


def _note_attempts(step: Step, attempts: list[Attempt], results: Mapping[UUID, Result]) -> None:
    found = [results[attempt.pk] for attempt in attempts if attempt.submitted_at is not None]
    step.tries = len(found)
    step.is_open = len(found) < len(attempts)
    step.is_done = any(result.has_passed for result in found)
    scores = [(result.correct, result.total) for result in found]
    step.best = max(scores, key=lambda score: score[0] * 100 // score[1], default=None)
