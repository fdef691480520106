"""Has she finished? The one rule of the school. Pure: no database, no framework.

A rule set is a list of `Requirement`; a `Record` is everything known of one person. `decide` gives one
`Verdict` per requirement, so that every screen, the acta and the evidence say the same.
"""

from collections.abc import Collection, Mapping, Sequence
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
    made-up ones not. `made_up`: those made up. `scores`: best score per quiz key. `unread`: quiz keys with an
    attempt handed in that waits to be read. `practicals`: rubric keys passed.
    `sources`: for each requirement's kind (and subject), the ids of the records it rests on.
    """

    planned: int = 0
    attended: int = 0
    made_up: int = 0
    outings: int = 0
    lessons: int = 0
    scores: Mapping[str, Score] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    practicals: frozenset[str] = frozenset()
    ethics: bool = False
    sources: Mapping[tuple[str, str | None], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Credit:
    """A session she was at, as it counts. `is_own`: of her cohort; otherwise of one she was transferred from.

    `meeting` (modality and number) is what two cohorts of a course share: the fifth class is the fifth class.
    """

    source: str
    is_own: bool
    is_class: bool
    is_outing: bool
    meeting: tuple[str, int]
    is_made_up: bool = False
    minutes: int = 0


@dataclass
class Credited:
    """What her credits come to."""

    attended: int = 0
    made_up: int = 0
    outings: int = 0
    minutes: int = 0
    class_sources: list[str] = field(default_factory=list)
    outing_sources: list[str] = field(default_factory=list)


def credited(credits: Sequence[Credit], planned: Collection[int]) -> Credited:
    """Count each meeting once, by the credit that is worth most; among equals her own cohort's.

    A class of a former cohort counts for the class of the same number in hers, if that is `planned` and not
    cancelled; otherwise its minutes count and nothing else, so that nobody attends more than the plan holds.
    """

    def counts(credit: Credit) -> bool:
        return credit.is_outing or (credit.is_class and (credit.is_own or credit.meeting[1] in planned))

    best: dict[tuple[str, int], Credit] = {}
    for credit in sorted(credits, key=lambda one: (not counts(one), one.is_made_up, not one.is_own)):
        best.setdefault(credit.meeting, credit)
    total = Credited()
    for credit in (one for one in credits if best[one.meeting] is one):
        total.minutes += credit.minutes
        if credit.is_outing:
            total.outings += 1
            total.outing_sources.append(credit.source)
        elif counts(credit):
            total.made_up += credit.is_made_up
            total.attended += not credit.is_made_up
            total.class_sources.append(credit.source)
    return total


@dataclass(frozen=True)
class Verdict:
    """A requirement with what was reached: `value` of `total`, of which `needed` were asked.

    `waits`: a test without a result yet, handed in and not read to the end.
    """

    requirement: Requirement
    value: int
    needed: int
    total: int
    is_met: bool
    sources: tuple[str, ...] = ()
    waits: bool = False


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
        subject = requirement.subject or ""
        is_unread = requirement.kind == QUIZ and subject not in record.scores and subject in record.unread
        nothing_to_meet = requirement.kind == ATTENDANCE and record.planned == 0
        verdicts.append(
            Verdict(
                requirement=requirement,
                value=value,
                needed=needed,
                total=total,
                is_met=value >= needed and not nothing_to_meet,
                sources=tuple(record.sources.get((requirement.kind, requirement.subject), ())),
                waits=is_unread,
            )
        )
    return verdicts


def is_complete(verdicts: Sequence[Verdict]) -> bool:
    """True when there is at least one requirement and every one is met."""
    return bool(verdicts) and all(verdict.is_met for verdict in verdicts)
