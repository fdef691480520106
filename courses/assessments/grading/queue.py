"""Which answers wait to be read, and by whom: question by question, without names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property

from courses.assessments.grading.models import AnswerReading, readings_of
from courses.assessments.grading.rules import DIFFER, DONE, Reading, may_read, state_of
from courses.assessments.kinds import is_words
from courses.assessments.models import Attempt
from courses.cohorts.models import Cohort, CohortContent
from courses.pages.models import ContentVersion


def tests_of(cohort: Cohort) -> list[CohortContent]:
    """The tests of a cohort with what they ask, in the order of the course."""
    pins = CohortContent.objects.filter(cohort=cohort, kind=ContentVersion.Kind.QUIZ)
    return list(pins.select_related("version"))


def questions_of(pin: CohortContent) -> list[dict[str, Any]]:
    """What this test asks, and what it asked in the versions that the cohort used before; each once."""
    earlier = ContentVersion.objects.filter(pk__in=pin.changes.values("from_version")).order_by("-number")
    versions = [pin.version, *earlier]
    asked = {
        question["id"]: question
        for version in reversed(versions)
        for question in version.content["questions"]
    }
    now = [question["id"] for question in pin.version.content["questions"]]
    return [asked[one] for one in now] + [question for one, question in asked.items() if one not in now]


def written_questions(pin: CohortContent) -> list[dict[str, Any]]:
    """The questions of a test that are answered in words; answers of an earlier version are read too."""
    return [question for question in questions_of(pin) if is_words(question)]


@dataclass(frozen=True)
class Line:
    """One question answered in words: how many answers there are, and how far the reading is."""

    pin: CohortContent
    question: Mapping[str, Any]
    answers: int
    done: int
    for_reader: int
    differ: int

    @property
    def elsewhere(self) -> int:
        """Answers that a colleague has to read."""
        return self.answers - self.done - self.for_reader - self.differ


def lines(cohort: Cohort, reader: int) -> list[Line]:
    """Every question of the cohort that is answered in words. Three queries, and one for each test."""
    asked = {pin: written_questions(pin) for pin in tests_of(cohort)}
    pins = [pin for pin, questions in asked.items() if questions]
    sheets = list(
        Attempt.objects.submitted()
        .filter(enrolment__cohort=cohort, quiz_key__in=[pin.key for pin in pins])
        .values_list("pk", "quiz_key", "questions")
    )
    readings = readings_of([pk for pk, _key, _questions in sheets])
    found = []
    for pin in pins:
        for question in asked[pin]:
            answers = [
                readings[pk, question["id"]]
                for pk, key, questions in sheets
                if key == pin.key and any(one["id"] == question["id"] for one in questions)
            ]
            found.append(_line(pin, question, answers, reader))
    return found


def _line(
    pin: CohortContent, question: Mapping[str, Any], answers: Sequence[Sequence[Reading]], reader: int
) -> Line:
    states = [state_of(readings) for readings in answers]
    return Line(
        pin=pin,
        question=question,
        answers=len(answers),
        done=states.count(DONE),
        for_reader=sum(may_read(readings, reader) for readings in answers),
        differ=states.count(DIFFER),
    )


@dataclass(frozen=True)
class Waiting:
    """An answer for this reader: her words, never her name. `differ`: two readings to decide between."""

    attempt: Attempt
    question: str
    differ: bool

    @property
    def words(self) -> str:
        return str(self.attempt.answers[self.question])

    @property
    def asked(self) -> str:
        """The question as she read it: a newer version may ask in other words."""
        return str(next(one["text"] for one in self.attempt.questions if one["id"] == self.question))

    @cached_property
    def readings(self) -> list[AnswerReading]:
        """Both readings, for who decides; a second reader sees none."""
        if not self.differ:
            return []
        return list(self.attempt.readings.filter(question=self.question).order_by("pk"))


def waiting(pin: CohortContent, question: str, reader: int, *, may_decide: bool) -> list[Waiting]:
    """The answers to this question that wait for this reader, in no order that tells who wrote."""
    attempts = Attempt.objects.submitted().filter(
        enrolment__cohort_id=pin.cohort_id, quiz_key=pin.key, has_passed__isnull=True
    )
    sheets = [one for one in attempts.order_by("pk") if any(q["id"] == question for q in one.questions)]
    readings = readings_of([one.pk for one in sheets])
    found = []
    for attempt in sheets:
        given = readings[attempt.pk, question]
        differ = state_of(given) == DIFFER
        if may_read(given, reader) or (differ and may_decide):
            found.append(Waiting(attempt, question, differ))
    return found


def after(answers: Sequence[Waiting], skipped: UUID | None) -> Waiting | None:
    """The answer after the one she skipped, beginning again at the end; None when none waits."""
    if not answers:
        return None
    return next((one for one in answers if skipped and one.attempt.pk > skipped), answers[0])
