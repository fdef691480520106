"""Every kind of question: what travels, what is kept, what is right. Tables of cases, no database."""

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments import kinds
from courses.assessments.kinds import Unreadable, is_answered, key_of, read, said, shown

OPTIONS = [
    {"id": letter, "text": letter.upper(), "is_correct": letter in "ab", "feedback": ""} for letter in "abc"
]
SINGLE = {
    "id": "s",
    "kind": "single",
    "text": "?",
    "options": [{**one, "is_correct": one["id"] == "a"} for one in OPTIONS],
}
OLD = {name: SINGLE[name] for name in ("id", "text", "options")}
MULTIPLE = {"id": "m", "kind": "multiple", "text": "?", "options": OPTIONS}
TRUE_FALSE = {**SINGLE, "kind": "true_false"}
ORDERING = {
    "id": "o",
    "kind": "ordering",
    "text": "?",
    "options": [],
    "items": [{"id": one, "text": f"línea {one}"} for one in "xyz"],
}
MATCHING = {
    "id": "p",
    "kind": "matching",
    "text": "?",
    "options": [],
    "pairs": [
        {"left": {"id": "l1", "text": "PrEP"}, "right": {"id": "r1", "text": "antes"}},
        {"left": {"id": "l2", "text": "PEP"}, "right": {"id": "r2", "text": "después"}},
        {"left": {"id": "l3", "text": "Condón"}, "right": {"id": "r1", "text": "antes"}},
    ],
}
NUMERIC = {"id": "n", "kind": "numeric", "text": "?", "options": [], "answer": "2.5", "tolerance": "0.5"}
WORDS = {"id": "w", "text": "?", "options": [], "is_text": True}
ALL: list[dict[str, Any]] = [SINGLE, OLD, MULTIPLE, TRUE_FALSE, ORDERING, MATCHING, NUMERIC]
IDS = [str(one.get("kind", "old")) for one in ALL]


@pytest.mark.parametrize("question", ALL, ids=IDS)
def test_what_travels_does_not_tell_what_is_right(question: dict[str, Any]) -> None:
    first, second = (shown(question, Random(seed)) for seed in (1, 1))
    assert first == second
    told = json.dumps(first)
    assert not [word for word in ("correct", "answer", "tolerance", "feedback", "pairs") if word in told]


def test_both_sides_of_a_matching_and_the_lines_of_an_ordering_are_shuffled() -> None:
    seen = [shown(MATCHING, Random(seed)) for seed in range(20)]
    assert {tuple(one["id"] for one in sheet["right"]) for sheet in seen} == {("r1", "r2"), ("r2", "r1")}
    orders = {tuple(one["id"] for one in shown(ORDERING, Random(seed))["items"]) for seed in range(100)}
    assert len(orders) == 6


@pytest.mark.parametrize("question", ALL, ids=IDS)
def test_the_key_gives_an_answer_that_is_kept_as_it_is_and_right(question: dict[str, Any]) -> None:
    key, sheet = key_of(question), shown(question, Random(3))
    assert key is not None
    assert read(sheet, key.answer) == key.answer
    assert is_answered(sheet, key.answer)
    assert key.accepts(key.answer)
    assert said(sheet, key.answer) == said(question, key.answer) != []


CASES: list[tuple[dict[str, Any], str, str | None, bool, bool]] = [
    # question, as sent, as kept (None: refused), is it an answer, is it right
    (SINGLE, "b", "b", True, False),
    (SINGLE, "z", None, False, False),
    (SINGLE, "", None, False, False),
    (OLD, "a", "a", True, True),
    (MULTIPLE, "b,a", "a,b", True, True),
    (MULTIPLE, "a", "a", True, False),
    (MULTIPLE, "a,b,c", "a,b,c", True, False),
    (MULTIPLE, "a,a", None, False, False),
    (MULTIPLE, "", "", False, False),
    (ORDERING, "x,y,z", "x,y,z", True, True),
    (ORDERING, "z:3,x:1,y:2", "x,y,z", True, True),
    (ORDERING, "z,y,x", "z,y,x", True, False),
    (ORDERING, "x:1,y:1", "x:1,y:1", False, False),
    (ORDERING, "x:1,y:1,z:2", "x:1,y:1,z:2", False, False),
    (ORDERING, "x:4", None, False, False),
    (ORDERING, "x,y", None, False, False),
    (ORDERING, "x:1,x:2", None, False, False),
    (ORDERING, "x:1,y", None, False, False),
    (MATCHING, "l2:r2,l1:r1,l3:r1", "l1:r1,l2:r2,l3:r1", True, True),
    (MATCHING, "l1:r2,l2:r1,l3:r1", "l1:r2,l2:r1,l3:r1", True, False),
    (MATCHING, "l1:r1", "l1:r1", False, False),
    (MATCHING, "l1:r9", None, False, False),
    (MATCHING, "r1:l1", None, False, False),
    (MATCHING, "l1:r1,l1:r2", None, False, False),
    (NUMERIC, " 2,5 ", "2,5", True, True),
    (NUMERIC, "3", "3", True, True),
    (NUMERIC, "3.01", "3.01", True, False),
    (NUMERIC, "-2.5", "-2.5", True, False),
    (NUMERIC, "dos", "dos", False, False),
    (NUMERIC, "NaN", "NaN", False, False),
    (NUMERIC, "1e9", "1e9", False, False),
    (NUMERIC, "٣", "٣", False, False),
    (NUMERIC, "2" * 21, None, False, False),
]


