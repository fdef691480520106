"""A translation from who writes it, over who answers for it, to who reads it."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse
from wagtail_localize.models import Translation

from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import LessonPage
from tests.courses.pages.writing import approve
from tests.factories.languages import EN, english, in_english, write_words

pytestmark = pytest.mark.django_db
BANNER = "Not reviewed yet"


def at_desk(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def edit(page: LessonPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def press(desk: Client, page: LessonPage) -> LessonPage:
    """The big button of the translation editor, whatever it does for her."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert desk.post(edit(page), {"action": "publish"}).status_code == 302
    return LessonPage.objects.get(pk=page.pk)


def write(desk: Client, translation: Translation, words: str) -> int:
    """Write the title in the translation editor."""
    segment = translation.source.stringsegment_set.get(context__path="title")
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    sent = {"data": f"value={words}", "content_type": "application/x-www-form-urlencoded"}
    return desk.put(address, **sent).status_code  # type: ignore[arg-type]  # of any name


@pytest.fixture
def reading(trainee: Any, enrolment: Enrolment) -> Any:
    """What she reads in English under the address of the first lesson."""
    woman = at_desk(trainee)
    woman.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def read() -> str:
        cache.clear()
        return woman.get("/curso/m1-l1/").content.decode()

    return read


@pytest.fixture
def made(cohort: Cohort, trainer: Any) -> LessonPage:
    """A trainer pressed «Translate»; no word is written yet."""
    lesson = LessonPage.objects.get(slug="m1-l1")
    in_english(lesson.get_parent().get_parent().specific)
    in_english(lesson.get_parent().specific)
    address = reverse("wagtail_localize:submit_page_translation", args=[lesson.pk])
    at_desk(trainer).post(address, {"locales": [english().pk]})
    return LessonPage.objects.get(locale=english())


def test_a_trainer_sends_a_reviewer_approves_and_the_banner_is_there_until_then(
    made: LessonPage, trainer: Any, reviewer: Any, coordinator: Any, reading: Any
) -> None:
    author, judge, head = at_desk(trainer), at_desk(reviewer), at_desk(coordinator)
    translation = Translation.objects.get(source__object_id=made.translation_key)
    write_words(translation, but=1)
    assert not press(author, made).workflow_in_progress, "nobody answers for half a translation"
    write_words(translation)
    made = press(author, made)
    assert (made.live, made.workflow_in_progress) == (False, True)
    assert EN not in reading()

    review = reverse("reviews:lesson", args=[made.pk])
    assert judge.get(edit(made))["Location"] == review
    assert reverse("wagtailadmin_pages:workflow_preview", args=[made.pk, 1])[:-2] in str(
        judge.get(review).content
    )
    assert write(judge, translation, "Mine") != 200, "who answers for the words does not write them"
    approve(judge, made)
    assert LessonPage.objects.get(pk=made.pk).live
    assert EN in reading()
    assert BANNER not in reading()

    assert write(author, translation, "EN Other words") == 200
    assert "Other words" not in reading(), "what is written is not yet published"
    press(head, made)
    assert "Other words" in reading()
    assert BANNER in reading()
    head.post(reverse("send_for_review", args=[made.pk]))
    approve(judge, made)
    assert "Other words" in reading()
    assert BANNER not in reading()


def test_no_other_button_publishes_for_who_must_not(made: LessonPage, trainer: Any, coordinator: Any) -> None:
    author = at_desk(trainer)
    translation = Translation.objects.get(source__object_id=made.translation_key)
    write_words(translation)
    update = reverse("wagtail_localize:update_translations", args=[translation.source_id])
    author.post(update, {"publish_translations": "on"})
    assert not LessonPage.objects.get(pk=made.pk).live
    page = author.get(edit(made)).content.decode()
    assert "&quot;canPublish&quot;: true" in page, "her button, which sends for review"
    assert reverse("wagtail_localize:convert_to_alias", args=[made.pk]) not in page
    words = reverse("wagtail_localize:javascript_catalog")
    assert author.get(words).content != at_desk(coordinator).get(words).content, "it says so"


def test_a_lesson_with_a_telling_address_is_stopped_for_everybody(
    made: LessonPage, trainer: Any, coordinator: Any
) -> None:
    translation = Translation.objects.get(source__object_id=made.translation_key)
    write_words(translation)
    LessonPage.objects.filter(translation_key=made.translation_key).update(slug="sobre-vih")
    translation.source.update_from_db()
    for user in (trainer, coordinator):
        page = press(at_desk(user), made)
        assert not page.live
        assert not page.workflow_in_progress


def test_an_original_has_no_newer_text_because_it_was_translated(
    client: Client, cohort: Cohort, trainer: Any
) -> None:
    lesson = LessonPage.objects.get(slug="m1-l1")
    in_english(lesson)
    Cohort.objects.update(ends_on="2100-01-01")
    client.force_login(trainer)
    answer = client.get(reverse("reviews:lesson", args=[lesson.pk]))
    assert [is_older for _pin, is_older in answer.context["pins"]] == [False]
    assert answer.context["newer"] is None
