"""The demo course in English: what demo/en/ holds, as translations that are up to date."""

import pytest
from django.test import override_settings
from wagtail.models import Locale

from cms.home.models import HomePage
from cms.home.seeding.content import ensure_course
from cms.home.seeding.english import ensure_english, reword
from cms.users.roles import sync_roles
from courses.assessments.models import QuestionBank, Rubric
from courses.pages.models import ContentVersion, CoursePage, LessonPage, ModulePage
from courses.translations.rules import LIVE, NONE
from courses.translations.status import groups

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]


@pytest.fixture(scope="module")
def course(lasting: None, tmp_path_factory: pytest.TempPathFactory) -> CoursePage:
    with override_settings(DATA_DIR=tmp_path_factory.mktemp("english")):
        sync_roles()
        found = ensure_course()
        ensure_english(found)
    return found


def test_module_1_and_the_practicals_are_english_and_up_to_date_and_the_rest_is_not_translated(
    course: CoursePage,
) -> None:
    spanish, english = Locale.objects.get(language_code="es"), Locale.objects.get(language_code="en")
    lessons, *_words = groups(spanish, english, "/")
    states = {getattr(row.thing, "slug", str(row.thing)): row.state for row in lessons.rows}
    live = {course.slug, "m1", "m1-l01", "m1-l02", "m1-l03", "m1-l04", "t-m1"}
    live |= set(Rubric.objects.filter(locale=spanish).values_list("title", flat=True))
    assert {slug for slug, state in states.items() if state == LIVE} == live
    assert {state for slug, state in states.items() if slug not in live} == {NONE}
    before = ContentVersion.objects.count()
    ensure_english(course)
    assert ContentVersion.objects.count() == before


def test_every_english_version_says_what_the_spanish_one_says(course: CoursePage) -> None:
    for version in ContentVersion.objects.filter(language="en"):
        spanish = ContentVersion.objects.newest([version.key], "es")[version.key]
        assert version.meaning == spanish.meaning
        assert len(version.content.get("body", [])) == len(spanish.content.get("body", []))


def test_the_english_test_has_the_same_right_answers(course: CoursePage) -> None:
    key = QuestionBank.objects.get(locale__language_code="en").translation_key
    told = {
        bank.locale.language_code: [
            [(option.id, option.value["is_correct"]) for option in one.value["options"].bound_blocks]
            for one in bank.questions
            if one.block_type in {"single", "multiple"}
        ]
        for bank in QuestionBank.objects.filter(translation_key=key)
    }
    assert len(told["es"]) > 5
    assert told["es"] == told["en"]


def test_the_front_page_and_the_addresses_are_there_once_a_language(course: CoursePage) -> None:
    assert HomePage.objects.filter(locale__language_code="en").get().title == "Home"
    assert ModulePage.objects.filter(locale__language_code="en").get().slug == "m1"
    assert LessonPage.objects.filter(slug="m1-l01").count() == 2


def test_words_of_another_shape_are_refused() -> None:
    stored = [{"type": "item", "id": "1", "value": {"text": "Uno", "is_correct": True}}]
    told = [{"text": "One"}]
    assert reword(stored, told) == [{"type": "item", "id": "1", "value": {"text": "One", "is_correct": True}}]
    with pytest.raises(ValueError, match="shorter"):
        reword(stored, [])
