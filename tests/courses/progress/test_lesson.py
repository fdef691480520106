"""A lesson: going on where she stopped, an honest end, the size of the letters."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from courses.cohorts.models import Enrolment, module_key
from courses.pages.models import LessonPage
from courses.progress.actions import complete_lesson, keep_place
from courses.progress.models import LessonProgress
from tests.factories.courses import OPENED, pin

pytestmark = pytest.mark.django_db

LESSON, PLACE = "/curso/m1-l1/", "/curso/m1-l1/lugar/"


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


def kept(enrolment: Enrolment) -> LessonProgress:
    return LessonProgress.objects.get(enrolment=enrolment)


@pytest.mark.parametrize(("place", "expected"), [(0, 0), (1, 1), (2, 2), (99, 2), (-5, 0)])
def test_a_place_stays_inside_the_lesson(enrolment: Enrolment, place: int, expected: int) -> None:
    lesson = pin(enrolment.cohort, "lesson")
    assert keep_place(enrolment=enrolment, pin=lesson, place=place, at=OPENED).place == expected


def test_the_last_place_wins_and_does_not_finish_the_lesson(enrolment: Enrolment) -> None:
    lesson = pin(enrolment.cohort, "lesson")
    keep_place(enrolment=enrolment, pin=lesson, place=2, at=OPENED)
    keep_place(enrolment=enrolment, pin=lesson, place=1, at=OPENED)
    assert (kept(enrolment).place, kept(enrolment).completed_at) == (1, None)


def test_keeping_a_place_leaves_a_finished_lesson_finished(enrolment: Enrolment) -> None:
    lesson = pin(enrolment.cohort, "lesson")
    complete_lesson(enrolment=enrolment, pin=lesson, at=OPENED)
    keep_place(enrolment=enrolment, pin=lesson, place=1, at=OPENED)
    assert kept(enrolment).completed_at == OPENED


def test_she_is_offered_to_go_on_where_she_stopped(browser: Client, enrolment: Enrolment) -> None:
    assert 'href="#block-2"' not in browser.get(LESSON).content.decode()
    assert browser.post(PLACE, {"place": "2", "quietly": "yes"}).status_code == 204
    page = browser.get(LESSON).content.decode()
    assert 'href="#block-2"' in page
    assert 'id="block-2"' in page


def test_without_javascript_a_button_keeps_the_place_and_returns_to_it(
    browser: Client, enrolment: Enrolment
) -> None:
    assert browser.post(PLACE, {"place": "1"})["Location"] == f"{LESSON}#block-1"
    assert kept(enrolment).place == 1


@pytest.mark.parametrize("place", ["", "x", "-1", "99999999999"])
def test_a_place_that_is_none_is_refused(browser: Client, place: str) -> None:
    assert browser.post(PLACE, {"place": place}).status_code == 400
    assert not LessonProgress.objects.exists()


def test_a_place_in_a_lesson_that_she_does_not_study_is_not_there(browser: Client, stranger: Any) -> None:
    assert browser.post("/curso/m9-l9/lugar/", {"place": "1"}).status_code == 404
    client = Client()
    client.force_login(stranger)
    assert client.post(PLACE, {"place": "1"})["Location"] == "/hoy/"
    assert Client().post(PLACE, {"place": "1"})["Location"].startswith("/entrar/")


def test_opening_a_lesson_does_not_finish_it(browser: Client, enrolment: Enrolment) -> None:
    browser.get(LESSON)
    browser.post(PLACE, {"place": "2"})
    assert kept(enrolment).completed_at is None


def test_the_button_that_finishes_stands_after_the_last_block(browser: Client) -> None:
    page = browser.get(LESSON).content.decode()
    assert page.index("data-finish>") > page.rindex("data-block=")


def test_answered_self_checks_finish_a_lesson_without_leaving_it(
    browser: Client, enrolment: Enrolment
) -> None:
    assert browser.post(LESSON, {"quietly": "yes"}).status_code == 204
    assert kept(enrolment).completed_at is not None


def test_the_tab_of_a_lesson_does_not_name_it(browser: Client) -> None:
    page = browser.get(LESSON).content.decode()
    assert "<title>Lección · Promotora</title>" in page


def test_every_module_leaves_a_place_for_what_the_phone_says(browser: Client, enrolment: Enrolment) -> None:
    key = module_key(enrolment.pk, 1)
    assert f'data-module="{key}"' in browser.get("/curso/").content.decode()


def test_a_view_restriction_closes_a_lesson_at_once_however_often_it_was_read(browser: Client) -> None:
    assert browser.get(LESSON).status_code == 200
    page = LessonPage.objects.get(slug="m1-l1")
    closed = PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="groups")
    assert browser.get(LESSON).status_code == 404
    closed.delete()
    assert browser.get(LESSON).status_code == 200
