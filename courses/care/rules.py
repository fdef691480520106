"""The short lists of care: why someone is away, how a class is made up, what was done. Pure.

A reason is only counted for the whole cohort (ReasonTally). It never stands beside a person.
"""

from dataclasses import dataclass

EXCUSE, WITHDRAWAL, RETURN = "excuse", "withdrawal", "return"
NOT_SAID = "not_said"
REASONS: dict[str, tuple[str, ...]] = {
    EXCUSE: ("time", "care", "health", "way", "safety", "other", NOT_SAID),
    WITHDRAWAL: ("time", "care", "moved", "health", "way", "other", NOT_SAID),
    RETURN: ("time", "care", "back", "invited", "other", NOT_SAID),
}
FEWEST_TO_SHOW = 5  # a smaller number could point at somebody

TUTORING, LESSON, OUTING = "tutoring", "lesson", "outing"

CALLED, TALKED, TRY_AGAIN, ALL_WELL, LATER = "called", "talked", "try_again", "all_well", "later"
DAYS_ASIDE = 7
SETS_ASIDE = frozenset({ALL_WELL, LATER})


def is_reason(kind: str, reason: str) -> bool:
    """True for a reason of the short list of this kind."""
    return reason in REASONS.get(kind, ())


IN_A_ROW, OUT_OF_REACH, CLOSE, TEST, UNSEEN = "in_a_row", "out_of_reach", "close", "test", "unseen"
ROW, TRIES, DAYS_UNSEEN = 2, 2, 14


@dataclass(frozen=True)
class Facts:
    """What the list «to call» looks at in one woman, in numbers.

    `tests`: tests failed twice or more and not passed. `days_unseen`: None while nobody can tell.
    """

    in_a_row: int = 0
    is_out_of_reach: bool = False
    is_close: bool = False
    may_miss: int = 0
    tests: int = 0
    days_unseen: int | None = None


@dataclass(frozen=True)
class Signal:
    """Why somebody may want to call her: a word and its number."""

    what: str
    number: int = 0


def signals(facts: Facts) -> tuple[Signal, ...]:
    """The signals of one woman, the most urgent first; none when there is no need to call."""
    found = []
    if facts.in_a_row >= ROW:
        found.append(Signal(IN_A_ROW, facts.in_a_row))
    if facts.is_out_of_reach:
        found.append(Signal(OUT_OF_REACH))
    elif facts.is_close:
        found.append(Signal(CLOSE, facts.may_miss))
    if facts.tests:
        found.append(Signal(TEST, facts.tests))
    if facts.days_unseen is not None and facts.days_unseen >= DAYS_UNSEEN:
        found.append(Signal(UNSEEN, facts.days_unseen))
    return tuple(found)
