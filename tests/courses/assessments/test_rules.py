import pytest

from courses.assessments.rules import ANY, COUNTED, IN_WORDS, Score, Step, is_drawn, passes, place_of


def steps(*points: int, critical: int) -> list[Step]:
    return [Step(points=value, is_critical=index < critical) for index, value in enumerate(points)]


@pytest.mark.parametrize(
    ("points", "critical", "pass_score", "has_passed"),
    [
        ((1, 1, 1, 1, 1, 1, 1, 1, 0, 0), 6, 8, True),  # eight of ten, all critical ones
        ((0, 1, 1, 1, 1, 1, 1, 1, 1, 1), 6, 8, False),  # nine of ten, but a critical one failed
        ((1, 1, 1, 1, 1, 1, 1, 0, 0, 0), 6, 8, False),  # all critical, seven of ten
        ((1, 1, 2, 1, 2, 1, 2, 2, 1, 1), 7, 14, True),  # levels: fourteen of twenty
        ((2, 2, 2, 2, 2, 2, 0, 2, 2, 2), 7, 14, False),  # a critical one at zero
    ],
)
def test_a_practical_needs_its_points_and_every_critical_step(
    points: tuple[int, ...], critical: int, pass_score: int, has_passed: bool
) -> None:
    assert passes(steps(*points, critical=critical), pass_score) is has_passed


@pytest.mark.parametrize(
    ("score", "percent", "reaches"),
    [(Score(0, 0), 0, False), (Score(2, 3), 67, False), (Score(2, 3), 66, True)],
)
def test_a_share_is_never_rounded_up(score: Score, percent: int, reaches: bool) -> None:
    assert score.reaches(percent) is reaches


@pytest.mark.parametrize(
    ("asked", "answered", "place"),
    [
        (None, [False, False, False], 1),
        (None, [True, False, True], 2),  # coming back leads to the first without an answer
        (None, [True, True, True], 4),  # all answered: look over
        ("3", [False, False, False], 3),
        ("4", [False, False, False], 4),
        ("5", [True, False, False], 2),
        ("0", [True, False, False], 2),
        ("-1", [True, False, False], 2),
        ("9" * 5000, [True, False, False], 2),
        ("\u0662", [True, False, False], 2),  # a digit, but not one that we write
        ("<script>", [True, False, False], 2),
    ],
)
def test_the_page_asked_for_or_the_first_question_without_an_answer(
    asked: str | None, answered: list[bool], place: int
) -> None:
    assert place_of(asked, answered) == place


@pytest.mark.parametrize(
    ("tags", "wanted", "which", "is_in_words", "is_asked"),
    [
        ([], [], COUNTED, False, True),
        ([], [], COUNTED, True, False),
        ([], [], IN_WORDS, True, True),
        ([], [], IN_WORDS, False, False),
        (["a", "b"], ["b", "c"], ANY, True, True),
        (["a"], ["b"], ANY, False, False),
        ([], ["b"], ANY, False, False),
    ],
)
def test_which_questions_of_a_bank_a_test_draws(
    tags: list[str], wanted: list[str], which: str, is_in_words: bool, is_asked: bool
) -> None:
    assert is_drawn(tags, wanted, which, is_in_words=is_in_words) is is_asked
