"""A test that was handed in, question by question: what she answered, what is right, and why."""

from collections.abc import Mapping
from typing import Any

from courses.assessments import kinds
from courses.assessments.grading.models import AnswerReading, fixes_of
from courses.assessments.grading.rules import Fix
from courses.assessments.models import Attempt


def told(attempt: Attempt) -> list[dict[str, Any]]:
    """Each question as shown, with what she chose or wrote, what is right now and why. Two queries."""
    frozen = {question["id"]: question for question in attempt.shown.content["questions"]}
    readings = {reading.question: reading for reading in attempt.readings.order_by("pk")}
    fixes = fixes_of(attempt.version)
    is_read = not attempt.is_pending
    return [
        _written(question, attempt.answers[question["id"]], readings.get(question["id"]) if is_read else None)
        if kinds.is_words(question)
        else explained(
            question,
            frozen[question["id"]],
            attempt.answers.get(question["id"], ""),
            fixes.get(question["id"]),
        )
        for question in attempt.questions
    ]


def _written(question: dict[str, Any], words: str, reading: AnswerReading | None) -> dict[str, Any]:
    """Her own words, and what the trainer says to them once the whole test is read."""
    return {
        "kind": kinds.SHORT_ANSWER,
        "text": question["text"],
        "words": words,
        "is_read": reading is not None,
        "is_correct": reading is not None and reading.points == 1,
        "feedback": reading.feedback if reading else "",
    }


def explained(
    question: dict[str, Any], frozen: dict[str, Any], answer: str, fix: Fix | None = None
) -> dict[str, Any]:
    """A question as shown and answered, beside what is right."""
    key = kinds.key_of(frozen)
    assert key is not None  # a question in words has no key and is told by _written
    key = key.put_right(fix.accepted if fix else frozenset())
    found = {
        "kind": key.kind,
        "text": question["text"],
        "picture": question.get("picture"),
        "is_correct": key.accepts(answer),
        "is_left_out": bool(fix and fix.leaves_out),
        "lines": kinds.said(question, answer),
        "right": kinds.said(question, key.answer),
        "tolerance": frozen.get("tolerance", "0"),
    }
    if key.kind not in kinds.WITH_OPTIONS:
        return found | {"feedback": frozen["feedback"]}
    options = _options(question, frozen, answer, key)
    says = [one["feedback"] for one in options if one["is_chosen"]] if key.kind != kinds.MULTIPLE else []
    return found | {"options": options, "feedback": " ".join(filter(None, [*says, frozen["feedback"]]))}


def _options(
    question: Mapping[str, Any], frozen: Mapping[str, Any], answer: str, key: kinds.Key
) -> list[dict[str, Any]]:
    """The options in the order she saw them; of several, each says why where it matters to her."""
    chosen, says = set(answer.split(",")), {one["id"]: one["feedback"] for one in frozen["options"]}
    return [
        {
            "text": option["text"],
            "is_chosen": option["id"] in chosen,
            "is_correct": option["id"] in key.accepted,
            "feedback": says[option["id"]],
            "is_explained": key.kind == kinds.MULTIPLE
            and (option["id"] in chosen or option["id"] in key.accepted),
        }
        for option in question["options"]
    ]
