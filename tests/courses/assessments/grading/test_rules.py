"""What an answer and a sheet are worth: tables of cases, no database."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.grading.rules import Fix, Reading, grade_sheet, may_read, points_of, state_of
from courses.assessments.kinds import Key
from courses.assessments.rules import Score

ONE, NONE = Reading(1, by=1), Reading(0, by=1)
ASKED = Reading(1, by=1, asks_second=True)
AGREES, DIFFERS = Reading(1, by=2), Reading(0, by=2)
DECIDED = Reading(0, by=3, is_decision=True)


@pytest.mark.parametrize(
    ("readings", "state", "points"),
    [
        ([], "unread", None),
        ([ONE], "done", 1),
        ([NONE], "done", 0),
        ([ASKED], "second", None),
        ([ASKED, AGREES], "done", 1),
        ([ASKED, DIFFERS], "differ", None),
        ([ASKED, DIFFERS, DECIDED], "done", 0),
    ],
)
def test_where_an_answer_stands(readings: Sequence[Reading], state: str, points: int | None) -> None:
    assert state_of(readings) == state
    assert points_of(readings) == points


@pytest.mark.parametrize(
    ("readings", "reader", "may"),
    [
        ([], 1, True),
        ([ONE], 2, False),
        ([ASKED], 1, False),
        ([ASKED], 2, True),
        ([ASKED, DIFFERS], 3, False),
    ],
)
def test_a_second_reading_is_someone_elses(readings: Sequence[Reading], reader: int, may: bool) -> None:
    assert may_read(readings, reader) is may


KEY: dict[str, Key | None] = {
    "a": Key("single", frozenset({"1"})),
    "b": Key("single", frozenset({"2"})),
    "w": None,
}


@pytest.mark.parametrize(
    ("answers", "points", "fixes", "score"),
    [
        ({"a": "1", "b": "2"}, {"w": 1}, {}, Score(3, 3)),
        ({"a": "1"}, {"w": 0}, {}, Score(1, 3)),
        ({"a": "1", "b": "2"}, {"w": None}, {}, None),
        ({"a": "1", "b": "2"}, {}, {}, None),
        ({"a": "1", "b": "2"}, {}, {"w": Fix(leaves_out=True)}, Score(2, 2)),
        ({"a": "1", "b": "3"}, {"w": 1}, {"b": Fix(frozenset({"2", "3"}))}, Score(3, 3)),
        ({"a": "1", "b": "2"}, {"w": 1}, {"b": Fix(frozenset({"3"}))}, Score(2, 3)),
        ({"a": "9", "b": "2"}, {"w": 1}, {"a": Fix(leaves_out=True)}, Score(2, 2)),
        ({"a": "1", "b": "2", "z": "1"}, {"w": 1}, {"z": Fix(leaves_out=True)}, Score(3, 3)),
    ],
    ids=[
        "all right",
        "one missing",
        "not read",
        "nobody read",
        "words left out",
        "two are right",
        "another is right",
        "left out",
        "a question she did not have",
    ],
)
def test_what_a_sheet_is_worth(
    answers: dict[str, str], points: dict[str, int | None], fixes: dict[str, Fix], score: Score | None
) -> None:
    assert grade_sheet(KEY, answers, points, fixes) == score


@given(
    key=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123")),
    answers=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123")),
    more=st.sets(st.sampled_from("123")),
    question=st.sampled_from("abcdef"),
)
def test_accepting_more_answers_takes_nothing_from_anybody(
    key: dict[str, str], answers: dict[str, str], more: set[str], question: str
) -> None:
    sheet: dict[str, Key | None] = {one: Key("single", frozenset({right})) for one, right in key.items()}
    before = grade_sheet(sheet, answers, {}, {})
    wider = {question: Fix(frozenset(more | {key[question]}))} if question in key else {}
    after = grade_sheet(sheet, answers, {}, wider)
    assert before is not None
    assert after is not None
    assert after.total == before.total == len(key)
    assert after.correct >= before.correct
