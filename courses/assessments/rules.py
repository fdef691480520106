"""How tests and practicals are judged. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Score:
    """Correct answers of a total."""

    correct: int
    total: int

    def reaches(self, percent: int) -> bool:
        """True when the score is at least `percent` per cent, without rounding."""
        return self.total > 0 and self.correct * 100 >= percent * self.total


WORDS = 500  # characters of an answer in her own words


def right_to_pass(percent: int, total: int) -> int:
    """How many of `total` questions must be right: 70 % of 5 is 4, not 3."""
    return -(-percent * total // 100)


def only_measures(content: Mapping[str, Any]) -> bool:
    """Whether a frozen test shows what somebody knows and nobody passes or fails it: its pass mark is 0."""
    return bool(content.get("pass_mark") == 0)


@dataclass(frozen=True)
class Step:
    """A step of a rubric as judged: its points and whether it is critical."""

    points: int
    is_critical: bool


def passes(steps: Sequence[Step], pass_score: int) -> bool:
    """A practical passes with `pass_score` points in all and no critical step at zero."""
    return sum(step.points for step in steps) >= pass_score and all(
        step.points > 0 for step in steps if step.is_critical
    )


def plain(text: str) -> str:
    """What someone wrote, without what cannot be seen; lines stay."""
    seen = "".join(mark for mark in text.replace("\r\n", "\n") if mark.isprintable() or mark == "\n")
    return seen.strip()


def missed(steps: Sequence[Mapping[str, Any]], scores: Mapping[str, int]) -> list[str]:
    """The critical steps at zero, in their words: each of them keeps her from passing."""
    return [str(step["text"]) for step in steps if step["is_critical"] and not scores.get(step["id"])]


def to_practise(steps: Sequence[Mapping[str, Any]], scores: Mapping[str, int], scale: int) -> list[str]:
    """The steps that did not get all their points, in their words, the critical ones first."""
    left = [step for step in steps if scores.get(step["id"], 0) < scale]
    return [str(step["text"]) for step in sorted(left, key=lambda step: not step["is_critical"])]


def place_of(asked: str | None, answered: Sequence[bool]) -> int:
    """Which question to show (1 = first), or one more than there are for looking over.

    Without a number that makes sense: the first that has no answer yet, else looking over.
    """
    last = len(answered) + 1
    if asked and asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= last:
        return int(asked)
    return next((place for place, has_answer in enumerate(answered, start=1) if not has_answer), last)


COUNTED, IN_WORDS, ANY = "counted", "words", "any"  # which questions of a bank a test draws


def is_drawn(tags: Sequence[str], wanted: Sequence[str], which: str, *, is_in_words: bool) -> bool:
    """May a test draw a question with these tags? Where tags are `wanted`, it has one of them."""
    is_of_kind = which == ANY or is_in_words == (which == IN_WORDS)
    return is_of_kind and (not wanted or bool(set(tags) & set(wanted)))


def tags_of(text: str) -> list[str]:
    """The tags in a line: separated by commas, in small letters, each once."""
    return list(dict.fromkeys(filter(None, (" ".join(tag.split()).lower() for tag in text.split(",")))))
