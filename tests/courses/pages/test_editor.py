"""The editor of a lesson: drafts always save, errors stop publishing and submitting, warnings do not."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import streamfield
from wagtail_factories import ImageFactory
from wagtailmedia.models import get_media_model

from courses.cohorts.models import Cohort
from courses.pages.checks.gather import check_lesson
from courses.pages.checks.models import NeutralNaming, OutsideLink
from courses.pages.models import ContentVersion, CoursePage, LessonPage
from tests.courses.pages.writing import form, picture, send
from tests.factories.courses import CourseFactory

pytestmark = pytest.mark.django_db
PUBLISH, SUBMIT = "action-publish", "action-submit"


@pytest.fixture
def lesson(school: None) -> LessonPage:
    course: CoursePage = CourseFactory()
    found: LessonPage = LessonPage.objects.descendant_of(course).order_by("path")[0]
    return found


@pytest.fixture
def desk(client: Client, coordinator: Any) -> Client:
    """A coordinator may publish without the workflow."""
    client.force_login(coordinator)
    return client


def image(name: str = "dibujo.png") -> str:
    made: Any = ImageFactory(title="dibujo", file__filename=name)
    return str(made.pk)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_missing_alternative_text_stops_publishing_and_not_the_draft(
    desk: Client, lesson: LessonPage
) -> None:
    data = form(lesson, picture(image=image(), alt_text="", decorative=""))
    versions = ContentVersion.objects.count()
    assert send(desk, lesson, data, PUBLISH).status_code == 200
    assert LessonPage.objects.get(pk=lesson.pk).latest_revision == lesson.latest_revision
    assert send(desk, lesson, data).status_code == 302
    saved = LessonPage.objects.get(pk=lesson.pk)
    assert saved.has_unpublished_changes
    assert ContentVersion.objects.count() == versions


def test_corrected_it_is_published(desk: Client, lesson: LessonPage) -> None:
    data = form(lesson, picture(image=image(), alt_text="Tres pasos", decorative=""))
    assert send(desk, lesson, data, PUBLISH).status_code == 302
    newest = ContentVersion.objects.filter(key=lesson.translation_key).latest("number")
    assert newest.number == 2
    assert newest.content["sources"][0]["value"]["title"] == "Norma ficticia"
    assert newest.content["is_reviewed"] is False
    assert newest.content["review_again_by"] is None


@pytest.mark.parametrize("action", [PUBLISH, SUBMIT])
def test_a_link_that_leads_nowhere_stops_at_its_block(desk: Client, lesson: LessonPage, action: str) -> None:
    raw = {"entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "https://mal"}}}}
    block = {"key": "a", "text": "aquí", "type": "unstyled", "depth": 0, "inlineStyleRanges": []}
    block["entityRanges"] = [{"offset": 0, "length": 4, "key": 0}]
    text = json.dumps({**raw, "blocks": [block]})
    data = form(lesson, [("heading", "Para empezar"), ("text", text)])
    answer = send(desk, lesson, data, action)
    assert answer.status_code == 200
    assert "https://mal" in words(answer)


@pytest.mark.parametrize("action", [PUBLISH, SUBMIT])
def test_an_empty_lesson_is_stopped_and_its_draft_saves(
    desk: Client, lesson: LessonPage, action: str
) -> None:
    data, versions = form(lesson, []), ContentVersion.objects.count()
    answer = send(desk, lesson, data, action)
    assert answer.status_code == 200
    assert gettext("The lesson has no content. Add at least one block.") in words(answer)
    assert send(desk, lesson, data).status_code == 302
    assert not LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object().body
    assert ContentVersion.objects.count() == versions


def test_a_forbidden_word_in_the_address_or_the_title_of_the_page_stops(
    desk: Client, lesson: LessonPage
) -> None:
    assert send(desk, lesson, form(lesson, slug="sobre-vih"), PUBLISH).status_code == 200
    assert send(desk, lesson, form(lesson, seo_title="Violencia"), PUBLISH).status_code == 200
    assert send(desk, lesson, form(lesson, title="Prueba de VIH"), PUBLISH).status_code == 302


def test_an_accented_address_is_refused_with_its_plain_spelling(desk: Client, lesson: LessonPage) -> None:
    for action in ("", PUBLISH, SUBMIT):
        answer = send(desk, lesson, form(lesson, slug="lección-niña"), action)
        assert answer.status_code == 200
        assert "leccion-nina" in words(answer)
    assert send(desk, lesson, form(lesson, slug="leccion-nina"), PUBLISH).status_code == 302
    for page in (lesson.get_parent().specific, lesson.get_parent().get_parent().specific):
        editor = page.get_edit_handler().get_form_class()
        sent = editor({"slug": "ñandú"}, instance=page, parent_page=page.get_parent())
        assert "nandu" in str(sent.errors["slug"]), page


def test_the_list_of_words_is_the_sites_own(desk: Client, lesson: LessonPage) -> None:
    site = lesson.get_site()
    NeutralNaming.objects.update_or_create(site=site, defaults={"words": "luna"})
    assert send(desk, lesson, form(lesson, slug="la-luna"), PUBLISH).status_code == 200
    assert send(desk, lesson, form(lesson, slug="sobre-vih"), PUBLISH).status_code == 302


def test_an_administrator_edits_the_list_and_a_trainer_does_not(
    client: Client, administrator: Any, trainer: Any, lesson: LessonPage
) -> None:
    address = reverse("wagtailsettings:edit", args=["courses", "neutralnaming", lesson.get_site().pk])
    client.force_login(trainer)
    assert client.get(address).status_code == 302
    client.force_login(administrator)
    assert client.get(address).status_code == 200


def test_a_file_with_a_telling_name_stops(desk: Client, lesson: LessonPage) -> None:
    data = form(lesson, picture(image=image("prueba-vih.png"), alt_text="Tres pasos", decorative=""))
    assert send(desk, lesson, data, PUBLISH).status_code == 200


def test_the_panel_names_block_and_remedy_and_leads_there(desk: Client, lesson: LessonPage) -> None:
    send(desk, lesson, form(lesson, picture(image=image(), alt_text="", decorative="")))
    page = words(desk.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])))
    block = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object().body[1].id
    assert f'href="#block-{block}-section"' in page


def test_a_dead_link_outside_is_only_said(desk: Client, lesson: LessonPage) -> None:
    OutsideLink.objects.create(url="https://gone.org/", is_dead=True, why="gone")
    source = ("source", {"title": "OMS", "year": 2021, "note": "", "url": "https://gone.org/"})
    assert send(desk, lesson, form(lesson, sources=streamfield([source])), PUBLISH).status_code == 302
    assert "https://gone.org/" in words(desk.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])))


def test_a_module_and_a_course_have_neutral_addresses_and_title_tags_too(lesson: LessonPage) -> None:
    for page in (lesson.get_parent().specific, lesson.get_parent().get_parent().specific):
        editor = page.get_edit_handler().get_form_class()
        sent = {"title": "Violencia", "slug": "m-sexual", "seo_title": "Violencia"}
        errors = editor(sent, instance=page, parent_page=page.get_parent()).errors
        assert "«sexual*»" in str(errors["slug"])
        assert "«violencia*»" in str(errors["seo_title"])
        assert "title" not in errors


def test_publishing_many_at_once_passes_no_error(desk: Client, lesson: LessonPage) -> None:
    send(desk, lesson, form(lesson, picture(image=image(), alt_text="", decorative="")))
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    desk.post(f"{address}?id={lesson.pk}&next=/admin/", {"include_descendants": ""})
    assert LessonPage.objects.get(pk=lesson.pk).has_unpublished_changes


def test_a_draft_below_a_page_passes_no_error_either(desk: Client, lesson: LessonPage) -> None:
    lesson.unpublish()
    send(desk, lesson, form(lesson, picture(image=image(), alt_text="", decorative="")))
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    module = lesson.get_parent()
    desk.post(f"{address}?id={module.pk}&next=/admin/", {"include_descendants": "on"})
    assert not LessonPage.objects.get(pk=lesson.pk).live
    send(desk, lesson, form(lesson))
    desk.post(f"{address}?id={module.pk}&next=/admin/", {"include_descendants": "on"})
    assert LessonPage.objects.get(pk=lesson.pk).live


def test_what_is_only_scheduled_freezes_nothing_yet(desk: Client, lesson: LessonPage) -> None:
    versions = ContentVersion.objects.count()
    lesson.unpublish()
    send(desk, lesson, form(lesson, go_live_at="2130-01-01 10:00"), PUBLISH)
    assert not LessonPage.objects.get(pk=lesson.pk).live
    assert ContentVersion.objects.count() == versions


def test_a_heavy_module_is_said_and_a_heavy_lesson_stops(desk: Client, lesson: LessonPage) -> None:
    heavy = [("key_message", "Así es. " * 50_000)]
    assert send(desk, lesson, form(lesson, heavy), PUBLISH).status_code == 200
    sound = get_media_model().objects.create(
        title="Largo",
        type="audio",
        duration=900,
        file=ContentFile(b"ID3" + bytes(5_300_000), name="largo.mp3"),
    )
    audio = [("audio", {"audio": str(sound.pk), "transcript": "Las palabras."})]
    assert send(desk, lesson, form(lesson, audio), PUBLISH).status_code == 302
    page = words(desk.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])))
    assert "5.1 MB" in page


def test_the_owner_is_one_of_the_authors_and_is_kept_at_once(
    desk: Client, lesson: LessonPage, trainer: Any, trainee: Any
) -> None:
    assert send(desk, lesson, form(lesson, owner=str(trainee.pk)), PUBLISH).status_code == 200
    assert send(desk, lesson, form(lesson, owner=str(trainer.pk)), PUBLISH).status_code == 302
    assert LessonPage.objects.get(pk=lesson.pk).owner == trainer


def test_publishing_costs_the_same_however_many_lessons_stand_beside_it(
    desk: Client, lesson: LessonPage
) -> None:
    drawn = get_image_model().objects.get(pk=image())
    drawn.contextual_alt_text, drawn.decorative = "Tres pasos", False
    counts = []
    for number in (2, 18):
        module = lesson.get_parent()
        for _time in range(number):
            slug = f"extra-{module.get_children_count()}"
            other = LessonPage(title="Extra", slug=slug, body=[("image", drawn), ("key_message", "Así.")])
            module.add_child(instance=other)
            other.save_revision().publish()
        check_lesson(lesson)  # the picture is drawn
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            data = form(lesson, [("key_message", f"Así {number}.")])
            assert send(desk, lesson, data, PUBLISH).status_code == 302
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_checking_costs_the_same_however_long_the_lesson(cohort: Cohort) -> None:
    found: LessonPage = LessonPage.objects.descendant_of(cohort.course)[0]
    counts = []
    for number in (1, 2, 20):
        images = [get_image_model().objects.get(pk=image(f"d{number}-{one}.png")) for one in range(number)]
        for one in images:
            one.contextual_alt_text, one.decorative = "", False
        found.body = [("image", one) for one in images]
        with CaptureQueriesContext(connection) as context:
            assert len([one for one in check_lesson(found) if one.is_error]) == number
        counts.append(len(context))
    assert counts[1] == counts[2]