@pytest.mark.parametrize(("question", "sent", "kept", "is_one", "is_right"), CASES)
def test_what_is_kept_and_what_is_right(
    question: dict[str, Any], sent: str, kept: str | None, is_one: bool, is_right: bool
) -> None:
    sheet, key = shown(question, Random(1)), key_of(question)
    assert key is not None
    if kept is None:
        with pytest.raises(Unreadable):
            read(sheet, sent)
        return
    assert read(sheet, sent) == kept
    assert is_answered(sheet, kept) is is_one
    assert (is_one and key.accepts(kept)) is is_right


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("28", {"28"}),
        ("1,000", {"1", "1000"}),
        ("12,500.5", set()),
        ("1 000", {"1000"}),
        ("2.50", {"2.5"}),
        ("−4", {"-4"}),
        ("", set()),
    ],
)
def test_a_comma_may_stand_before_decimals_or_between_thousands(typed: str, means: set[str]) -> None:
    assert kinds.numbers(typed) == {Decimal(one) for one in means}


@given(
    answer=st.text(max_size=80) | st.text(alphabet="abcxyzlr123:,.", max_size=40),
    question=st.sampled_from(ALL),
)
def test_whatever_is_sent_is_refused_or_kept_once_and_for_all(answer: str, question: dict[str, Any]) -> None:
    sheet, key = shown(question, Random(1)), key_of(question)
    assert key is not None
    try:
        kept = read(sheet, answer)
    except Unreadable:
        return
    assert len(kept) <= kinds.LONGEST
    assert (read(sheet, kept) if kept else "") == kept
    assert is_answered(sheet, kept) or not (kept and key.kind in kinds.WITH_OPTIONS)
    said(sheet, kept)
    kinds.places_of(sheet, kept) if key.kind in {"ordering", "matching"} else None


@given(order=st.permutations("xyz"), places=st.lists(st.integers(1, 3), min_size=3, max_size=3))
def test_an_ordering_is_kept_in_full_or_as_it_stands(order: list[str], places: list[int]) -> None:
    sheet = shown(ORDERING, Random(1))
    sent = ",".join(f"{item}:{place}" for item, place in zip(order, places, strict=True))
    kept = read(sheet, sent)
    assert kinds.places_of(sheet, kept) == {
        item: str(place) for item, place in zip(order, places, strict=True)
    }
    assert is_answered(sheet, kept) is (sorted(places) == [1, 2, 3])


@given(chosen=st.sets(st.sampled_from("abc"), min_size=1))
def test_of_several_all_and_only_the_right_ones_count(chosen: set[str]) -> None:
    key = key_of(MULTIPLE)
    assert key is not None
    assert key.accepts(read(shown(MULTIPLE, Random(1)), ",".join(chosen))) is (chosen == {"a", "b"})


@given(
    answer=st.decimals("-999", "999", places=3),
    tolerance=st.decimals("0", "10", places=2),
    off=st.decimals("-20", "20", places=3),
    write=st.sampled_from([str, lambda number: str(number).replace(".", ",")]),
)
def test_a_number_is_right_within_its_tolerance_with_comma_or_point(
    answer: Decimal, tolerance: Decimal, off: Decimal, write: Callable[[Decimal], str]
) -> None:
    key = key_of({**NUMERIC, "answer": f"{answer:f}", "tolerance": f"{tolerance:f}"})
    assert key is not None
    if abs(off) <= tolerance:
        assert key.accepts(write(Decimal(f"{answer + off:f}")))


@pytest.mark.parametrize(
    ("question", "accepted", "may"),
    [
        (SINGLE, {"a", "b"}, True),
        (SINGLE, {"z"}, False),
        (SINGLE, set(), False),
        (ORDERING, {"x,y,z", "y,x,z"}, True),
        (ORDERING, {"x:1"}, False),
        (NUMERIC, {"2.5", "3"}, True),
        (NUMERIC, {"dos"}, False),
        (MATCHING, {"l1:r1"}, False),
        (WORDS, set(), True),
        (WORDS, {"algo"}, False),
    ],
)
def test_what_may_be_right_after_all(question: dict[str, Any], accepted: set[str], may: bool) -> None:
    assert kinds.may_accept(question, frozenset(accepted)) is may


def test_two_orders_may_be_right_after_all() -> None:
    key = key_of(ORDERING)
    assert key is not None
    fixed = key.put_right(frozenset({"x,y,z", "y,x,z"}))
    assert fixed.accepts("y,x,z")
    assert not fixed.accepts("z,x,y")


# Drawing.


def test_each_pool_gives_its_share_and_anchors_come_first_where_a_test_measures() -> None:
    questions = [{**SINGLE, "id": f"q{n}", "is_anchor": n in {3, 7}} for n in range(10)]
    pools = [
        {"count": 1, "questions": ["q0", "q1", "q2"]},
        {"count": 3, "questions": [f"q{n}" for n in range(3, 10)]},
    ]
    content = {"draw": 4, "questions": questions, "pools": pools}
    for seed in range(20):
        asked = {one["id"] for one in kinds.draw({**content, "moment": "after"}, Random(seed))}
        assert len(asked) == 4
        assert {"q3", "q7"} <= asked
        assert len(asked & {"q0", "q1", "q2"}) == 1
    drawn = [{one["id"] for one in kinds.draw(content, Random(seed))} for seed in range(40)]
    assert not all("q3" in asked for asked in drawn)


def test_a_test_frozen_before_there_were_pools_is_drawn_as_ever() -> None:
    content = {"draw": 2, "questions": [{**OLD, "id": f"q{n}"} for n in range(5)]}
    assert len(kinds.draw(content, Random(1))) == 2
