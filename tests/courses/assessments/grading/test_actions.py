"""Results changed by hand, questions put right, answers read: new rows, and the attempts as they were."""

from datetime import timedelta
from typing import Any

import pytest

from courses.assessments.actions import answer_key, open_tests, start_attempt, submit_attempt
from courses.assessments.grading.actions import apply_fix, override_result, read_answer, try_fix
from courses.assessments.grading.models import (
    AnswerReading,
    QuestionFix,
    Regrade,
    RegradeLine,
    ResultOverride,
    result_in_force,
)
from courses.assessments.grading.rules import Fix
from courses.assessments.kinds import is_words
from courses.assessments.models import Attempt
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.errors import Refused
from courses.records import RecordIsFinal
from tests.factories.courses import OPENED, enrolled

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)
DAY = timedelta(days=1)


def sit(
    woman: Enrolment, quiz: CohortContent, *, wrong: int = 0, at: Any = NOW, words: str = "Con permiso."
) -> Attempt:
    """Hand in a test of which the first `wrong` questions with options, by their id, are wrong."""
    attempt = start_attempt(enrolment=woman, pin=quiz, at=at)
    answers = {}
    for number, (question, right) in enumerate(sorted(answer_key(attempt).items())):
        answers[question] = f"{question}-b" if number < wrong else right
    if any(map(is_words, attempt.questions)):
        answers["w0"] = words
    return submit_attempt(attempt=attempt, answers=answers, at=at)


def in_force(attempt: Attempt) -> tuple[int, int, bool, str]:
    result = result_in_force([attempt])[attempt.pk]
    return result.correct, result.total, result.has_passed, result.why


def as_stored(attempt: Attempt) -> Any:
    return Attempt.objects.filter(pk=attempt.pk).values()[0]


# By hand.


def test_a_result_set_by_hand_stands_beside_what_was_counted(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any
) -> None:
    attempt = sit(enrolment, quiz, wrong=2)
    before = as_stored(attempt)
    override_result(attempt=attempt, correct=4, reason="spoken", by=coordinator, at=NOW)
    assert in_force(attempt) == (4, 5, True, "by_hand")
    assert as_stored(attempt) == before


def test_the_newest_override_counts_and_none_can_be_changed(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any
) -> None:
    attempt = sit(enrolment, quiz, wrong=2)
    first = override_result(attempt=attempt, correct=5, reason="unclear", by=coordinator, at=NOW)
    override_result(attempt=attempt, correct=3, reason="mistake", by=coordinator, at=NOW)
    assert in_force(attempt) == (3, 5, False, "by_hand")
    assert ResultOverride.objects.count() == 2
    with pytest.raises(RecordIsFinal):
        first.save()


@pytest.mark.parametrize(
    ("correct", "reason"), [(6, "spoken"), (-1, "spoken"), (3, "spoken"), (4, "porque sí"), (4, "")]
)
def test_an_override_that_cannot_be_is_refused(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any, correct: int, reason: str
) -> None:
    attempt = sit(enrolment, quiz, wrong=2)
    with pytest.raises(Refused):
        override_result(attempt=attempt, correct=correct, reason=reason, by=coordinator, at=NOW)
    assert in_force(attempt) == (3, 5, False, "counted")


