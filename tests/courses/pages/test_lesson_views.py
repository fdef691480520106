"""A lesson with every kind of block, as a trainee reads it and as staff preview it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail_factories import ImageFactory
from wagtailmedia.models import get_media_model

from courses.cohorts.actions import enrol
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.school.actions import open_school
from tests.factories.courses import OPENED, CohortFactory, CourseFactory

pytestmark = pytest.mark.django_db


def full_body(repeat: int) -> list[tuple[str, Any]]:
    """Each block `repeat` times, with files of its own."""
    body: list[tuple[str, Any]] = []
    for number in range(repeat):
        image = ImageFactory(title=f"dibujo {number}")
        image.contextual_alt_text, image.decorative = "Tres pasos dibujados", False
        sound = get_media_model().objects.create(
            title="Escucha", type="audio", duration=61, file=ContentFile(b"ID3", name=f"audio-{number}.mp3")
        )
        options = [
            {"text": "Sí", "is_correct": True, "feedback": "Eso es."},
            {"text": "No", "is_correct": False, "feedback": "Casi."},
        ]
        body += [
            ("heading", "Para empezar"),
            ("text", "<p>Un texto <b>claro</b>.</p>"),
            ("image", image),
            ("audio", {"audio": sound, "transcript": "Las palabras que se oyen."}),
            ("key_message", "Lo más importante."),
            ("steps", {"title": "Cómo se hace", "steps": ["Primero.", "Después."]}),
            ("self_check", {"question": "¿Verdad?", "options": options, "feedback": "Porque sí."}),
        ]
    return body


@pytest.fixture
def course(school: None) -> CoursePage:
    course = CourseFactory(lessons=1)
    module = ModulePage.objects.child_of(course).get()
    for slug, repeat in (("m1-l8", 1), ("m1-l9", 6)):
        lesson = LessonPage(title="Completa", slug=slug, objectives=[("objective", "Nombrar los pasos")])
        lesson.body = full_body(repeat)
        module.add_child(instance=lesson)
        lesson.save_revision().publish()
    return course


@pytest.fixture
def browser(trainee: Any, course: CoursePage) -> Client:
    cohort = CohortFactory(course=course, opened=False)
    open_school(cohort=cohort, at=OPENED)
    enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)
    client = Client()
    client.force_login(trainee)
    return client


WORDS = [
    "<h2>Para empezar</h2>",
    "<b>claro</b>",
    'alt="Tres pasos dibujados"',
    "Las palabras que se oyen.",
    "Lo más importante.",
    "Primero.",
    "¿Verdad?",
    "Casi.",
    "Nombrar los pasos",
]


@pytest.mark.parametrize("words", WORDS)
def test_every_block_reaches_the_trainee(browser: Client, words: str) -> None:
    assert words in browser.get("/curso/m1-l8/").content.decode()


def test_a_lesson_carries_no_inline_style_or_script(browser: Client) -> None:
    page = browser.get("/curso/m1-l8/").content.decode()
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


def test_each_self_check_has_names_of_its_own(browser: Client) -> None:
    page = browser.get("/curso/m1-l9/").content.decode()
    names = {part.split('"')[0] for part in page.split('type="radio" name="')[1:]}
    assert len(names) == 6


@pytest.mark.parametrize("slug", ["m1-l8", "m1-l9"])
def test_a_rich_lesson_takes_ten_queries_however_long_and_six_once_it_is_drawn(
    browser: Client, slug: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get(f"/curso/{slug}/")
    cache.clear()
    with django_assert_num_queries(10):
        browser.get(f"/curso/{slug}/")
    with django_assert_num_queries(6):
        browser.get(f"/curso/{slug}/")


def test_staff_preview_what_a_trainee_will_read(trainer: Any, course: CoursePage) -> None:
    client = Client()
    client.force_login(trainer)
    for page in (course, ModulePage.objects.get(), LessonPage.objects.get(slug="m1-l8")):
        response = client.get(page.get_url())
        assert response.status_code == 200
    assert "Las palabras que se oyen." in response.content.decode()


def test_a_trainee_who_finds_the_page_itself_reads_her_version(browser: Client, course: CoursePage) -> None:
    lesson = LessonPage.objects.get(slug="m1-l8")
    assert browser.get(lesson.get_url())["Location"] == "/curso/m1-l8/"
    assert browser.get(course.get_url())["Location"] == "/curso/"
    assert Client().get(lesson.get_url())["Location"].startswith("/entrar/")
