"""How well a test measures, question by question, and what a cohort gained between two tests. Pure.

Difficulty: the share who answered rightly. Discrimination: the point-biserial correlation between the
question and the rest of the test (without the question itself, so that it does not agree with itself).
Gain: Hake, R. R. (1998), "Interactive-engagement versus traditional methods", Am. J. Phys. 66, 64–74.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

FEWEST = 5  # women of whom a figure may speak
HUNDREDTH = Decimal("0.01")
EASY, HARD = Decimal("0.90"), Decimal("0.30")
WEAK, GOOD = Decimal("0.15"), Decimal("0.30")


@dataclass(frozen=True)
class Sheet:
    """One woman's answers: question → whether it was right, and question → what she chose."""

    right: Mapping[str, bool]
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """A question in figures. `discrimination` is None where all answered alike, or alike in all the rest.

    `choices` counts whole answers; `chosen(option)` how many of them have this option among theirs.
    """

    question: str
    answered: int
    right: int
    discrimination: Decimal | None
    choices: Mapping[str, int]

    @property
    def difficulty(self) -> Decimal:
        """The share who answered rightly, from 0 to 1."""
        return _rounded(Decimal(self.right) / self.answered) if self.answered else Decimal(0)

    def chosen(self, option: str) -> int:
        """How many women chose this option, alone or beside others."""
        return sum(count for answer, count in self.choices.items() if option in answer.split(","))

    @property
    def is_enough(self) -> bool:
        """Whether enough women answered for a figure to say anything, and to name nobody."""
        return self.answered >= FEWEST

    @property
    def is_easy(self) -> bool:
        return self.difficulty >= EASY

    @property
    def is_hard(self) -> bool:
        return self.difficulty <= HARD

    @property
    def is_backwards(self) -> bool:
        """Who knew more answered it worse: perhaps the wrong option is marked as right."""
        return self.discrimination is not None and self.discrimination < 0

    @property
    def is_weak(self) -> bool:
        """It hardly tells who knows from who does not."""
        return self.discrimination is not None and 0 <= self.discrimination < WEAK

    @property
    def is_good(self) -> bool:
        return self.discrimination is not None and self.discrimination >= GOOD


def items(sheets: Sequence[Sheet], questions: Sequence[str]) -> list[Item]:
    """Each question in figures, in the order given; a sheet speaks only of the questions it had."""
    return [_item(question, [sheet for sheet in sheets if question in sheet.right]) for question in questions]


def _item(question: str, sheets: Sequence[Sheet]) -> Item:
    return Item(
        question=question,
        answered=len(sheets),
        right=sum(sheet.right[question] for sheet in sheets),
        discrimination=discrimination(
            [sheet.right[question] for sheet in sheets], [_rest(sheet, question) for sheet in sheets]
        ),
        choices=Counter(sheet.chosen[question] for sheet in sheets if question in sheet.chosen),
    )


def _rest(sheet: Sheet, question: str) -> Decimal:
    """The share of the other questions that she answered rightly."""
    others = [right for other, right in sheet.right.items() if other != question]
    return Decimal(sum(others)) / len(others) if others else Decimal(0)


def discrimination(right: Sequence[bool], rest: Sequence[Decimal]) -> Decimal | None:
    """The point-biserial correlation (mean of who was right − mean of the others) / σ · √(p·q).

    None where everybody, or nobody, was right, or where the rest does not differ at all.
    """
    count, ones = len(right), sum(right)
    if ones in {0, count}:
        return None
    mean = sum(rest, Decimal(0)) / count
    spread = (sum(((value - mean) ** 2 for value in rest), Decimal(0)) / count).sqrt()
    if not spread:
        return None
    pairs = list(zip(rest, right, strict=True))
    of_right = sum((value for value, is_right in pairs if is_right), Decimal(0)) / ones
    of_wrong = sum((value for value, is_right in pairs if not is_right), Decimal(0)) / (count - ones)
    share = Decimal(ones) / count
    return _rounded((of_right - of_wrong) / spread * (share * (1 - share)).sqrt())


@dataclass(frozen=True)
class Gain:
    """What a cohort gained between two tests, in whole per cent of the mean; never of one woman.

    `normalised` is the share of what was still to be learnt that was learnt (Hake's ⟨g⟩); None where
    nothing was left to learn.
    """

    pairs: int
    before: Decimal
    after: Decimal
    normalised: Decimal | None

    @property
    def points(self) -> int:
        """How many points of a hundred more (or less) there are after, as the two rounded figures differ."""
        before, after = (share.quantize(Decimal(1), ROUND_HALF_UP) for share in (self.before, self.after))
        return int(after - before)

    @property
    def difference(self) -> Decimal:
        """How far the two are apart."""
        return abs(self.after - self.before)


def gain(pairs: Sequence[tuple[Decimal, Decimal]]) -> Gain | None:
    """The gain of those who took both tests (per cent before, per cent after); None under five women."""
    if len(pairs) < FEWEST:
        return None
    before = sum((first for first, _second in pairs), Decimal(0)) / len(pairs)
    after = sum((second for _first, second in pairs), Decimal(0)) / len(pairs)
    left = 100 - before
    return Gain(
        pairs=len(pairs),
        before=_rounded(before),
        after=_rounded(after),
        normalised=_rounded((after - before) / left) if left else None,
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_EVEN)
