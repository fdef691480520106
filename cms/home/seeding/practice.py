"""What the fictional women of the demo knew and could do: tests, answers in words, practicals, outings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cms.home.seeding import content
from cms.home.seeding.lives import Life
from courses.assessments import kinds
from courses.assessments.actions import answer_key, observe, start_attempt, submit_attempt
from courses.assessments.grading.actions import read_answer
from courses.assessments.models import Attempt, Quiz
from courses.assessments.outings.actions import note_pair
from courses.assessments.rules import only_measures
from courses.attendance.models import ClassSession
from courses.cohorts.models import CohortContent, Enrolment

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def take_quiz(
    enrolment: Enrolment, pin: CohortContent, *, wrong: int, at: datetime, words: str = "", first: int = 0
) -> Attempt:
    """Sit a test: `wrong` of its questions that are counted at once are answered wrong, the others right.

    Who misses one misses the last of the test, who misses more those from `first` on: so the last measures
    backwards, as a question does whose key may be wrong.
    """
    attempt = start_attempt(enrolment=enrolment, pin=pin, at=at)
    key, asked = answer_key(attempt), {question["id"]: question for question in attempt.questions}
    order = [question["id"] for question in pin.version.content["questions"] if question["id"] in key]
    begin = first % len(order)
    missed = order[-1:] if wrong == 1 else [*order[begin:-1], *order[:begin]][:wrong]
    answers = {
        one: wrong_answer(question, key[one]) if one in missed else key.get(one, words)
        for one, question in asked.items()
    }
    return submit_attempt(attempt=attempt, answers=answers, at=at + timedelta(minutes=12))


def wrong_answer(question: dict[str, Any], right: str) -> str:
    """An answer that is not right, as somebody might give it."""
    kind = kinds.kind_of(question)
    if kind == kinds.ORDERING:
        return ",".join(reversed(right.split(",")))
    if kind == kinds.MATCHING:
        pairs = [pair.split(":") for pair in right.split(",")]
        return ",".join(f"{pair[0]}:{pairs[place - 1][1]}" for place, pair in enumerate(pairs))
    if kind == kinds.NUMERIC:
        return f"{right}0"
    return next(option["id"] for option in question["options"] if option["id"] not in right.split(","))


def read_words(
    attempt: Attempt, *, by: Any, at: datetime, points: int = 1, asks_second: bool = False
) -> None:
    """Read what she wrote in a test, if it asks for words."""
    for question in attempt.questions:
        if kinds.is_words(question):
            read_answer(
                attempt=attempt,
                question=question["id"],
                points=points,
                asks_second=asks_second,
                by=by,
                at=at,
            )


def take_quizzes(
    enrolments: Sequence[Enrolment],
    lives: Sequence[Life],
    pins: Sequence[CohortContent],
    at: datetime,
    dice: Random,
    *,
    by: Any,
    unread: int = 0,
) -> None:
    """Everybody sits every test until she passes; the hard one takes some women several tries.

    What the last `unread` women wrote still waits to be read; for one of them a second reading is asked for.
    """
    words = content.written_answers()
    read_until = len(enrolments) - unread
    for position, (enrolment, life) in enumerate(zip(enrolments, lives, strict=True)):
        for pin in pins:
            for day, wrong in enumerate(_tries(life, pin, dice)):
                sat = at + day * DAY
                said = words[position % len(words)]
                attempt = take_quiz(enrolment, pin, wrong=wrong, at=sat, words=said, first=3 * position)
                if position < read_until:
                    read_words(attempt, by=by, at=sat + HOUR)
                elif position == read_until:
                    read_words(attempt, by=by, at=sat + HOUR, points=0, asks_second=True)


def _tries(life: Life, pin: CohortContent, dice: Random) -> list[int]:
    """How many answers were wrong in each of her attempts at this test."""
    if only_measures(pin.version.content):
        is_before = pin.version.content.get("moment") == Quiz.Moment.BEFORE
        return [life.wrong_before if is_before else dice.choice([0, 1, 1, 2])]
    tries = life.tries if pin.slug == life.hard_quiz else 1
    if not tries:
        return [2, 2, 2]
    return [*[2] * (tries - 1), dice.choice([0, 0, 1])]


def watch_practicals(
    enrolments: Sequence[Enrolment],
    lives: Sequence[Life],
    pins: Sequence[CohortContent],
    at: datetime,
    *,
    by: Any,
    second: Any = None,
) -> None:
    """Every practical is observed; who fails one fails a critical step, and may pass a week later.

    `second` assesses beside `by` who shows a practical again.
    """
    for enrolment, life in zip(enrolments, lives, strict=True):
        for pin in pins:
            steps, scale = pin.version.content["steps"], pin.version.content["scale"]
            scores = {step["id"]: scale for step in steps}
            critical = next(step["id"] for step in steps if step["is_critical"])
            failed = {**scores, critical: 0, steps[-1]["id"]: scale - 1}
            if pin.slug == life.second_try:
                comment = "Va con calma y mira a los ojos. Falta un paso crítico: lo practicamos juntas."
                observe(enrolment=enrolment, pin=pin, scores=failed, by=by, at=at - WEEK, comment=comment)
                observe(enrolment=enrolment, pin=pin, scores=scores, by=by, at=at, second=second)
            else:
                seen = failed if pin.slug == life.failed_rubric else scores
                observe(enrolment=enrolment, pin=pin, scores=seen, by=by, at=at)


def go_out(session: ClassSession, enrolments: Sequence[Enrolment], *, by: Any) -> None:
    """Note an outing in pairs; who is left over goes with a trainer."""
    for first in range(0, len(enrolments), 2):
        pair = enrolments[first : first + 2]
        note_pair(
            session=session,
            pair=(pair[0], pair[1] if len(pair) == 2 else None),
            started_at=session.starts_at,
            ended_at=session.ends_at,
            by=by,
            at=session.ends_at + HOUR,
        )