def test_an_open_test_has_no_result_to_change(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    with pytest.raises(Refused):
        override_result(attempt=attempt, correct=4, reason="spoken", by=coordinator, at=NOW)
    assert result_in_force([attempt]) == {}


def test_who_passed_by_hand_need_not_sit_it_again(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any
) -> None:
    attempt = sit(enrolment, quiz, wrong=5)
    override_result(attempt=attempt, correct=5, reason="spoken", by=coordinator, at=NOW)
    with pytest.raises(Refused):
        start_attempt(enrolment=enrolment, pin=quiz, at=NOW + DAY)
    assert open_tests(enrolment, [quiz], NOW + DAY) == {}


def test_who_failed_by_hand_may_sit_it_again(
    enrolment: Enrolment, quiz: CohortContent, coordinator: Any
) -> None:
    attempt = sit(enrolment, quiz)
    override_result(attempt=attempt, correct=0, reason="reread", by=coordinator, at=NOW)
    assert start_attempt(enrolment=enrolment, pin=quiz, at=NOW + DAY).number == 2


# A question that was wrong.


def test_a_trial_says_who_gains_and_loses_and_writes_nothing(cohort: Cohort, quiz: CohortContent) -> None:
    first, second, third = enrolled(cohort, 3)
    wrong, right, other = sit(first, quiz, wrong=2), sit(second, quiz), sit(third, quiz, wrong=1)
    Attempt.objects.filter(pk=other.pk).update(answers={**other.answers, "q0": "q0-c"})
    preview = try_fix(version=quiz.version, question="q0", fix=Fix(frozenset({"q0-b"})))
    assert {change.attempt: (change.gains, change.loses) for change in preview.changes} == {
        wrong.pk: (True, False),
        right.pk: (False, True),
    }
    assert (preview.attempts, preview.gained, preview.lost) == (3, 1, 1)
    assert not QuestionFix.objects.exists()
    assert in_force(wrong) == (3, 5, False, "counted")


def fixed(quiz: CohortContent, fix: Fix, by: Any, question: str = "q0") -> Regrade:
    seen = try_fix(version=quiz.version, question=question, fix=fix).digest
    return apply_fix(version=quiz.version, question=question, fix=fix, seen=seen, by=by, at=NOW)


def test_applied_the_results_are_new_and_the_attempts_as_they_were(
    cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    first, second = enrolled(cohort, 2)
    wrong, right = sit(first, quiz, wrong=2), sit(second, quiz)
    before = as_stored(wrong), as_stored(right)
    regrade = fixed(quiz, Fix(frozenset({"q0-a", "q0-b"})), coordinator)
    assert (regrade.gained, regrade.lost) == (1, 0)
    assert in_force(wrong) == (4, 5, True, "regraded")
    assert in_force(right) == (5, 5, True, "counted")
    assert (as_stored(wrong), as_stored(right)) == before
    line = RegradeLine.objects.get()
    assert (line.correct_before, line.passed_before, line.correct, line.has_passed) == (3, False, 4, True)


def test_a_question_left_out_counts_for_nobody(cohort: Cohort, quiz: CohortContent, coordinator: Any) -> None:
    first, second = enrolled(cohort, 2)
    wrong, right = sit(first, quiz, wrong=2), sit(second, quiz)
    fixed(quiz, Fix(leaves_out=True), coordinator)
    assert in_force(wrong) == (3, 4, True, "regraded")
    assert in_force(right) == (4, 4, True, "regraded")


def test_a_fix_counts_for_who_hands_in_later(cohort: Cohort, quiz: CohortContent, coordinator: Any) -> None:
    fixed(quiz, Fix(leaves_out=True), coordinator)
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=1)
    assert (attempt.correct, attempt.total) == (4, 4)


def test_fixes_add_up_and_can_be_taken_back(cohort: Cohort, quiz: CohortContent, coordinator: Any) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=2)
    fixed(quiz, Fix(frozenset({"q0-b"})), coordinator)
    fixed(quiz, Fix(frozenset({"q1-b"})), coordinator, question="q1")
    assert in_force(attempt)[0] == 5
    fixed(quiz, Fix(frozenset({"q0-a"})), coordinator)
    assert in_force(attempt) == (4, 5, True, "regraded")


def test_a_result_set_by_hand_stays(cohort: Cohort, quiz: CohortContent, coordinator: Any) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=2)
    override_result(attempt=attempt, correct=2, reason="reread", by=coordinator, at=NOW)
    preview = try_fix(version=quiz.version, question="q0", fix=Fix(leaves_out=True))
    assert (preview.by_hand, preview.changes) == (1, ())


