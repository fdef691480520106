"""«Hoy» asks for her permissions quietly: until she has answered, or for a while not."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.cohorts.models import Enrolment
from courses.consents import later, rules
from courses.consents.actions import note_consent
from tests.factories.courses import enrolled

pytestmark = pytest.mark.django_db
ASKED = 'action="/mis-datos/permisos/despues/"'
LATER = "/mis-datos/permisos/despues/"


@pytest.fixture
def browser(enrolment: Enrolment) -> Client:
    client, account = Client(), enrolment.person.account
    assert account is not None
    client.force_login(account)
    return client


def asks(browser: Client) -> bool:
    page = browser.get("/hoy/")
    assert page.status_code == 200
    return ASKED in page.content.decode()


def answer(enrolment: Enrolment, purposes: Any) -> None:
    for purpose in purposes:
        note_consent(person=enrolment.person, purpose=purpose, is_given=False, at=timezone.now())


def test_the_card_leads_to_her_permissions_until_she_has_answered_all(
    browser: Client, enrolment: Enrolment
) -> None:
    assert f'href="{reverse("own_data:consents")}"' in browser.get("/hoy/").content.decode()
    answer(enrolment, rules.PURPOSES[1:])
    assert asks(browser)
    note_consent(person=enrolment.person, purpose=rules.STUDY, is_given=True, at=timezone.now())
    assert not asks(browser)


def test_not_now_puts_it_away_for_fourteen_days_and_closes_nothing(
    browser: Client, enrolment: Enrolment
) -> None:
    response = browser.post(LATER)
    assert response["Location"] == "/hoy/"
    cookie = response.cookies[later.COOKIE]
    assert (cookie["max-age"], cookie["httponly"]) == (14 * 24 * 3600, True)
    assert str(enrolment.person_id) not in cookie.value
    assert not asks(browser)
    assert browser.get("/curso/").status_code == 200
    assert browser.get(reverse("own_data:consents")).status_code == 200


def test_after_fourteen_days_it_asks_again_whatever_the_phone_kept(
    browser: Client, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(LATER)
    now = time.time()
    for days, is_asked in ((13.9, False), (14.1, True)):
        monkeypatch.setattr("django.core.signing.time.time", lambda days=days: now + days * 24 * 3600)
        request = Client().get("/").wsgi_request
        request.COOKIES[later.COOKIE] = browser.cookies[later.COOKIE].value
        assert later.is_to_ask(request, enrolment.person) is is_asked


def test_on_a_phone_of_two_the_other_is_asked_all_the_same(browser: Client, enrolment: Enrolment) -> None:
    browser.post(LATER)
    [other] = enrolled(enrolment.cohort, 1)
    request = Client().get("/").wsgi_request
    request.COOKIES[later.COOKIE] = browser.cookies[later.COOKIE].value
    assert later.is_to_ask(request, other.person)
    assert not later.is_to_ask(request, enrolment.person)


def test_only_a_button_puts_it_away(browser: Client) -> None:
    assert browser.get(LATER).status_code == 405
    assert asks(browser)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(LATER).status_code == 403
    stranger = Client().post(LATER)
    assert stranger["Location"].startswith("/entrar/")
    assert later.COOKIE not in stranger.cookies
