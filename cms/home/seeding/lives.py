"""What the fictional women of the demo did: who came, who read, and why someone does not graduate."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.progress.models import LessonProgress

Modality = ClassSession.Modality


@dataclass
class Life:
    """How one woman's three months went. The defaults graduate."""

    classes_missed: int = 2
    made_up: int = 0
    outings_missed: int = 0
    tries: int = 1  # attempts at the test of `hard_quiz`; 0 = never passes it
    hard_quiz: str = "t-m2"
    wrong_before: int = 5  # wrong answers at the test «before»
    failed_rubric: str = ""
    second_try: str = ""  # the rubric she passed at the second time only
    is_often_late: bool = False
    lessons_left: int = 0
    missed: set[int] = field(default_factory=set)


SCENARIOS: dict[str, Life] = {
    "complete": Life(),
    "make_up": Life(classes_missed=5, made_up=1, second_try="o1"),
    "late": Life(classes_missed=3, is_often_late=True, second_try="o2"),
    "retry_quiz": Life(tries=3),
    "nineteen": Life(classes_missed=5),
    "quiz_below": Life(tries=0),
    "critical_step": Life(failed_rubric="o1"),
    "five_outings": Life(outings_missed=1),
    "withdrew": Life(),
    "on_track": Life(classes_missed=1),
    "behind_lessons": Life(classes_missed=1, lessons_left=5),
    "low_attendance": Life(classes_missed=4),
    "not_started_phone": Life(classes_missed=1, lessons_left=8),
}


def lives_of(scenarios: Sequence[str], dice: Random) -> list[Life]:
    """A life for each scenario; who simply finished missed a few classes, as people do."""
    lives = []
    for scenario in scenarios:
        life = replace(SCENARIOS[scenario], missed=set())
        if scenario == "complete":
            life.classes_missed = dice.choice([0, 0, 1, 2, 3, 4])
        lives.append(life)
    return lives


def draw_absences(lives: Sequence[Life], classes: int, dice: Random) -> None:
    """Choose which classes each woman missed."""
    for life in lives:
        life.missed = set(dice.sample(range(1, classes + 1), min(life.classes_missed, classes)))


def keep_registers(
    cohort: Cohort,
    enrolments: Sequence[Enrolment],
    lives: Sequence[Life],
    by: Any,
    until: datetime,
    dice: Random,
) -> None:
    """Mark every session held before `until`, as a trainer would an hour after it."""
    for session in cohort.sessions.filter(ends_at__lte=until).order_by("starts_at"):
        marks = {
            enrolment.pk: _mark(session, life, dice)
            for enrolment, life in zip(enrolments, lives, strict=True)
        }
        mark_register(session=session, marks=marks, by=by, at=session.ends_at + timedelta(hours=1))
        _make_up(session, enrolments, lives, by)


def _mark(session: ClassSession, life: Life, dice: Random) -> Mark:
    if session.modality == Modality.OUTING:
        return Mark("absent" if session.number <= life.outings_missed else "present")
    if session.modality == Modality.CLASS and session.number in life.missed:
        return Mark("excused" if session.number % 2 else "absent")
    if life.is_often_late and dice.random() < 0.4:
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


def read_lessons(
    enrolments: Sequence[Enrolment], lives: Sequence[Life], pins: Sequence[CohortContent], at: datetime
) -> None:
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


def accept(enrolments: Sequence[Enrolment], at: datetime) -> None:
    """Everybody accepts the ethics commitment in the first week."""
    for enrolment in enrolments:
        accept_ethics(enrolment=enrolment, at=at)