def test_what_changed_meanwhile_is_shown_before_it_is_applied(
    cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    first, second = enrolled(cohort, 2)
    sit(first, quiz, wrong=2)
    fix = Fix(leaves_out=True)
    seen = try_fix(version=quiz.version, question="q0", fix=fix).digest
    sit(second, quiz, wrong=2)
    with pytest.raises(Refused):
        apply_fix(version=quiz.version, question="q0", fix=fix, seen=seen, by=coordinator, at=NOW)
    assert not Regrade.objects.exists()


@pytest.mark.parametrize(
    ("question", "fix"),
    [
        ("nada", Fix(leaves_out=True)),
        ("q0", Fix()),
        ("q0", Fix(frozenset({"q1-a"}))),
        ("q0", Fix(frozenset({"q0-a"}))),
    ],
    ids=["no such question", "no right answer", "an answer of another question", "no change"],
)
def test_a_fix_that_cannot_be_is_refused(quiz: CohortContent, question: str, fix: Fix) -> None:
    with pytest.raises(Refused):
        try_fix(version=quiz.version, question=question, fix=fix)


def test_a_test_keeps_at_least_one_question(cohort: Cohort, quiz: CohortContent, coordinator: Any) -> None:
    for number in range(4):
        fixed(quiz, Fix(leaves_out=True), coordinator, question=f"q{number}")
    with pytest.raises(Refused):
        fixed(quiz, Fix(leaves_out=True), coordinator, question="q4")


# Answers in words.


def read(attempt: Attempt, by: Any, points: int = 1, **more: Any) -> AnswerReading:
    return read_answer(attempt=attempt, question="w0", points=points, by=by, at=NOW, **more)


def test_a_test_with_words_waits_until_they_are_read(
    enrolment: Enrolment, written: CohortContent, trainer: Any
) -> None:
    attempt = sit(enrolment, written, wrong=1)
    assert in_force(attempt) == (0, 5, False, "pending")
    read(attempt, trainer, feedback="Muy claro.")
    attempt.refresh_from_db()
    assert in_force(attempt) == (4, 5, True, "counted")


def test_nobody_starts_again_while_her_words_are_read(
    enrolment: Enrolment, written: CohortContent, trainer: Any
) -> None:
    attempt = sit(enrolment, written, wrong=4)
    with pytest.raises(Refused):
        start_attempt(enrolment=enrolment, pin=written, at=NOW + DAY)
    read(attempt, trainer, 0)
    assert start_attempt(enrolment=enrolment, pin=written, at=NOW + DAY).number == 2


def test_two_readers_who_agree_are_enough(
    enrolment: Enrolment, written: CohortContent, trainer: Any, colleague: Any
) -> None:
    attempt = sit(enrolment, written)
    read(attempt, trainer, asks_second=True)
    assert in_force(attempt)[3] == "pending"
    with pytest.raises(Refused):
        read(attempt, trainer)
    read(attempt, colleague)
    attempt.refresh_from_db()
    assert in_force(attempt) == (5, 5, True, "counted")


def test_where_two_readers_differ_the_coordinator_decides(
    enrolment: Enrolment, written: CohortContent, trainer: Any, colleague: Any, coordinator: Any
) -> None:
    attempt = sit(enrolment, written)
    with pytest.raises(Refused):
        read(attempt, coordinator, decides=True)
    read(attempt, trainer, 1, asks_second=True)
    read(attempt, colleague, 0)
    with pytest.raises(Refused):
        read(attempt, coordinator)
    read(attempt, coordinator, 0, decides=True)
    attempt.refresh_from_db()
    assert in_force(attempt) == (4, 5, True, "counted")
    assert AnswerReading.objects.count() == 3


def test_a_second_reading_is_not_read_twice(
    enrolment: Enrolment, written: CohortContent, trainer: Any, colleague: Any
) -> None:
    attempt = sit(enrolment, written)
    read(attempt, trainer)
    with pytest.raises(Refused):
        read(attempt, colleague)


@pytest.mark.parametrize(
    ("question", "points", "feedback"), [("q0", 1, ""), ("w0", 2, ""), ("w0", -1, ""), ("w0", 1, "x" * 301)]
)
def test_a_reading_that_cannot_be_is_refused(
    enrolment: Enrolment, written: CohortContent, trainer: Any, question: str, points: int, feedback: str
) -> None:
    attempt = sit(enrolment, written)
    with pytest.raises(Refused):
        read_answer(attempt=attempt, question=question, points=points, feedback=feedback, by=trainer, at=NOW)
    assert not AnswerReading.objects.exists()


def test_a_test_with_words_does_not_travel_on_phones(written: CohortContent) -> None:
    assert written.version.content["allows_offline"] is False


def test_the_sheet_does_not_say_what_a_good_answer_says(enrolment: Enrolment, written: CohortContent) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=written, at=NOW)
    assert "look_for" not in {key for question in attempt.questions for key in question}


def test_words_that_are_too_long_or_empty_are_no_answer(enrolment: Enrolment, written: CohortContent) -> None:
    for words in ("x" * 501, " \n "):
        with pytest.raises(Refused):
            sit(enrolment, written, words=words)


def test_words_are_left_out_of_a_regrading_only_as_a_whole(
    enrolment: Enrolment, written: CohortContent, trainer: Any, coordinator: Any
) -> None:
    attempt = sit(enrolment, written)
    read(attempt, trainer, 0)
    attempt.refresh_from_db()
    assert in_force(attempt) == (4, 5, True, "counted")
    fixed(written, Fix(leaves_out=True), coordinator, question="w0")
    assert in_force(attempt) == (4, 4, True, "regraded")


def test_the_results_of_many_take_two_queries(
    cohort: Cohort, quiz: CohortContent, django_assert_num_queries: Any
) -> None:
    attempts = [sit(woman, quiz) for woman in enrolled(cohort, 5)]
    with django_assert_num_queries(2):
        result_in_force(attempts)
