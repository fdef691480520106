"""A woman who reads English: English where it is, Spanish elsewhere, and each says what it is."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.home.models import StandardPage
from courses.assessments.actions import observe
from courses.assessments.models import Attempt, Quiz, Rubric
from courses.cohorts.models import Enrolment
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.progress.models import LessonProgress
from tests.cms.test_languages import words
from tests.courses.sync.phone import Phone
from tests.factories.courses import OPENED, home, pin
from tests.factories.languages import in_english

pytestmark = pytest.mark.django_db
FIRST, SECOND = "/curso/m1-l1/", "/curso/m1-l2/"
MODULES = "/sync/v1/modules/"


@pytest.fixture
def translated(enrolment: Enrolment) -> None:
    """Module 1 in English: its title, its first lesson, its test. The second lesson is not."""
    cache.clear()
    in_english(CoursePage.objects.get())
    in_english(ModulePage.objects.get(locale__language_code="es"))
    in_english(LessonPage.objects.get(slug="m1-l1", locale__language_code="es"))
    in_english(Quiz.objects.get())


@pytest.fixture
def browser(trainee: Any, translated: None) -> Client:
    client = Client()
    client.force_login(trainee)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page(browser: Client, address: str, language: str = "en") -> str:
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_her_lesson_is_english_and_the_next_one_says_that_it_is_spanish(browser: Client) -> None:
    found = words(page(browser, FIRST))
    assert {("en", "EN Lección m1-l1"), ("en", "EN Lo más importante."), ("es", "Lección m1-l2")} <= found
    assert not any(text.startswith("EN ") for lang, text in found if lang != "en")
    second = words(page(browser, SECOND))
    assert {("es", "Lección m1-l2"), ("es", "Lo más importante."), ("en", "EN Lección m1-l1")} <= second
    told = "This lesson is in Spanish for now"
    assert [told in page(browser, one) for one in (FIRST, SECOND)] == [False, True]
    assert told not in page(browser, SECOND, "es")


def test_who_reads_french_gets_spanish_not_english(browser: Client) -> None:
    found = words(page(browser, FIRST, "fr"))
    assert ("es", "Lo más importante.") in found
    assert not any(text.startswith("EN ") for _lang, text in found)


def test_the_map_and_her_day_name_everything_in_its_language(browser: Client) -> None:
    course = words(page(browser, "/curso/"))
    assert {("en", "EN Módulo 1"), ("en", "EN Lección m1-l1"), ("es", "Lección m1-l2")} <= course
    assert ("en", "EN Prueba del módulo 1") in course
    assert ("en", "EN Lección m1-l1") in words(page(browser, "/hoy/"))
    assert ("es", "Lección m1-l1") in words(page(browser, "/hoy/", "ht"))


def test_what_she_finishes_in_english_is_finished_in_spanish(browser: Client) -> None:
    page(browser, FIRST)
    browser.post(FIRST, {"quietly": "1"})
    progress = LessonProgress.objects.get()
    assert (progress.version.language, progress.completed_at is not None) == ("en", True)
    spanish = words(page(browser, FIRST, "es"))
    assert ("es", "Lección m1-l1") in spanish
    assert "Terminada" in {text for _lang, text in spanish}


def test_her_test_and_its_result_are_in_the_language_in_which_she_began(browser: Client) -> None:
    address = f"/curso/prueba/{Quiz.objects.filter(locale__language_code='es').get().slug}/"
    assert ("en", "EN Prueba del módulo 1") in words(page(browser, address))
    browser.post(address, {"sheet": "all"})
    attempt = Attempt.objects.get()
    sheet = f"/curso/intento/{attempt.pk}/"
    assert ("en", "EN Pregunta q0") in words(page(browser, sheet))
    # She changes the language of the site in the middle: the sheet stays as she began it, and says so.
    assert ("en", "EN Pregunta q0") in words(page(browser, sheet, "es"))
    answers = {question["id"]: f"{question['id']}-a" for question in attempt.questions}
    browser.post(sheet, answers)
    result = words(page(browser, sheet, "es"))
    assert {("en", "EN Pregunta q0"), ("en", "EN Así es."), ("en", "EN Respuesta a")} <= result


def test_her_practicals_are_in_her_language(browser: Client, enrolment: Enrolment, trainer: Any) -> None:
    rubric = pin(enrolment.cohort, "rubric")
    in_english(Rubric.objects.get())
    scores = {"step-0": 0, **{f"step-{n}": 1 for n in range(1, 5)}}
    observe(enrolment=enrolment, pin=rubric, scores=scores, by=trainer, at=OPENED)
    english, french = (words(page(browser, "/curso/diploma/", one)) for one in ("en", "fr"))
    title = rubric.version.title
    assert {("en", f"EN {title}"), ("en", "EN Paso 0"), ("en", "EN Paso 4")} <= english
    assert not any(text.startswith("Paso") for _lang, text in english)
    assert {("es", title), ("es", "Paso 0")} <= french


def test_the_queries_of_a_lesson_do_not_grow_with_the_languages(browser: Client) -> None:
    for language, most in (("es", 6), ("en", 7), ("fr", 7)):
        page(browser, FIRST, language)
        with CaptureQueriesContext(connection) as context:
            page(browser, FIRST, language)
        assert len(context) == most, (language, [one["sql"][:90] for one in context])


def test_a_phone_takes_her_language_along(browser: Client, enrolment: Enrolment) -> None:
    phone = Phone(enrolment.person)

    def pack(language: str) -> dict[str, Any]:
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        listed = browser.get(MODULES).json()["modules"][0]
        packed: dict[str, Any] = browser.get(
            f"{MODULES}{listed['key']}/", headers={"X-Device": str(phone.device)}
        ).json()
        assert packed["revision"] == listed["revision"]
        assert (packed["title"], packed["language"]) == (listed["title"], listed["language"])
        return packed

    spanish = pack("es")
    Attempt.objects.all().delete()
    english = pack("en")
    assert spanish["revision"] != english["revision"]
    assert (english["title"], english["language"]) == ("EN Módulo 1", "en")
    told = [(one["title"], one["language"]) for one in english["lessons"]]
    assert told == [("EN Lección m1-l1", "en"), ("Lección m1-l2", "es")]
    assert "EN Lo más importante." in english["lessons"][0]["html"]
    assert ' lang="es"' in english["lessons"][1]["html"]
    assert [one["key"] for one in english["lessons"]] == [one["key"] for one in spanish["lessons"]]
    assert (english["test"]["title"], english["test"]["language"]) == ("EN Prueba del módulo 1", "en")
    assert "EN Pregunta" in english["test"]["html"]
    french = pack("fr")
    assert french["lessons"][0]["title"] == "Lección m1-l1"


def test_a_place_kept_on_a_phone_in_english_counts(browser: Client, enrolment: Enrolment) -> None:
    page(browser, FIRST)
    browser.post(f"{FIRST}lugar/", {"place": "2", "quietly": "1"})
    assert LessonProgress.objects.get().place == 2
    assert 'href="#block-2"' in page(browser, FIRST, "es")


def test_a_visitor_finds_every_page_of_the_school_in_whatever_language(client: Client) -> None:
    """The English tree holds what is translated; what is not is served from the Spanish one."""
    front = home()
    front.introduction = "<p>Aprender juntas.</p>"
    front.save_revision().publish()
    front.add_child(instance=StandardPage(title="Aviso de privacidad", slug="privacidad"))
    in_english(front)
    assert ("en", "EN Aprender juntas.") in words(page(client, "/"))
    for language in ("en", "fr", "es"):
        assert ("es", "Aviso de privacidad") in words(page(client, "/privacidad/", language))
    assert client.get("/no-existe/").status_code == 404
