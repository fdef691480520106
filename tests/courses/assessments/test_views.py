"""Taking a test in the browser: what she sees, what counts, and what is not hers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.assessments.actions import answer_key
from courses.assessments.models import Attempt
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import PersonFactory, UserFactory, pin

pytestmark = pytest.mark.django_db


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
    browser.post(quiz_address, {"sheet": "all"})
    return Attempt.objects.get()


def sheet(attempt: Attempt, wrong: int = 0) -> dict[str, str]:
    """The form as sent, with `wrong` wrong answers."""
    return {
        question: option if place >= wrong else f"{question}-b"
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
    response = browser.post(address(attempt), {**sheet(attempt), "ajena": "ajena-a"})
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


def one_by_one(browser: Client, attempt: Attempt) -> None:
    """She sees one question a screen."""
    browser.post(address(attempt), {"go": "one"})


def kept(attempt: Attempt) -> dict[str, str]:
    """The answers that the server has."""
    attempt.refresh_from_db()
    return dict(attempt.answers)


def test_one_question_a_screen_is_how_a_test_begins(browser: Client, quiz_address: str) -> None:
    page = browser.post(quiz_address, follow=True).content.decode()
    assert page.count("<fieldset") == 1
    assert page.count('type="radio"') == 3


def test_her_way_of_seeing_it_is_remembered(browser: Client, attempt: Attempt) -> None:
    assert browser.get(address(attempt)).content.decode().count("<fieldset") == 5
    one_by_one(browser, attempt)
    assert browser.get(address(attempt)).content.decode().count("<fieldset") == 1
    browser.post(address(attempt), {"go": "all"})
    assert browser.get(address(attempt)).content.decode().count("<fieldset") == 5


def test_a_whole_test_one_question_a_screen_without_javascript(browser: Client, attempt: Attempt) -> None:
    one_by_one(browser, attempt)
    right = answer_key(attempt)
    for place, question in enumerate(attempt.questions, start=1):
        response = browser.get(f"{address(attempt)}?p={place}")
        assert response.context["question"]["name"] == question["id"]
        answer = {question["id"]: right[question["id"]], "go": str(place + 1)}
        assert browser.post(address(attempt), answer)["Location"] == f"{address(attempt)}?p={place + 1}"
    review = browser.get(f"{address(attempt)}?p=6")
    assert review.context["missing"] == []
    assert review.content.decode().count("Respuesta a") == 5
    result = browser.post(address(attempt), follow=True)
    assert result.redirect_chain == [(address(attempt), 302)]
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.has_passed) == (5, True)


def test_going_back_and_going_away_keep_the_answer_too(browser: Client, attempt: Attempt) -> None:
    one_by_one(browser, attempt)
    first, second, *_ = (question["id"] for question in attempt.questions)
    assert browser.post(address(attempt), {second: f"{second}-b", "go": "1"})["Location"].endswith("?p=1")
    assert browser.post(address(attempt), {first: f"{first}-c", "go": "later"})["Location"] == "/curso/"
    assert kept(attempt) == {first: f"{first}-c", second: f"{second}-b"}


def test_coming_back_leads_to_the_first_question_without_an_answer(
    browser: Client, attempt: Attempt, quiz_address: str, trainee: Any
) -> None:
    one_by_one(browser, attempt)
    for question in attempt.questions[:3]:
        browser.post(address(attempt), {question["id"]: f"{question['id']}-a", "go": "1"})
    other_day = Client()
    other_day.force_login(trainee)  # another phone, another session
    page = other_day.post(quiz_address, follow=True)
    assert (page.context["place"], page.context["answered"]) == (4, 3)
    earlier = other_day.get(f"{address(attempt)}?p=2").content.decode()
    assert f'value="{attempt.questions[1]["id"]}-a" checked' in earlier


def test_a_question_may_be_left_for_later_and_looking_over_names_it(
    browser: Client, attempt: Attempt
) -> None:
    one_by_one(browser, attempt)
    answers = sheet(attempt)
    left_out = attempt.questions[2]["id"]
    del answers[left_out]
    page = browser.post(address(attempt), {**answers, "go": "6"}, follow=True)
    assert [question["name"] for question in page.context["missing"]] == [left_out]
    assert 'href="?p=3"' in page.content.decode()
    refused = browser.post(address(attempt))
    assert refused.status_code == 200
    assert f'href="#{left_out}"' in refused.content.decode()
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert attempt.answers == answers


def test_a_refused_hand_in_keeps_what_she_chose_for_good(browser: Client, attempt: Attempt) -> None:
    answers = sheet(attempt)
    answers.popitem()
    browser.post(address(attempt), answers)
    assert kept(attempt) == answers
    assert browser.get(address(attempt)).content.decode().count(" checked") == 4


def test_an_answer_saved_by_the_page_itself(browser: Client, attempt: Attempt) -> None:
    question = attempt.questions[0]["id"]
    assert browser.post(address(attempt), {question: f"{question}-b", "save": "1"}).status_code == 204
    assert kept(attempt) == {question: f"{question}-b"}


@pytest.mark.parametrize(
    "sent",
    [
        {"ajena": "ajena-a"},
        {"q0": "inventada"},
        {"q0": "q1-a"},
        {"q0": "x" * 1_000_000},
        {"q0": ""},
        {"../../etc": "\x00"},
    ],
)
def test_hostile_answers_are_refused_in_words_and_keep_nothing(
    browser: Client, attempt: Attempt, sent: dict[str, str]
) -> None:
    assert browser.post(address(attempt), {**sent, "save": "1"}).status_code == 400
    assert browser.post(address(attempt), {**sent, "go": "2"}).context["form"].non_field_errors()
    assert browser.post(address(attempt), sent).context["form"].non_field_errors()
    assert kept(attempt) == {}


@pytest.mark.parametrize("where", ["9" * 5000, "-1", "https://example.com/", "", "\x00"])
def test_going_nowhere_leads_to_her_sheet(browser: Client, attempt: Attempt, where: str) -> None:
    response = browser.post(address(attempt), {"go": where})
    assert response["Location"] == f"{address(attempt)}?p=1"
    assert browser.get(address(attempt), {"p": where}).status_code == 200


def test_an_earlier_page_changes_nothing_after_handing_in(browser: Client, attempt: Attempt) -> None:
    browser.post(address(attempt), sheet(attempt, wrong=5))
    before = kept(attempt)
    question = attempt.questions[0]["id"]
    late = {question: f"{question}-a"}
    assert browser.post(address(attempt), {**late, "save": "1"}).status_code == 409
    assert browser.post(address(attempt), {**late, "go": "2"})["Location"] == address(attempt)
    assert browser.post(address(attempt), {**late, "go": "later"})["Location"] == address(attempt)
    assert kept(attempt) == before
    assert attempt.correct == 0


def test_the_answers_of_another_woman_cannot_be_written(
    browser: Client, attempt: Attempt, cohort: Cohort
) -> None:
    account = UserFactory()
    enrol(person=PersonFactory(account=account), cohort=cohort, starts_on=cohort.starts_on)
    other = Client()
    other.force_login(account)
    assert other.post(address(attempt), {**sheet(attempt), "save": "1"}).status_code == 404
    assert kept(attempt) == {}


def test_an_open_attempt_is_not_used_up(browser: Client, attempt: Attempt, quiz_address: str) -> None:
    assert browser.get(quiz_address).context["chances"].left == 3
    assert "1 intento hasta ahora" not in browser.get("/curso/").content.decode()
    browser.post(address(attempt), sheet(attempt, wrong=5))
    assert browser.get(quiz_address).context["chances"].left == 2
    assert "1 intento hasta ahora" in browser.get("/curso/").content.decode()


def test_an_attempt_that_was_only_made_ready_is_not_called_begun(
    browser: Client, attempt: Attempt, quiz_address: str
) -> None:
    assert "Empezar la prueba" in browser.get(quiz_address).content.decode()
    question = attempt.questions[0]["id"]
    browser.post(address(attempt), {question: f"{question}-a", "save": "1"})
    assert "Empezar la prueba" not in browser.get(quiz_address).content.decode()


def test_while_she_waits_she_finds_the_lessons_of_the_module(
    browser: Client, attempt: Attempt, quiz_address: str
) -> None:
    result = browser.post(address(attempt), sheet(attempt, wrong=5), follow=True).content.decode()
    for page in (result, browser.get(quiz_address).content.decode()):
        assert 'href="/curso/m1-l1/"' in page
        assert 'href="/curso/m1-l2/"' in page


def test_who_passed_is_sent_back_to_nothing(browser: Client, attempt: Attempt) -> None:
    result = browser.post(address(attempt), sheet(attempt), follow=True)
    assert result.context["lessons"] == []


def test_a_question_with_a_sound_shows_its_player(browser: Client, attempt: Attempt) -> None:
    attempt.questions[0]["audio"] = {"url": "/media/p.mp3", "title": "Pregunta leída", "minutes": 1}
    attempt.save()
    assert browser.get(address(attempt)).content.decode().count('src="/media/p.mp3"') == 1
    one_by_one(browser, attempt)
    assert 'src="/media/p.mp3"' in browser.get(f"{address(attempt)}?p=1").content.decode()
    assert "/media/" not in browser.get(f"{address(attempt)}?p=2").content.decode()


def test_saving_takes_as_many_queries_with_one_answer_as_with_all(browser: Client, attempt: Attempt) -> None:
    def cost(answers: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as context:
            assert browser.post(address(attempt), {**answers, "save": "1"}).status_code == 204
        return len(context)

    answers = sheet(attempt)
    assert cost(dict(list(answers.items())[:1])) == cost(answers) <= 10
