"""Hours against the course's rule, and taking over the rule of a former cohort. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COURSE_MINUTES = 120 * 60  # what the diploma of the school says: 120 hours
PERCENT = frozenset({"attendance", "quiz"})
CHOOSABLE = frozenset({"attendance", "quiz", "outings"})  # the others follow from the course


@dataclass(frozen=True)
class Hours:
    """Minutes of one modality: laid out, and asked by the course. `gap` > 0 says what is missing."""

    modality: str
    laid: int
    asked: int

    @property
    def gap(self) -> int:
        return self.asked - self.laid

    @property
    def missing(self) -> int:
        return max(0, self.gap)

    @property
    def over(self) -> int:
        return max(0, -self.gap)


def compare(laid: Mapping[str, int], asked: Mapping[str, int]) -> list[Hours]:
    """One line for each modality that either side knows, in the order of `asked`."""
    names = [*asked, *(name for name in laid if name not in asked)]
    return [Hours(name, laid.get(name, 0), asked.get(name, 0)) for name in names]


def total(lines: Sequence[Hours]) -> Hours:
    """All minutes laid out against the school's 120 hours."""
    return Hours("total", sum(line.laid for line in lines), COURSE_MINUTES)


Fact = dict[str, Any]


def _key(fact: Fact) -> tuple[str, str]:
    return fact["kind"], str(fact["subject"] or "")


def take_over(default: Sequence[Fact], former: Sequence[Fact]) -> list[Fact]:
    """The rule of the course as it is now, with the targets of `former` where both ask the same.

    What the former cohort did not ask is left out, except what belongs to a test or a practical that is
    new since; how many lessons there are follows from the course.
    """
    known = {_key(fact): fact for fact in former}
    rule = []
    for fact in default:
        old = known.get(_key(fact))
        if old is not None and fact["kind"] in CHOOSABLE:
            rule.append({**fact, "target": old["target"], "make_up_limit": old["make_up_limit"]})
        elif old is not None or fact["subject"]:
            rule.append(dict(fact))
    return rule
