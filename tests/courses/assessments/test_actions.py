"""Tests taken and practicals observed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from wagtailmedia.models import get_media_model

from courses.assessments.actions import (
    answer_key,
    freeze_quiz,
    observe,
    save_answer,
    save_answers,
    start_attempt,
    submit_attempt,
)
from courses.assessments.models import Attempt, Observation, Quiz, Rubric
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.records import RecordIsFinal
from tests.factories.courses import OPENED, CohortFactory, enrolled, pin, steps

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)
DAY = timedelta(days=1)


@pytest.fixture
def quiz(enrolment: Enrolment) -> CohortContent:
    return pin(enrolment.cohort, "quiz")


@pytest.fixture
def rubric(enrolment: Enrolment) -> CohortContent:
    return pin(enrolment.cohort, "rubric")


def answers(attempt: Attempt, wrong: int = 0) -> dict[str, str]:
    """Answers of which the first `wrong` are wrong."""
    key, given = answer_key(attempt), {}
    for number, question in enumerate(attempt.questions):
        right = key[question["id"]]
        other = next(option["id"] for option in question["options"] if option["id"] != right)
        given[question["id"]] = other if number < wrong else right
    return given


def sound() -> Any:
    """A sound in the library, forty seconds long."""
    return get_media_model().objects.create(
        title="Pregunta leída", type="audio", duration=40, file=ContentFile(b"ID3", name="p.mp3")
    )


def sit(enrolment: Enrolment, quiz: CohortContent, *, wrong: int, at: Any = NOW) -> Attempt:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=at)
    return submit_attempt(attempt=attempt, answers=answers(attempt, wrong), at=at)


@pytest.mark.parametrize(("wrong", "has_passed"), [(0, True), (1, True), (2, False), (5, False)])
def test_four_of_five_pass_and_three_do_not(
    enrolment: Enrolment, quiz: CohortContent, wrong: int, has_passed: bool
) -> None:
    attempt = sit(enrolment, quiz, wrong=wrong)
    assert (attempt.correct, attempt.total, attempt.has_passed) == (5 - wrong, 5, has_passed)


def test_the_sheet_never_says_which_option_is_right(enrolment: Enrolment, quiz: CohortContent) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    assert {key for question in attempt.questions for option in question["options"] for key in option} == {
        "id",
        "text",
    }


def test_starting_again_gives_the_same_open_attempt(enrolment: Enrolment, quiz: CohortContent) -> None:
    first = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    assert start_attempt(enrolment=enrolment, pin=quiz, at=NOW + DAY).pk == first.pk


def test_handing_in_twice_counts_once(enrolment: Enrolment, quiz: CohortContent) -> None:
    attempt = sit(enrolment, quiz, wrong=5)
    with pytest.raises(Refused):
        submit_attempt(attempt=attempt, answers=answers(attempt), at=NOW)
    attempt.refresh_from_db()
    assert attempt.correct == 0


def test_an_answer_to_a_question_that_is_not_in_the_quiz_saves_nothing(
    enrolment: Enrolment, quiz: CohortContent
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    with translation.override("es"), pytest.raises(Refused, match="no pertenece a esta prueba"):
        submit_attempt(attempt=attempt, answers={**answers(attempt), "q99": "q99-a"}, at=NOW)
    with pytest.raises(Refused):
        submit_attempt(attempt=attempt, answers={**answers(attempt), "q0": "q1-a"}, at=NOW)
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert attempt.answers == {}


def test_a_missing_answer_is_asked_for(enrolment: Enrolment, quiz: CohortContent) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    with pytest.raises(Refused):
        submit_attempt(attempt=attempt, answers={"q0": "q0-a"}, at=NOW)


def test_after_a_failed_attempt_she_rests_twelve_hours(enrolment: Enrolment, quiz: CohortContent) -> None:
    sit(enrolment, quiz, wrong=3)
    with pytest.raises(Refused):
        start_attempt(enrolment=enrolment, pin=quiz, at=NOW + timedelta(hours=11, minutes=59))
    assert start_attempt(enrolment=enrolment, pin=quiz, at=NOW + timedelta(hours=12)).number == 2


def test_three_attempts_and_no_more(enrolment: Enrolment, quiz: CohortContent) -> None:
    for day in range(3):
        sit(enrolment, quiz, wrong=5, at=NOW + day * DAY)
    with pytest.raises(Refused):
        start_attempt(enrolment=enrolment, pin=quiz, at=NOW + 9 * DAY)


def test_who_passed_needs_no_other_attempt(enrolment: Enrolment, quiz: CohortContent) -> None:
    sit(enrolment, quiz, wrong=0)
    with pytest.raises(Refused):
        start_attempt(enrolment=enrolment, pin=quiz, at=NOW + DAY)


def test_an_attempt_is_graded_by_the_version_it_was_drawn_from(
    enrolment: Enrolment, quiz: CohortContent
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    right = answers(attempt)
    live = Quiz.objects.get(translation_key=quiz.key)
    for item in live.questions:
        for option in item.value["options"]:
            option["is_correct"] = not option["is_correct"]
    live.save()
    assert submit_attempt(attempt=attempt, answers=right, at=NOW).correct == 5


def test_every_answer_is_kept_as_it_is_given_and_the_last_one_counts(
    enrolment: Enrolment, quiz: CohortContent
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    save_answer(attempt=attempt, question="q1", answer="q1-b", at=NOW)
    save_answer(attempt=attempt, question="q2", answer="q2-c", at=NOW)
    save_answer(attempt=attempt, question="q1", answer="q1-a", at=NOW + DAY)
    kept = start_attempt(enrolment=enrolment, pin=quiz, at=NOW + DAY)
    assert (kept.pk, kept.answers) == (attempt.pk, {"q1": "q1-a", "q2": "q2-c"})
    assert kept.saved_at == NOW + DAY


def test_saved_answers_are_handed_in_with_the_last_ones(enrolment: Enrolment, quiz: CohortContent) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    right = answers(attempt)
    last = dict([right.popitem()])
    save_answers(attempt=attempt, answers=right, at=NOW)
    assert submit_attempt(attempt=attempt, answers=last, at=NOW).correct == 5


def test_after_handing_in_no_answer_changes(enrolment: Enrolment, quiz: CohortContent) -> None:
    attempt = sit(enrolment, quiz, wrong=5)
    with pytest.raises(Refused):
        save_answer(attempt=attempt, question="q1", answer="q1-a", at=NOW)
    kept = Attempt.objects.get()
    assert (kept.answers, kept.correct) == (attempt.answers, 0)


@pytest.mark.parametrize(
    ("question", "option"),
    [("q9", "q9-a"), ("q0", "q1-a"), ("", ""), ("q0", "x" * 100_000), ("__proto__", "q0")],
)
def test_what_is_not_on_the_sheet_is_not_kept(
    enrolment: Enrolment, quiz: CohortContent, question: str, option: str
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    with pytest.raises(Refused):
        save_answers(attempt=attempt, answers={"q1": "q1-a", question: option}, at=NOW)
    assert Attempt.objects.get().answers == {}


def test_an_open_attempt_says_nothing_about_passing_and_its_answers_are_no_result(
    enrolment: Enrolment, quiz: CohortContent
) -> None:
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    save_answers(attempt=attempt, answers=answers(attempt), at=NOW)
    kept = Attempt.objects.get()
    assert (kept.correct, kept.has_passed, kept.submitted_at) == (None, None, None)
    assert not Attempt.objects.submitted().exists()


def test_the_sound_of_a_question_is_frozen_and_goes_onto_the_sheet(
    enrolment: Enrolment, quiz: CohortContent
) -> None:
    live = Quiz.objects.get(translation_key=quiz.key)
    silent = freeze_quiz(quiz=live)
    heard_as = sound()
    live.questions[0].value["audio"] = heard_as
    live.save()
    quiz.version = freeze_quiz(quiz=Quiz.objects.get(translation_key=quiz.key))
    assert quiz.version.number == silent.number + 1
    attempt = start_attempt(enrolment=enrolment, pin=quiz, at=NOW)
    heard = {question["id"]: question.get("audio") for question in attempt.questions}
    assert heard["q0"] == {"url": heard_as.url, "title": "Pregunta leída", "minutes": 1}
    assert [heard[f"q{n}"] for n in range(1, 5)] == [None] * 4


def test_a_test_may_be_kept_from_phones_without_signal(quiz: CohortContent) -> None:
    assert quiz.version.content["allows_offline"] is True
    live = Quiz.objects.get(translation_key=quiz.key)
    live.allows_offline = False
    assert freeze_quiz(quiz=live).content["allows_offline"] is False


def test_a_practical_with_a_failed_critical_step_does_not_pass(
    enrolment: Enrolment, rubric: CohortContent, trainer: Any
) -> None:
    scores = {f"step-{n}": 1 for n in range(5)}
    failed = observe(enrolment=enrolment, pin=rubric, scores={**scores, "step-0": 0}, by=trainer, at=NOW)
    passed = observe(
        enrolment=enrolment, pin=rubric, scores={**scores, "step-4": 0}, by=trainer, at=NOW + DAY
    )
    assert (failed.points, failed.has_passed) == (4, False)
    assert (passed.points, passed.has_passed) == (4, True)
    with pytest.raises(RecordIsFinal):
        failed.delete()


@pytest.mark.parametrize("scores", [{}, {"step-0": 1}, {f"step-{n}": 9 for n in range(5)}, {"other": 1}])
def test_missing_steps_and_points_off_the_scale_save_nothing(
    enrolment: Enrolment, rubric: CohortContent, trainer: Any, scores: dict[str, int]
) -> None:
    with pytest.raises(Refused):
        observe(enrolment=enrolment, pin=rubric, scores=scores, by=trainer, at=NOW)
    assert not Observation.objects.exists()


def test_a_practical_of_another_cohort_is_refused(rubric: CohortContent, trainer: Any) -> None:
    outsider = enrolled(CohortFactory())[0]
    with pytest.raises(Refused):
        observe(enrolment=outsider, pin=rubric, scores={f"step-{n}": 1 for n in range(5)}, by=trainer, at=NOW)


def test_a_rubric_without_critical_steps_is_refused_in_spanish() -> None:
    rubric = Rubric(title="Práctica", code="o9", pass_score=2, scale=1)
    rubric.steps = steps(3, critical=0)
    with translation.override("es"), pytest.raises(ValidationError) as caught:
        rubric.clean()
    assert caught.value.message_dict == {"steps": ["Marque al menos un paso como crítico."]}


def test_a_rubric_that_asks_for_more_points_than_it_has_is_refused() -> None:
    rubric = Rubric(title="Práctica", code="o9", pass_score=9, scale=1)
    rubric.steps = steps(3, critical=1)
    with pytest.raises(ValidationError):
        rubric.clean()
