"""Figures of questions and of gain, against examples counted by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.statistics import Gain, Item, Sheet, discrimination, gain, items

D = Decimal


def sheets(*rows: str) -> list[Sheet]:
    """One string a woman, one sign a question: 1 right, 0 wrong, . not asked."""
    return [
        Sheet({f"q{n}": sign == "1" for n, sign in enumerate(row) if sign != "."}, chosen={}) for row in rows
    ]


def test_difficulty_is_the_share_of_right_answers() -> None:
    found = items(sheets("10", "10", "11", "00", "1."), ["q0", "q1"])
    assert [(one.answered, one.right, one.difficulty) for one in found] == [
        (5, 4, D("0.80")),
        (4, 1, D("0.25")),
    ]


def test_discrimination_against_an_example_counted_by_hand() -> None:
    # Rest scores 4 3 2 1 of 4; right: the first two. Means 0.875 and 0.375, σ = √0.078125 = 0.279508…,
    # √(½·½) = ½: (0.5 / 0.279508) · ½ = 0.894427…
    rest = [D("1"), D("0.75"), D("0.5"), D("0.25")]
    assert discrimination([True, True, False, False], rest) == D("0.89")
    assert discrimination([False, False, True, True], rest) == D("-0.89")


def test_the_question_itself_is_not_in_the_rest() -> None:
    # Two questions that contradict each other: q0 right exactly where q1 is wrong.
    found = items(sheets("10", "10", "01", "01"), ["q0"])[0]
    assert found.discrimination == D("-1.00")
    assert found.is_backwards


@pytest.mark.parametrize(
    ("figure", "expected"),
    [("-0.01", (True, False)), ("0.00", (False, True)), ("0.14", (False, True)), ("0.15", (False, False))],
)
def test_below_zero_the_key_is_doubted(figure: str, expected: tuple[bool, bool]) -> None:
    item = Item("q0", answered=9, right=4, discrimination=D(figure), choices={})
    assert (item.is_backwards, item.is_weak) == expected


@pytest.mark.parametrize(
    ("before", "after", "points"), [("66.50", "93.49", 26), ("40.00", "40.49", 0), ("80.00", "66.67", -13)]
)
def test_the_difference_is_that_of_the_figures_shown(before: str, after: str, points: int) -> None:
    assert Gain(5, D(before), D(after), None).points == points


@pytest.mark.parametrize(
    ("right", "rest"),
    [([True, True], [D(1), D(0)]), ([False, False], [D(1), D(0)]), ([True, False], [D(1), D(1)]), ([], [])],
    ids=["all right", "all wrong", "the rest is alike", "nobody"],
)
def test_what_cannot_be_said_is_not_said(right: list[bool], rest: list[Decimal]) -> None:
    assert discrimination(right, rest) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=60))
def test_discrimination_stays_between_minus_one_and_one(rows: list[tuple[bool, int]]) -> None:
    found = discrimination([right for right, _rest in rows], [D(rest) / 20 for _right, rest in rows])
    assert found is None or -1 <= found <= 1


def test_what_was_chosen_is_counted() -> None:
    rows = [Sheet({"q": choice == "a"}, {"q": choice}) for choice in "aabca"]
    assert items(rows, ["q"])[0].choices == {"a": 3, "b": 1, "c": 1}


def test_five_is_enough_and_four_is_not() -> None:
    assert not items(sheets(*["1"] * 4), ["q0"])[0].is_enough
    assert items(sheets(*["1"] * 5), ["q0"])[0].is_enough
    assert gain([(D(40), D(70))] * 4) is None


def test_gain_against_an_example_counted_by_hand() -> None:
    # Means 50 and 80: 30 of the 50 points left to learn, 0.6.
    found = gain([(D(40), D(70)), (D(60), D(90)), (D(50), D(80)), (D(30), D(60)), (D(70), D(100))])
    assert found is not None
    assert (found.pairs, found.before, found.after, found.normalised) == (5, D(50), D(80), D("0.60"))


def test_a_loss_is_said_too() -> None:
    found = gain([(D(50), D(40))] * 5)
    assert found is not None
    assert found.normalised == D("-0.20")


def test_who_knew_everything_before_has_nothing_to_gain() -> None:
    found = gain([(D(100), D(90))] * 5)
    assert found is not None
    assert found.normalised is None
