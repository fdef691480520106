"""A trainee who answers in her own words: kept as she writes, read by her trainer, told kindly."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.assessments.actions import answer_key, start_attempt
from courses.assessments.grading.actions import override_result, read_answer
from courses.assessments.models import Attempt
from courses.cohorts.models import CohortContent, Enrolment
from tests.factories.courses import OPENED

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)


@pytest.fixture
def attempt(client: Client, enrolment: Enrolment, written: CohortContent, trainee: Any) -> Attempt:
    """Her open test, seen all together, with the questions that have options answered."""
    client.force_login(trainee)
    client.post(reverse("courses:quiz", args=[written.slug]), {"sheet": "all"})
    found = start_attempt(enrolment=enrolment, pin=written, at=timezone.now())
    found.answers = answer_key(found)
    found.save()
    return found


def sheet(attempt: Attempt) -> str:
    return reverse("courses:attempt", args=[attempt.pk])


def test_her_words_are_kept_as_she_writes(client: Client, attempt: Attempt) -> None:
    assert client.post(sheet(attempt), {"save": "1", "w0": "Le pregunto"}).status_code == 204
    assert client.post(sheet(attempt), {"save": "1", "w0": "Le pregunto si quiere."}).status_code == 204
    attempt.refresh_from_db()
    assert attempt.answers["w0"] == "Le pregunto si quiere."
    assert "Le pregunto si quiere." in client.get(sheet(attempt)).content.decode()


def test_words_that_she_took_back_are_no_answer(client: Client, attempt: Attempt) -> None:
    client.post(sheet(attempt), {"save": "1", "w0": "Algo"})
    client.post(sheet(attempt), {"save": "1", "w0": " "})
    attempt.refresh_from_db()
    assert "w0" not in attempt.answers
    assert client.post(sheet(attempt), {}).status_code == 200
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_words_that_are_too_long_are_told_and_stand_there_still(client: Client, attempt: Attempt) -> None:
    response = client.post(sheet(attempt), {"w0": "palabra " * 80})
    assert response.status_code == 200
    assert "palabra palabra" in response.content.decode()
    attempt.refresh_from_db()
    assert "w0" not in attempt.answers


def test_too_long_words_are_shown_where_she_sees_one_question(client: Client, attempt: Attempt) -> None:
    client.post(sheet(attempt), {"go": "one"})
    response = client.post(sheet(attempt), {"w0": "palabra " * 80, "go": "6"})
    assert response.context["question"]["name"] == "w0"
    assert "palabra palabra" in response.content.decode()


def test_handed_in_she_reads_that_her_trainer_reads(client: Client, attempt: Attempt) -> None:
    client.post(sheet(attempt), {"w0": "Con permiso & calma"})
    page = client.get(sheet(attempt))
    assert page.context["result"].why == "pending"
    assert "Con permiso &amp; calma" in page.content.decode()
    assert "0 de 5" not in page.content.decode()
    quiz = client.get(reverse("courses:quiz", args=[page.context["pin"].slug])).context
    assert quiz["chances"].is_pending
    assert not quiz["chances"].may_start


def test_read_she_sees_her_result_and_what_her_trainer_says(
    client: Client, attempt: Attempt, trainer: Any
) -> None:
    client.post(sheet(attempt), {"w0": "Con permiso"})
    read_answer(
        attempt=attempt, question="w0", points=1, feedback="Dices «permiso»: muy bien.", by=trainer, at=NOW
    )
    page = client.get(sheet(attempt))
    assert (page.context["result"].correct, page.context["result"].has_passed) == (5, True)
    assert "Dices «permiso»: muy bien." in page.content.decode()
    assert f">{trainer.get_username()}" not in page.content.decode()


def test_a_result_set_by_hand_is_told_without_its_reason(
    client: Client, attempt: Attempt, trainer: Any, coordinator: Any
) -> None:
    client.post(sheet(attempt), {"w0": "Con permiso"})
    read_answer(attempt=attempt, question="w0", points=0, by=trainer, at=NOW)
    override_result(attempt=attempt, correct=5, reason="spoken", by=coordinator, at=NOW)
    page = client.get(sheet(attempt))
    assert page.context["is_changed"]
    assert page.context["result"].correct == 5
    assert page.context["attempt"].correct == 4
    assert coordinator.get_username() not in page.content.decode()


def test_the_test_of_another_woman_stays_hers(client: Client, attempt: Attempt, stranger: Any) -> None:
    client.force_login(stranger)
    assert client.post(sheet(attempt), {"save": "1", "w0": "Algo"}).status_code in {302, 403, 404}
    attempt.refresh_from_db()
    assert "w0" not in attempt.answers
