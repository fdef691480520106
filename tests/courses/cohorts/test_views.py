"""The ethics commitment and a trainee's own data."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from courses.cohorts.actions import withdraw
from courses.cohorts.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


def test_she_accepts_the_commitment_and_the_first_time_stays(browser: Client, enrolment: Enrolment) -> None:
    assert browser.post("/curso/compromiso/")["Location"] == "/curso/diploma/"
    enrolment.refresh_from_db()
    first = enrolment.ethics_accepted_at
    assert first is not None
    browser.post("/curso/compromiso/")
    enrolment.refresh_from_db()
    assert enrolment.ethics_accepted_at == first


def test_reading_the_commitment_accepts_nothing(browser: Client, enrolment: Enrolment) -> None:
    browser.get("/curso/compromiso/")
    enrolment.refresh_from_db()
    assert enrolment.ethics_accepted_at is None


def test_who_left_cannot_accept_it_any_more(browser: Client, enrolment: Enrolment) -> None:
    withdraw(enrolment=enrolment, on=enrolment.cohort.ends_on)
    assert browser.post("/curso/compromiso/")["Location"] == "/hoy/"
    enrolment.refresh_from_db()
    assert enrolment.ethics_accepted_at is None


def test_her_data_shows_her_name_and_where_to_change_the_password(browser: Client) -> None:
    page = browser.get("/curso/mis-datos/").content.decode()
    assert "Lucía" in page
    assert "/clave/" in page


def test_she_chooses_her_language(browser: Client, trainee: Any) -> None:
    response = browser.post("/curso/mis-datos/", {"language": "en"})
    trainee.person.refresh_from_db()
    assert trainee.person.language == "en"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert "What is kept about you" in browser.get("/curso/mis-datos/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "es-MX"])
def test_a_language_that_the_site_does_not_speak_is_refused(
    browser: Client, trainee: Any, language: str
) -> None:
    response = browser.post("/curso/mis-datos/", {"language": language}, follow=True)
    trainee.person.refresh_from_db()
    assert trainee.person.language == "es"
    assert len(list(response.context["messages"])) == 1
