"""Taking a test in the browser: what she sees, what counts, and what is not hers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from courses.assessments.actions import answer_key
from courses.assessments.models import Attempt
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import PersonFactory, UserFactory, pin


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


@pytest.fixture
def quiz_address(cohort: Cohort) -> str:
    return f"/curso/prueba/{pin(cohort, 'quiz').slug}/"


@pytest.fixture
def attempt(browser: Client, quiz_address: str) -> Attempt:
    browser.post(quiz_address)
    return Attempt.objects.get()


def sheet(attempt: Attempt, wrong: int = 0) -> dict[str, str]:
    """The form as sent, with `wrong` wrong answers."""
    return {
        f"q-{question}": option if place >= wrong else f"{question}-b"
        for place, (question, option) in enumerate(answer_key(attempt).items())
    }


def address(attempt: Attempt) -> str:
    return f"/curso/intento/{attempt.pk}/"


def test_the_test_says_how_many_questions_and_attempts(browser: Client, quiz_address: str) -> None:
    response = browser.get(quiz_address)
    assert response.status_code == 200
    assert (response.context["question_count"], response.context["needed"]) == (5, 4)
    assert response.context["chances"].left == 3
    assert not Attempt.objects.exists()


def test_a_test_that_her_cohort_does_not_use_is_not_there(browser: Client) -> None:
    assert browser.get("/curso/prueba/otra/").status_code == 404


def test_beginning_twice_leads_to_the_same_sheet(
    browser: Client, quiz_address: str, attempt: Attempt
) -> None:
    assert browser.post(quiz_address)["Location"] == address(attempt)
    assert Attempt.objects.count() == 1


def test_the_sheet_does_not_tell_the_answers(browser: Client, attempt: Attempt) -> None:
    page = browser.get(address(attempt)).content.decode()
    assert page.count('type="radio"') == 15
    assert "Así es." not in page
    assert "checked" not in page


def test_four_of_five_right_passes_and_the_result_explains(browser: Client, attempt: Attempt) -> None:
    response = browser.post(address(attempt), sheet(attempt, wrong=1), follow=True)
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.has_passed) == (4, True)
    assert [answer["is_correct"] for answer in response.context["answers"]].count(True) == 4
    assert "Así es." in response.content.decode()


def test_three_of_five_does_not_pass_and_says_when_the_next_opens(
    browser: Client, attempt: Attempt, quiz_address: str
) -> None:
    response = browser.post(address(attempt), sheet(attempt, wrong=2), follow=True)
    attempt.refresh_from_db()
    assert attempt.has_passed is False
    assert attempt.submitted_at is not None
    chances = response.context["chances"]
    assert (chances.left, chances.opens_at) == (2, attempt.submitted_at + timedelta(hours=12))
    refused = browser.post(quiz_address, follow=True)
    assert refused.redirect_chain == [(quiz_address, 302)]
    assert Attempt.objects.count() == 1
    assert len(list(refused.context["messages"])) == 1


def test_a_missing_answer_keeps_what_she_chose(browser: Client, attempt: Attempt) -> None:
    answers = sheet(attempt)
    missing = answers.popitem()[0]
    response = browser.post(address(attempt), answers)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count(" checked") == 4
    assert f'href="#{missing}"' in page
    assert f'id="{missing}"' in page
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_an_answer_to_a_question_that_is_not_on_the_sheet_is_refused(
    browser: Client, attempt: Attempt
) -> None:
    response = browser.post(address(attempt), {**sheet(attempt), "q-ajena": "ajena-a"})
    assert response.context["form"].non_field_errors()
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_an_option_that_is_not_on_the_sheet_is_refused(browser: Client, attempt: Attempt) -> None:
    answers = sheet(attempt)
    answers[next(iter(answers))] = "inventada"
    assert browser.post(address(attempt), answers).context["form"].errors
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_handing_in_twice_counts_once(browser: Client, attempt: Attempt) -> None:
    browser.post(address(attempt), sheet(attempt, wrong=5))
    again = browser.post(address(attempt), sheet(attempt))
    assert again["Location"] == address(attempt)
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.has_passed) == (0, False)


def test_after_passing_there_is_nothing_to_begin(
    browser: Client, attempt: Attempt, quiz_address: str
) -> None:
    browser.post(address(attempt), sheet(attempt))
    assert not browser.get(quiz_address).context["chances"].may_start
    browser.post(quiz_address)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("is_handed_in", [False, True])
def test_the_attempt_of_another_woman_does_not_exist(
    browser: Client, attempt: Attempt, cohort: Cohort, is_handed_in: bool
) -> None:
    if is_handed_in:
        browser.post(address(attempt), sheet(attempt))
    other = Client()
    account = UserFactory()
    enrol(person=PersonFactory(account=account), cohort=cohort, starts_on=cohort.starts_on)
    other.force_login(account)
    assert other.get(address(attempt)).status_code == 404
    assert other.post(address(attempt), sheet(attempt)).status_code == 404


def test_a_stranger_and_staff_see_no_attempt(
    attempt: Attempt, quiz_address: str, stranger: Any, trainer: Any
) -> None:
    for account in (stranger, trainer):
        visitor = Client()
        visitor.force_login(account)
        assert visitor.get(address(attempt))["Location"] == "/hoy/"
        assert visitor.get(quiz_address)["Location"] == "/hoy/"
    assert Client().get(address(attempt))["Location"].startswith("/entrar/")


def test_who_left_sees_her_results_but_cannot_hand_in(
    browser: Client, attempt: Attempt, enrolment: Enrolment
) -> None:
    withdraw(enrolment=enrolment, on=enrolment.cohort.ends_on)
    assert browser.post(address(attempt), sheet(attempt))["Location"] == "/hoy/"
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
