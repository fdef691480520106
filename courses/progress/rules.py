"""Has she finished? The one rule of the school. Pure: no database, no framework.

A rule set is a list of `Requirement`; a `Record` is everything known of one person. `decide` gives one
`Verdict` per requirement, so that every screen, the acta and the evidence say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from courses.assessments.rules import Score
from courses.attendance.rules import needed as share

ATTENDANCE, QUIZ, OUTINGS, LESSONS, PRACTICAL, ETHICS = (
    "attendance",
    "quiz",
    "outings",
    "lessons",
    "practical",
    "ethics",
)


@dataclass(frozen=True)
class Requirement:
    """One thing to meet. `target` is per cent for attendance and quizzes, a count for the rest."""

    kind: str
    label: str
    target: int
    subject: str | None = None
    make_up_limit: int = 0


@dataclass(frozen=True)
class Record:
    """What is known of one person when the rule is asked.

    `planned`: planned class sessions that were not cancelled. `attended`: those she attended, late included,
    made-up ones not. `made_up`: those made up. `scores`: best score per quiz key. `practicals`: rubric keys
    passed.
    `sources`: for each requirement's kind (and subject), the ids of the records it rests on.
    """

    planned: int = 0
    attended: int = 0
    made_up: int = 0
    outings: int = 0
    lessons: int = 0
    scores: Mapping[str, Score] = field(default_factory=dict)
    practicals: frozenset[str] = frozenset()
    ethics: bool = False
    sources: Mapping[tuple[str, str | None], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A requirement with what was reached: `value` of `total`, of which `needed` were asked."""

    requirement: Requirement
    value: int
    needed: int
    total: int
    is_met: bool
    sources: tuple[str, ...] = ()


def _measure(requirement: Requirement, record: Record) -> tuple[int, int, int]:
    """(value, needed, total) of one requirement."""
    target = requirement.target
    match requirement.kind:
        case "attendance":
            value = record.attended + min(record.made_up, requirement.make_up_limit)
            return value, share(target, record.planned), record.planned
        case "quiz":
            score = record.scores.get(requirement.subject or "")
            return (score.correct, share(target, score.total), score.total) if score else (0, 1, 0)
        case "outings":
            return record.outings, target, target
        case "lessons":
            return record.lessons, target, target
        case "practical":
            return int((requirement.subject or "") in record.practicals), 1, 1
        case "ethics":
            return int(record.ethics), 1, 1
    raise ValueError(f"unknown requirement kind {requirement.kind!r}")


def decide(record: Record, requirements: Sequence[Requirement]) -> list[Verdict]:
    """One verdict per requirement, in their order. Raises ValueError for a kind that does not exist."""
    verdicts = []
    for requirement in requirements:
        value, needed, total = _measure(requirement, record)
        nothing_to_meet = requirement.kind == ATTENDANCE and record.planned == 0
        verdicts.append(
            Verdict(
                requirement=requirement,
                value=value,
                needed=needed,
                total=total,
                is_met=value >= needed and not nothing_to_meet,
                sources=tuple(record.sources.get((requirement.kind, requirement.subject), ())),
            )
        )
    return verdicts


def is_complete(verdicts: Sequence[Verdict]) -> bool:
    """True when there is at least one requirement and every one is met."""
    return bool(verdicts) and all(verdict.is_met for verdict in verdicts)
