"""«Idiomas»: where every translation stands, the way to it, and who may see it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import Translation

from courses.assessments.models import Quiz, Rubric
from courses.cohorts.models import Cohort
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.translations.rules import BY_HAND, LIVE, NONE, OLD, READY, WORDS, state_of
from courses.translations.status import groups
from tests.courses.translations.test_versions import rewrite
from tests.factories.courses import CourseFactory
from tests.factories.languages import begin_translation, in_english, publish, write_words
from tests.factories.lessons import term

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/languages/"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((False, False, 0, False, False), NONE),
        ((True, False, 0, True, False), BY_HAND),
        ((True, True, 3, False, False), WORDS),
        ((True, True, 3, True, False), OLD),
        ((True, True, 0, False, False), READY),
        ((True, True, 0, True, False), READY),
        ((True, True, 0, True, True), LIVE),
    ],
)
def test_where_a_translation_stands(facts: tuple[Any, ...], state: str) -> None:
    names = ("is_begun", "is_kept", "missing", "was_read", "says_the_same")
    assert state_of(**dict(zip(names, facts, strict=True))) == state


def states() -> dict[str, str]:
    found = groups(Locale.objects.get(language_code="es"), Locale.objects.get(language_code="en"), "/")
    return {str(row.thing): row.state for group in found for row in group.rows}


def lesson(slug: str = "m1-l1") -> LessonPage:
    return LessonPage.objects.get(slug=slug, locale__language_code="es")


def test_a_course_is_listed_in_its_order_with_its_tests_behind_the_lessons(cohort: Cohort) -> None:
    term()
    order = ["Lección m1-l1", "Lección m1-l2", "Prueba del módulo 1", "Práctica del módulo 1"]
    assert [*states()][1:] == ["Módulo 1", *order, "Consentimiento"]
    assert set(states().values()) == {NONE}


def test_a_lesson_goes_from_nothing_to_published_and_out_of_date(cohort: Cohort) -> None:
    title = "Lección m1-l1"
    translation = begin_translation(lesson())
    publish(translation)
    assert states()[title] == WORDS
    assert states()["Módulo 1"] == NONE  # a place was kept for it, no more
    write_words(translation)
    assert states()[title] == READY
    publish(translation)
    assert states()[title] == LIVE
    rewrite(lesson(), "Otra cosa.")
    assert states()[title] == OLD
    translation.refresh_from_db()
    write_words(translation)
    assert states()[title] == READY  # women still read Spanish: it waits to be published
    publish(translation)
    assert states()[title] == LIVE
    Translation.objects.update(enabled=False)
    assert states()[title] == BY_HAND


def test_tests_words_and_modules_are_told_too(cohort: Cohort) -> None:
    for one in (Quiz.objects.get(), Rubric.objects.get(), ModulePage.objects.get(), term()):
        in_english(one)
    found = states()
    names = ["Prueba del módulo 1", "Práctica del módulo 1", "Módulo 1", "Consentimiento"]
    assert [found[name] for name in names] == [LIVE] * 4
    quiz = Quiz.objects.get(locale__language_code="es")
    waiting = begin_translation(quiz)
    quiz.title = "Otra prueba"
    quiz.save()
    waiting.source.update_from_db()
    assert states()["Otra prueba"] == OLD


def test_a_trainer_saves_a_test_and_its_translation_is_out_of_date(
    client: Client, trainer: Any, cohort: Cohort
) -> None:
    term()
    in_english(term())
    client.force_login(trainer)
    address = reverse("wagtailsnippets_courses_glossaryterm:edit", args=[term().pk])
    form = {"term": "Consentimiento", "definition": "Otra explicación.", "key": "consentimiento"}
    assert client.post(address, form).status_code == 302
    assert states()["Consentimiento"] == OLD


def test_every_row_leads_to_where_its_work_is_done(client: Client, coordinator: Any, cohort: Cohort) -> None:
    in_english(lesson())
    in_english(Quiz.objects.get())
    client.force_login(coordinator)
    html = client.get(ADDRESS).content.decode()
    addresses = set(re.findall(r'href="(/admin/(?:localize|pages|snippets)/[^"]+)" aria-describedby', html))
    assert len(addresses) == 6
    for address in addresses:
        assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert "Lección m1-l1" not in client.get(f"{ADDRESS}?language=en&open=1").content.decode()
    assert client.get(f"{ADDRESS}?language=es").status_code == 404
    assert client.get(f"{ADDRESS}?language=ht").status_code == 404


def test_a_click_makes_the_translation_as_a_draft(client: Client, trainer: Any, cohort: Cohort) -> None:
    client.force_login(trainer)
    english = Locale.objects.get(language_code="en")
    page = lesson()
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    assert client.post(address, {"locales": [english.pk]}).status_code == 302
    made = LessonPage.objects.get(locale=english)
    assert not made.live
    assert made.slug == page.slug
    assert not made.reviewed_by


def test_the_queries_do_not_grow_with_the_course(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)

    def count() -> int:
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as context:
            assert client.get(ADDRESS).status_code == 200
        return len(context)

    course = CourseFactory(lessons=1)
    in_english(LessonPage.objects.get())
    in_english(Quiz.objects.get())
    few = count()
    module = ModulePage.objects.child_of(course).get()
    for number in range(8):
        page = LessonPage(title=f"Más {number}", slug=f"mas-{number}")
        module.add_child(instance=page)
        page.save_revision().publish()
        if number % 2:
            in_english(page)
    assert CoursePage.objects.originals().count() == 1
    assert count() == few
