"""What the fictional women of the demo did: who came, who passed, and why someone does not graduate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from courses.assessments.actions import answer_key, observe, start_attempt, submit_attempt
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.progress.models import LessonProgress

Kind = ContentVersion.Kind
Modality = ClassSession.Modality


@dataclass
class Life:
    """How one woman's three months went. The defaults graduate."""

    classes_missed: int = 2
    made_up: int = 0
    outings_missed: int = 0
    failed_quiz: str = ""
    failed_rubric: str = ""
    has_accepted_ethics: bool = True
    late: bool = False
    lessons_left: int = 0
    missed: set[int] = field(default_factory=set)


def varied_lives(count: int, dice: Random) -> list[Life]:
    """`count` lives of which most graduate; five of the first 28 do not, each for another reason."""
    lives = [Life(classes_missed=dice.choice([0, 0, 1, 2, 3, 4]), late=dice.random() < 0.3) for _ in range(count)]
    reasons = [
        Life(classes_missed=5),  # 19 of 24
        Life(failed_quiz="t-m3"),
        Life(outings_missed=1),
        Life(failed_rubric="o2"),
        Life(has_accepted_ethics=False, lessons_left=2),
    ]
    if count >= 28:
        lives[-len(reasons) :] = reasons
        lives[0] = Life(classes_missed=7, made_up=4)  # 17, and four made up
    return lives


def draw_absences(lives: Sequence[Life], classes: int, dice: Random) -> None:
    """Choose which classes each woman missed."""
    for life in lives:
        life.missed = set(dice.sample(range(1, classes + 1), min(life.classes_missed, classes)))


def keep_registers(
    cohort: Cohort, enrolments: Sequence[Enrolment], lives: Sequence[Life], by: Any, until: datetime, dice: Random
) -> None:
    """Mark every session held before `until`, as a trainer would an hour after it."""
    for session in cohort.sessions.filter(ends_at__lte=until).order_by("starts_at"):
        marks = {
            enrolment.pk: _mark(session, life, dice) for enrolment, life in zip(enrolments, lives, strict=True)
        }
        mark_register(session=session, marks=marks, by=by, at=session.ends_at + timedelta(hours=1))
        _make_up(session, enrolments, lives, by)


def _mark(session: ClassSession, life: Life, dice: Random) -> Mark:
    if session.modality == Modality.OUTING:
        return Mark("absent" if session.number <= life.outings_missed else "present")
    if session.modality == Modality.CLASS and session.number in life.missed:
        return Mark("excused" if session.number % 2 else "absent")
    if life.late and dice.random() < 0.15:
        return Mark("late", late_by=20)
    return Mark("present")


def _make_up(session: ClassSession, enrolments: Sequence[Enrolment], lives: Sequence[Life], by: Any) -> None:
    """Correct the first absences of whoever made them up, a week later."""
    if session.modality != Modality.CLASS:
        return
    marks: dict[UUID, Mark] = {}
    for enrolment, life in zip(enrolments, lives, strict=True):
        if session.number in sorted(life.missed)[: life.made_up]:
            marks[enrolment.pk] = Mark("made_up")
    if marks:
        mark_register(session=session, marks=marks, by=by, at=session.ends_at + timedelta(days=7))


def read_lessons(enrolments: Sequence[Enrolment], lives: Sequence[Life], pins: Sequence[CohortContent], at: datetime) -> None:
    """Everybody finishes her lessons but those she has left."""
    LessonProgress.objects.bulk_create(
        LessonProgress(
            enrolment=enrolment,
            lesson_key=pin.key,
            version=pin.version,
            started_at=at - timedelta(minutes=25),
            completed_at=at,
        )
        for enrolment, life in zip(enrolments, lives, strict=True)
        for pin in (pins[: -life.lessons_left] if life.lessons_left else pins)
    )


def take_quiz(enrolment: Enrolment, pin: CohortContent, *, wrong: int, at: datetime) -> None:
    """Sit a test and get `wrong` answers wrong."""
    attempt = start_attempt(enrolment=enrolment, pin=pin, at=at)
    key = answer_key(attempt)
    answers = {}
    for position, question in enumerate(attempt.questions):
        right = key[question["id"]]
        others = [option["id"] for option in question["options"] if option["id"] != right]
        answers[question["id"]] = others[0] if position < wrong else right
    submit_attempt(attempt=attempt, answers=answers, at=at + timedelta(minutes=12))


def take_quizzes(
    enrolments: Sequence[Enrolment], lives: Sequence[Life], pins: Sequence[CohortContent], at: datetime, dice: Random
) -> None:
    """Everybody sits every test; some need two attempts, and one never passes."""
    for enrolment, life in zip(enrolments, lives, strict=True):
        for pin in pins:
            fails = life.failed_quiz == pin.slug
            if fails or dice.random() < 0.15:
                take_quiz(enrolment, pin, wrong=3, at=at)
            if fails:
                take_quiz(enrolment, pin, wrong=2, at=at + timedelta(days=1))
            else:
                take_quiz(enrolment, pin, wrong=dice.choice([0, 0, 1]), at=at + timedelta(days=2))


def watch_practicals(
    enrolments: Sequence[Enrolment], lives: Sequence[Life], pins: Sequence[CohortContent], by: Any, at: datetime
) -> None:
    """Every practical is observed; who fails one fails a critical step."""
    for enrolment, life in zip(enrolments, lives, strict=True):
        for pin in pins:
            content = pin.version.content
            scores = {step["id"]: content["scale"] for step in content["steps"]}
            if life.failed_rubric == pin.slug:
                scores[next(step["id"] for step in content["steps"] if step["is_critical"])] = 0
            observe(enrolment=enrolment, pin=pin, scores=scores, by=by, at=at)


def accept(enrolments: Sequence[Enrolment], lives: Sequence[Life], at: datetime) -> None:
    """The ethics commitment, by whoever accepted it."""
    for enrolment, life in zip(enrolments, lives, strict=True):
        if life.has_accepted_ethics:
            accept_ethics(enrolment=enrolment, at=at)
