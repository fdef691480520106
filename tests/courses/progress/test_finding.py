"""A woman looks for a word: what she finds, what she never finds, and that nothing of it stays."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from courses.cohorts.models import CohortContent, Enrolment
from courses.pages.actions import decide_overdue, freeze
from courses.pages.models import ContentVersion, CoursePage, LessonPage, ModulePage
from courses.progress.finding import find, pieces
from tests.factories.courses import OPENED
from tests.factories.languages import in_english

pytestmark = pytest.mark.django_db
ADDRESS = "/curso/buscar/"
BODY: list[dict[str, Any]] = [
    {"type": "text", "value": "<p>El <b>condón</b> protege de las ITS.</p>"},
    {"type": "content_warning", "value": {"about": "Violencia", "instead": "Pide ayuda.", "body": [
        {"type": "text", "value": "<p>escondido</p>"}]}},
    {"type": "self_check", "value": {"question": "¿Cuál?", "options": [{"text": "respuesta"}]}},
    {"type": "referral", "value": {"service": 1, "said": {"phone": "9990001112"}}},
]  # fmt: skip


def say(slug: str, body: list[dict[str, Any]]) -> None:
    """Let the pinned version of that lesson be one with this body."""
    pin = CohortContent.objects.get(slug=slug)
    old = pin.version
    version = freeze(
        kind=ContentVersion.Kind.LESSON,
        key=old.key,
        language=old.language,
        title=old.title,
        content={**old.content, "body": body},
    )
    CohortContent.objects.filter(pk=pin.pk).update(version=version)


@pytest.fixture
def browser(client: Client, trainee: Any, enrolment: Enrolment) -> Client:
    cache.clear()
    say("m1-l1", BODY)
    client.force_login(trainee)
    return client


def found(browser: Client, words: str) -> str:
    response = browser.post(ADDRESS, {"words": words})
    assert response.status_code == 200
    return response.content.decode().partition("<main")[2].partition("</form>")[2]


@pytest.mark.parametrize("words", ["condón", "CONDON", "condones", "  protege  condon "])
def test_accents_capitals_and_plurals_do_not_count(browser: Client, words: str) -> None:
    page = found(browser, words)
    assert "/curso/m1-l1/" in page
    assert "/curso/m1-l2/" not in page
    assert "<mark>condón</mark>" in page


@pytest.mark.parametrize(
    "words", ["escondido", "respuesta", "9990001112", "inexistente", "condón nada", "¿?"]
)
def test_what_a_warning_covers_an_answer_and_an_old_number_are_not_told(browser: Client, words: str) -> None:
    page = found(browser, words)
    assert "<article" not in page
    assert 'role="status"' in page


def test_a_title_is_found_and_comes_first(browser: Client) -> None:
    say("m1-l2", [{"type": "text", "value": "<p>Mira la lección m1-l1 otra vez.</p>"}])
    page = found(browser, "leccion l1")
    assert page.index("/curso/m1-l1/") < page.index("/curso/m1-l2/")


def test_she_finds_the_words_of_the_language_she_reads(
    client: Client, trainee: Any, enrolment: Enrolment
) -> None:
    cache.clear()
    for page in (CoursePage, ModulePage):
        in_english(page.objects.get(locale__language_code="es"))
    in_english(LessonPage.objects.get(slug="m1-l1", locale__language_code="es"))
    client.force_login(trainee)
    assert "<article" not in found(client, "en importante")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page_in_english = found(client, "en importante")
    assert "/curso/m1-l1/" in page_in_english
    assert "/curso/m1-l2/" not in page_in_english


def test_a_hidden_lesson_is_not_found(browser: Client, reviewer: Any) -> None:
    lesson = LessonPage.objects.get(slug="m1-l1")
    decide_overdue(lesson=lesson, kind="hide", until=None, note="Cambió la ley", by=reviewer, at=OPENED)
    assert "/curso/m1-l1/" not in found(browser, "condón")


def test_who_studies_nothing_finds_nothing(client: Client, stranger: Any, cohort: Any) -> None:
    assert client.post(ADDRESS, {"words": "condón"})["Location"].startswith("/entrar/")
    client.force_login(stranger)
    assert client.post(ADDRESS, {"words": "condón"})["Location"] == "/hoy/"


def test_what_she_looks_for_stays_nowhere(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    browser.get(ADDRESS)
    before = dict(browser.session)
    with caplog.at_level(logging.DEBUG, logger="django"), CaptureQueriesContext(connection) as context:
        found(browser, "zanahoria")
    assert not any("zanahoria" in query["sql"] for query in context)
    assert "zanahoria" not in caplog.text
    assert dict(browser.session) == before
    page = browser.get(ADDRESS, {"words": "condón"}).content.decode()
    assert "<mark" not in page
    assert 'autocomplete="off"' in page
    assert f'href="{ADDRESS}"' in browser.get("/curso/").content.decode()


def test_queries_do_not_grow_with_the_lessons_that_say_it(browser: Client) -> None:
    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as context:
            found(browser, "condon")
        return len(context)

    count()
    one = count()
    say("m1-l2", BODY)
    assert count() == one


def test_words_are_escaped(browser: Client) -> None:
    say("m1-l2", [{"type": "key_message", "value": "uno & dos <script>tres"}])
    assert "<script>tres" not in found(browser, "uno")


@given(st.text(max_size=80))
def test_whatever_she_writes_is_looked_for(asked: str) -> None:
    assert find([], asked) == []


def test_a_lesson_without_anything_says_nothing() -> None:
    assert pieces({}) == []
