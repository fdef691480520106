"""The course as one woman sees it: its lessons and tests in order, and how far she is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, Subquery, When
from django.urls import reverse
from django.utils.translation import get_language

from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import Result
from courses.assessments.models import Attempt, Quiz
from courses.cohorts.changes import ContentChange
from courses.cohorts.languages import module_titles
from courses.cohorts.models import CohortContent, Enrolment, module_key
from courses.pages.models import ContentVersion, LessonReview
from courses.pages.reviewing import HIDE
from courses.progress.models import LessonProgress

LESSON, QUIZ = ContentVersion.Kind.LESSON, ContentVersion.Kind.QUIZ
PINNED: tuple[str, ...] = ("kind", "key", "slug", "version__title", "module_number", "module_title")
PINNED += ("version__digest", "module_key", "version__language", "version__meaning")
PINNED += ("version__number", "last_decision", "read_again", "is_measure", "is_before")
SEEN = (
    *("enrolment", "lesson_key", "place", "completed_at", "version__number", "version__meaning"),
    *("readings__version__number", "readings__version__meaning", "readings__is_finished"),
)


@dataclass
class Step:
    """A lesson or a test of the course, in `language`; the title of its module in `module_language`.

    `place` is the block of a lesson that she reached; `tries` and `best` (correct, total) belong to tests.
    `number` is that of the version her cohort uses, `read_again` the first one that who finished before it
    should read again, `finished` the last one that she finished. A test that only measures (`is_measure`)
    keeps nobody back and is done once it is handed in.
    """

    kind: str
    key: UUID
    slug: str
    title: str
    module_number: int
    module_title: str
    digest: str
    module: UUID | None
    language: str
    meaning: str
    number: int = 1
    last_decision: str | None = None
    read_again: int | None = None
    is_measure: bool = False
    is_before: bool = False
    module_language: str = ""
    finished: int = 0
    is_seen: bool = False
    is_done: bool = False
    is_open: bool = False
    place: int = 0
    tries: int = 0
    best: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.module_language = self.module_language or self.language

    @property
    def is_lesson(self) -> bool:
        return self.kind == LESSON

    @property
    def is_hidden(self) -> bool:
        """Somebody decided that trainees do not see it for now."""
        return self.is_lesson and self.last_decision == HIDE

    @property
    def has_news(self) -> bool:
        """She finished it, and its author says that it is worth reading again. It stays finished."""
        return self.is_done and self.finished < (self.read_again or 0) and not self.is_hidden

    @property
    def url(self) -> str:
        """Where it is read or taken."""
        return reverse("courses:lesson" if self.is_lesson else "courses:quiz", args=[self.slug])


@dataclass
class Module:
    """A module with its steps. `language` is that of its title."""

    number: int
    title: str
    language: str
    key: UUID
    steps: list[Step] = field(default_factory=list)

    @property
    def needed(self) -> list[Step]:
        """The steps that belong to finishing it: tests that only measure do not."""
        return [step for step in self.steps if not step.is_measure]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.needed)


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
        return next((step for step in self.lessons if not step.is_done and not step.is_hidden), None)

    @property
    def news(self) -> list[Step]:
        """Finished lessons that are worth reading again."""
        return [step for step in self.lessons if step.has_news]

    @property
    def next_quiz(self) -> Step | None:
        tests = (step for step in self.steps if not (step.is_lesson or step.is_before))
        return next((step for step in tests if not step.is_done), None)

    @property
    def first_test(self) -> Step | None:
        """A test given before what she is about to begin; none once she finished a lesson of that module."""
        coming = self.next_lesson
        if coming is None:
            return None
        module = [step for step in self.steps if step.module_number == coming.module_number]
        if any(step.is_lesson and step.is_done for step in module):
            return None
        return next((step for step in module if step.is_before and not step.is_done), None)

    @property
    def next_step(self) -> Step | None:
        """Where she goes on: a test given before, an unfinished lesson, then a test not yet passed."""
        return self.first_test or self.next_lesson or self.next_quiz

    def modules(self) -> list[Module]:
        """The modules in order, titles as she reads them. One query where the course has another language."""
        language = get_language() or "es"
        titles = module_titles(
            {step.module for step in self.steps if step.module_language != language}, language
        )
        found: dict[int, Module] = {}
        for step in self.steps:
            number = step.module_number
            if number not in found:
                told = titles.get(step.module)
                found[number] = Module(
                    number,
                    told or step.module_title,
                    language if told else step.module_language,
                    module_key(self.enrolment_id, number),
                )
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


def _asks(**rule: Any) -> Case:
    """Whether a test says this in its frozen rules; of a lesson nothing is looked at."""
    [(name, value)] = rule.items()
    return Case(When(**{"kind": QUIZ, f"version__content__{name}": value}, then=True), default=False)


def lessons_of(enrolment: Enrolment) -> Outline:
    """The outline with her lessons, those of a former cohort too, tests without results.

    Two queries, and a third where she reads another language than that of the course.
    """
    decisions = LessonReview.objects.filter(lesson_key=OuterRef("key")).order_by("-pk")
    changes = ContentChange.objects.filter(pin=OuterRef("pk"), needs_rereading=True)
    pins = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, kind__in=[LESSON, QUIZ]).annotate(
        last_decision=Subquery(decisions.values("kind")[:1]),
        read_again=Subquery(changes.order_by("-to_version__number").values("to_version__number")[:1]),
        is_measure=_asks(pass_mark=0),
        is_before=_asks(moment=Quiz.Moment.BEFORE),
    )
    steps = [Step(*pin) for pin in pins.values_list(*PINNED)]
    _note_readings({step.key: step for step in steps if step.is_lesson}, enrolment)
    _translate(steps, get_language() or "es")
    return Outline(steps, enrolment.pk)


def _note_readings(steps: Mapping[UUID, Step], enrolment: Enrolment) -> None:
    """What she opened, how far she came and what she finished; one row for each version that she saw.

    A version that means the same, in another language, is the same text: she goes on where she was.
    """
    progress = LessonProgress.objects.filter(enrolment__in=enrolment.chain_ids())
    for (
        owner,
        key,
        place,
        completed_at,
        number,
        meaning,
        read,
        read_meaning,
        is_finished,
    ) in progress.values_list(*SEEN):
        if (step := steps.get(key)) is None:
            continue
        step.is_open = True
        step.is_done = step.is_done or completed_at is not None
        step.is_seen = step.is_seen or step.meaning in {meaning, read_meaning}
        finished = [number if completed_at else 0, read if is_finished else 0]
        step.finished = max(step.finished, *finished)
        if meaning == step.meaning and (owner == enrolment.pk or not step.place):
            step.place = place


def _translate(steps: list[Step], language: str) -> None:
    """What she reads, in her language where that says exactly the same."""
    wanted = {step.key: step.meaning for step in steps if step.language != language}
    found = ContentVersion.objects.defer("content").saying(wanted, language) if wanted else {}
    for step in steps:
        if (version := found.get(step.key)) is not None:
            step.title, step.digest, step.language = version.title, version.digest, version.language


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
