"""What an answer, a sheet and a result are worth once people have had their say. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from courses.assessments.kinds import Key
from courses.assessments.rules import Score

UNREAD, SECOND, DIFFER, DONE = "unread", "second", "differ", "done"
COUNTED, REGRADED, BY_HAND, PENDING = "counted", "regraded", "by_hand", "pending"


@dataclass(frozen=True)
class Result:
    """A result in force: `why` says what made it (counted, regraded, by hand, or pending: not read yet).

    `row` names the record that says so beside the attempt; empty where the attempt itself does.
    """

    correct: int
    total: int
    has_passed: bool
    why: str
    row: str = field(default="", compare=False)


@dataclass(frozen=True)
class Fix:
    """What is right in a question after all; left out, it is neither asked nor counted.

    `accepted` are options, of which one is enough (all of them, where several are to be marked), or whole
    answers where a question has no options.
    """

    accepted: frozenset[str] = frozenset()
    leaves_out: bool = False


@dataclass(frozen=True)
class Reading:
    """What one reader gave an answer."""

    points: int
    by: int
    asks_second: bool = False
    is_decision: bool = False


def state_of(readings: Sequence[Reading]) -> str:
    """Where an answer stands: nobody read it, a second reading is asked for, the two differ, or done."""
    if any(reading.is_decision for reading in readings):
        return DONE
    if not readings:
        return UNREAD
    if len(readings) == 1:
        return SECOND if readings[0].asks_second else DONE
    return DONE if readings[0].points == readings[1].points else DIFFER


def points_of(readings: Sequence[Reading]) -> int | None:
    """What an answer is worth in the end; None while that is open."""
    if state_of(readings) != DONE:
        return None
    decided = [reading.points for reading in readings if reading.is_decision]
    return decided[-1] if decided else readings[0].points


def may_read(readings: Sequence[Reading], reader: int) -> bool:
    """A first reading is anybody's; a second one is someone else's."""
    state = state_of(readings)
    return state == UNREAD or (state == SECOND and reader != readings[0].by)


def grade_sheet(
    key: Mapping[str, Key | None],
    answers: Mapping[str, str],
    points: Mapping[str, int | None],
    fixes: Mapping[str, Fix],
) -> Score | None:
    """The score of a sheet: `key` says what is right in each question, None where she wrote.

    Questions left out do not count. None while something she wrote has no points yet.
    """
    correct = total = 0
    for question, right in key.items():
        fix = fixes.get(question, Fix())
        if fix.leaves_out:
            continue
        total += 1
        if right is None:
            given = points.get(question)
            if given is None:
                return None
            correct += given
        else:
            correct += right.put_right(fix.accepted).accepts(answers.get(question))
    return Score(correct=correct, total=total)
