"""The one rule of the school, as tables of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.rules import Score
from courses.progress.rules import Record, Requirement, decide, is_complete

ATTENDANCE = Requirement("attendance", "Asistencia", 80, make_up_limit=4)
QUIZ = Requirement("quiz", "Prueba M3", 70, subject="q3")
OUTINGS = Requirement("outings", "Recorridos", 6)
LESSONS = Requirement("lessons", "Lecciones", 18)
PRACTICAL = Requirement("practical", "O1", 1, subject="o1")
ETHICS = Requirement("ethics", "Compromiso", 1)
ALL = [ATTENDANCE, QUIZ, OUTINGS, LESSONS, PRACTICAL, ETHICS]
GRADUATE = Record(
    planned=24,
    attended=20,
    outings=6,
    lessons=18,
    scores={"q3": Score(4, 5)},
    practicals=frozenset({"o1"}),
    ethics=True,
)


def met(requirement: Requirement, record: Record) -> bool:
    return decide(record, [requirement])[0].is_met


@pytest.mark.parametrize(
    ("attended", "made_up", "planned", "is_enough"),
    [
        (19, 0, 24, False),  # 79.2 %
        (20, 0, 24, True),
        (16, 4, 24, True),  # make-ups count among the 20
        (15, 5, 24, False),  # but at most four of them
        (24, 0, 24, True),
        (18, 0, 23, False),  # one cancelled: 80 % of 23 is 18.4, so 19
        (19, 0, 23, True),
        (0, 0, 0, False),  # nothing planned is not a full attendance
    ],
)
def test_attendance_needs_eighty_per_cent_of_the_planned_sessions(
    attended: int, made_up: int, planned: int, is_enough: bool
) -> None:
    record = Record(planned=planned, attended=attended, made_up=made_up)
    assert met(ATTENDANCE, record) is is_enough


def test_nineteen_of_twenty_four_sessions_is_not_enough_and_says_twenty_are_needed() -> None:
    verdict = decide(Record(planned=24, attended=19), [ATTENDANCE])[0]
    assert (verdict.value, verdict.needed, verdict.total, verdict.is_met) == (19, 20, 24, False)


@pytest.mark.parametrize(
    ("correct", "total", "is_enough"),
    [(3, 5, False), (4, 5, True), (7, 10, True), (6, 10, False), (13, 19, False), (14, 19, True)],
)
def test_a_test_needs_seventy_per_cent_without_rounding(correct: int, total: int, is_enough: bool) -> None:
    assert met(QUIZ, Record(scores={"q3": Score(correct, total)})) is is_enough


def test_a_test_not_taken_is_not_met() -> None:
    assert not met(QUIZ, Record(scores={"other": Score(5, 5)}))


@pytest.mark.parametrize("requirement", ALL)
def test_an_empty_record_meets_nothing(requirement: Requirement) -> None:
    assert not met(requirement, Record())


def test_everything_met_is_complete() -> None:
    assert is_complete(decide(GRADUATE, ALL))


@pytest.mark.parametrize("missing", range(len(ALL)))
def test_one_thing_missing_is_not_complete(missing: int) -> None:
    full = decide(GRADUATE, ALL)
    full[missing] = decide(Record(planned=24), ALL)[missing]
    assert not is_complete(full)


def test_no_requirements_is_never_complete() -> None:
    assert not is_complete([])


def test_an_unknown_requirement_is_refused_rather_than_met() -> None:
    with pytest.raises(ValueError, match="unknown requirement"):
        decide(GRADUATE, [Requirement("charm", "Simpatía", 1)])


def test_a_verdict_names_the_records_it_rests_on() -> None:
    record = Record(outings=1, sources={("outings", None): ("attendance:7",)})
    assert decide(record, [OUTINGS])[0].sources == ("attendance:7",)


@given(planned=st.integers(1, 200), attended=st.integers(0, 200), made_up=st.integers(0, 20))
def test_attending_more_never_hurts(planned: int, attended: int, made_up: int) -> None:
    less = met(ATTENDANCE, Record(planned=planned, attended=attended, made_up=made_up))
    more = met(ATTENDANCE, Record(planned=planned, attended=attended + 1, made_up=made_up))
    assert more or not less


@given(planned=st.integers(1, 500), attended=st.integers(0, 500))
def test_attendance_agrees_with_exact_arithmetic(planned: int, attended: int) -> None:
    assert met(ATTENDANCE, Record(planned=planned, attended=attended)) is (attended * 100 >= 80 * planned)
