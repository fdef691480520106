"""The short lists of care: how a class is made up, what was done, when somebody may want to call. Pure."""

from dataclasses import dataclass

TUTORING, LESSON, OUTING = "tutoring", "lesson", "outing"

CALLED, TALKED, TRY_AGAIN, ALL_WELL, LATER = "called", "talked", "try_again", "all_well", "later"
DAYS_ASIDE = 7
SETS_ASIDE = frozenset({ALL_WELL, LATER})


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
