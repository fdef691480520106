"""Her own page: what was decided and why, and asking for a review. Nobody else's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from certificates.actas import actions as actas
from certificates.actas import corrections, reviews, wording
from certificates.actas.models import Acta, ActaLine, ReviewRequest
from courses.people.models import Person
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PAGE = "/mi-decision/"


def account_of(line: ActaLine, username: str) -> Any:
    """Give the woman of this line an account."""
    account = UserFactory(username=username, role="trainee")
    Person.objects.filter(pk=line.person_id).update(account=account)
    return account


@pytest.fixture
def graduate(approved: Acta) -> ActaLine:
    return approved.lines.filter(is_graduate=True)[0]


@pytest.fixture
def other(approved: Acta) -> ActaLine:
    """Who does not graduate."""
    return approved.lines.get(is_graduate=False)


def ask_url(line: ActaLine) -> str:
    return reverse("certificates:ask_review", args=[line.pk])


def test_she_reads_her_decision_and_what_it_rests_on(
    client: Client, graduate: ActaLine, other: ActaLine
) -> None:
    for line, stranger in ((graduate, other), (other, graduate)):
        client.force_login(account_of(line, f"cuenta-{line.pk}-x"))
        page = client.get(PAGE).content.decode()
        assert line.name in page
        assert line.evidence.get().label in page
        assert line.evidence.get().sentence in page
        assert stranger.name not in page
        assert ask_url(line) in page


def test_before_the_approval_there_is_nothing_to_read(client: Client, acta: Acta) -> None:
    line = acta.lines.all()[0]
    client.force_login(account_of(line, "rosa"))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert not page.context["decisions"]
    assert client.get(ask_url(line)).status_code == 404


def test_looking_asks_for_nothing_and_a_choice_does(client: Client, other: ActaLine) -> None:
    client.force_login(account_of(other, "rosa"))
    assert client.get(ask_url(other)).status_code == 200
    assert not ReviewRequest.objects.exists()
    assert client.post(ask_url(other), {"about": "mi vida"}).status_code == 200
    assert not ReviewRequest.objects.exists()
    assert client.post(ask_url(other), {"about": "attendance"}).status_code == 302
    assert ReviewRequest.objects.get().about == "attendance"
    assert ask_url(other) not in client.get(PAGE).content.decode()
    client.post(ask_url(other), {"about": "test"})
    assert ReviewRequest.objects.count() == 1


def test_a_classmate_or_the_staff_find_nothing_of_hers(
    client: Client, graduate: ActaLine, other: ActaLine, coordinator: Any, officer: Any, stranger: Any
) -> None:
    for user in (account_of(graduate, "otra"), coordinator, officer, stranger):
        client.force_login(user)
        assert client.get(ask_url(other)).status_code == 404
        assert client.post(ask_url(other), {"about": "test"}).status_code == 404
        assert other.name not in client.get(PAGE).content.decode()
    client.logout()
    assert client.get(PAGE).status_code == 302
    assert client.get(ask_url(other)).status_code == 302


def test_after_ten_days_she_reads_that_it_is_late(client: Client, other: ActaLine) -> None:
    Acta.objects.filter(pk=other.acta_id).update(decided_at=NOW - timedelta(days=11))
    client.force_login(account_of(other, "rosa"))
    assert ask_url(other) not in client.get(PAGE).content.decode()
    client.post(ask_url(other), {"about": "test"})
    assert not ReviewRequest.objects.exists()


def test_she_reads_the_answer(client: Client, other: ActaLine, administrator: Any) -> None:
    account = account_of(other, "rosa")
    asked = reviews.ask_review(line=other, about="hours", by=account, at=NOW)
    reviews.answer_review(
        request=asked, outcome="confirmed", explanation="Faltan seis horas.", by=administrator, at=NOW
    )
    client.force_login(account)
    assert "Faltan seis horas." in client.get(PAGE).content.decode()


def test_a_corrected_decision_takes_the_place_of_the_first(
    client: Client, other: ActaLine, coordinator: Any, administrator: Any
) -> None:
    account = account_of(other, "rosa")
    asked = reviews.ask_review(line=other, about="name", by=account, at=NOW)
    new = corrections.correct_line(line=other, name="Rosa Inés", reason="Acento.", by=coordinator, at=NOW)
    client.force_login(account)
    assert "Rosa Inés" not in client.get(PAGE).content.decode()  # nobody approved it yet
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    reviews.answer_review(
        request=asked, outcome="corrected", explanation="Tenías razón.", by=administrator, at=NOW
    )
    page = client.get(PAGE)
    assert len(page.context["decisions"]) == 1
    assert "Rosa Inés" in page.content.decode()
    assert "Tenías razón." in page.content.decode()


def test_the_page_holds_its_queries(
    client: Client, coordinator: Any, administrator: Any, queries_of: Callable[[str], int]
) -> None:
    counts = []
    for graduates in (2, 20):
        made = actas.propose_acta(cohort_id=class_of(graduates).pk, by=coordinator, at=NOW)
        actas.approve_acta(acta=made, by=administrator, at=NOW)
        client.force_login(account_of(made.lines.all()[0], f"cuenta-de-{graduates}"))
        counts.append(queries_of(PAGE))
    assert counts[0] == counts[1]


def test_a_test_that_nobody_took_is_told_without_a_count() -> None:
    with translation.override("es"):
        assert wording.asked("quiz", 1, 0) == "suficientes respuestas correctas"
        assert wording.asked("quiz", 5, 6) == "5 de 6 respuestas correctas"
