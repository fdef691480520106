"""Two tabs, an impatient thumb, a phone that sends again: at the same moment, each on its own connection."""

from datetime import timedelta
from functools import partial

import pytest

from courses.assessments.actions import answer_key, save_answer, start_attempt, submit_attempt
from courses.assessments.models import Attempt
from courses.cohorts.models import Enrolment
from tests.at_once import at_once
from tests.factories.courses import OPENED, pin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
NOW = OPENED + timedelta(weeks=3)


@pytest.fixture
def attempt(enrolment: Enrolment) -> Attempt:
    return start_attempt(enrolment=enrolment, pin=pin(enrolment.cohort, "quiz"), at=NOW)


def test_answers_saved_at_once_do_not_push_each_other_out(attempt: Attempt) -> None:
    right = answer_key(attempt)
    acts = [
        partial(save_answer, attempt=attempt, question=question, answer=option, at=NOW)
        for question, option in right.items()
    ]
    assert at_once(acts) == {"done": 5}
    attempt.refresh_from_db()
    assert attempt.answers == right


def test_handing_in_from_two_tabs_at_once_counts_once(attempt: Attempt) -> None:
    right = answer_key(attempt)
    wrong = {question: f"{question}-b" for question in right}
    acts = [partial(submit_attempt, attempt=attempt, answers=one, at=NOW) for one in (right, wrong, right)]
    assert at_once(acts) == {"done": 1, "refused": 2}
    attempt.refresh_from_db()
    assert attempt.correct == sum(attempt.answers[question] == option for question, option in right.items())


def test_an_answer_that_meets_the_hand_in_is_in_it_or_refused(attempt: Attempt) -> None:
    right = answer_key(attempt)
    question = next(iter(right))
    outcome = at_once(
        [
            partial(submit_attempt, attempt=attempt, answers=right, at=NOW),
            partial(save_answer, attempt=attempt, question=question, answer=f"{question}-b", at=NOW),
        ]
    )
    assert outcome["done"] >= 1
    attempt.refresh_from_db()
    assert (attempt.answers, attempt.correct) == (right, 5)


def test_beginning_twice_at_once_gives_one_sheet(enrolment: Enrolment) -> None:
    quiz = pin(enrolment.cohort, "quiz")
    acts = [partial(start_attempt, enrolment=enrolment, pin=quiz, at=NOW)] * 3
    assert at_once(acts) == {"done": 3}
    assert Attempt.objects.count() == 1
