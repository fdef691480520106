"""A frozen lesson says for good what it said, and what it shows stays while a cohort reads it."""

from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from wagtail.blocks import ChooserBlock, ListBlock, StreamBlock, StructBlock
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

from courses.cohorts.models import Cohort
from courses.pages.actions import changed_files, draw_pictures, freeze, freeze_lesson
from courses.pages.blocks import LESSON_BLOCKS
from courses.pages.blocks.media import RENDITIONS
from courses.pages.library import ContentUse, GlossaryTerm, ReferralService, StillShown
from courses.pages.models import ContentVersion, LessonPage
from courses.pages.rules import REFERENCES
from courses.progress.reading import draw
from tests.factories.decisions import scan
from tests.factories.lessons import photo, version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client: Client, trainer: Any, full_lesson: LessonPage) -> Client:
    """The trainer who uploaded what the lesson shows: another one may neither delete nor change it."""
    for model in (get_image_model(), get_media_model(), get_document_model()):
        model.objects.update(uploaded_by_user=trainer)
    client.force_login(trainer)
    return client


def test_publishing_again_without_a_change_makes_no_new_version(
    full_lesson: LessonPage, version: ContentVersion
) -> None:
    full_lesson.save_revision().publish()
    assert version_of(full_lesson) == version
    assert freeze_lesson(lesson=LessonPage.objects.get(pk=full_lesson.pk)) == version


def test_a_version_keeps_the_explanation_that_it_had(
    full_lesson: LessonPage, version: ContentVersion
) -> None:
    GlossaryTerm.objects.filter(key="consentimiento").update(definition="Otra cosa.")
    assert "Un sí libre e informado." in draw(version).html
    assert "Otra cosa." not in draw(version).html
    full_lesson.save_revision().publish()
    assert "Otra cosa." in draw(version_of(full_lesson)).html


def test_a_version_shows_the_number_of_today_and_keeps_the_one_it_had(version: ContentVersion) -> None:
    ReferralService.objects.update(phone="911")
    assert 'href="tel:911"' in draw(version).html
    (block,) = [item for item in version.content["body"] if item["type"] == "referral"]
    assert block["value"]["said"]["phone"] == "000 000 0000"


def test_a_version_names_its_files_with_their_hashes(version: ContentVersion) -> None:
    files = version.content["files"]
    assert sorted(file["kind"] for file in files) == [*["document"] * 2, *["image"] * 2, *["media"] * 2]
    assert all(len(file["sha256"]) == 64 for file in files)
    assert changed_files(version) == []


def test_a_file_that_was_changed_behind_its_back_is_found(version: ContentVersion) -> None:
    sound = get_media_model().objects.get(type="audio")
    default_storage.delete(sound.file.name)
    assert changed_files(version) == [sound.file.name]
    default_storage.save(sound.file.name, ContentFile(b"ID3 another"))
    assert changed_files(version) == [sound.file.name]
    assert "Las palabras que se oyen." in draw(version).html


def test_a_version_of_before_still_reads(full_lesson: LessonPage) -> None:
    """Frozen without files, without `said`, with a block that is no more, and with a sound that is gone."""
    body = [
        {"type": "heading", "id": "a", "value": "Antes"},
        {"type": "vanished", "id": "b", "value": {"x": 1}},
        {"type": "image", "id": "c", "value": {"image": 999, "alt_text": "x", "decorative": False}},
        {"type": "audio", "id": "d", "value": {"audio": 999, "transcript": "Lo que se oía."}},
        {
            "type": "video",
            "id": "e",
            "value": {"video": 999, "title": "v", "captions": 9, "transcript": "Se veía."},
        },
        {"type": "document", "id": "f", "value": {"document": 999, "title": "Hoja", "about": ""}},
        {"type": "glossary", "id": "g", "value": {"terms": [999]}},
        {"type": "referral", "id": "h", "value": {"service": 999, "said": {"name": "Ya no está"}}},
        {"type": "referral", "id": "i", "value": {"service": 999}},
    ]
    content = {"objectives": [], "body": body, "credited_minutes": 60, "is_reviewed": True}
    old = freeze(
        kind="lesson", key=full_lesson.translation_key, language="es", title="Antes", content=content
    )
    html = draw(old).html
    assert all(words in html for words in ("Antes", "Lo que se oía.", "Se veía.", "Ya no está"))
    assert "tel:" not in html
    assert changed_files(old) == []


def test_what_a_version_shows_is_written_down_once(version: ContentVersion) -> None:
    shown = ContentUse.objects.filter(version=version)
    kinds = [next(f.name for f in ContentUse.things() if getattr(use, f.attname)) for use in shown]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "document": 2,
        "image": 2,
        "media": 2,
        "service": 1,
        "term": 2,
    }
    assert all(str(use) for use in shown)


def test_the_pictures_of_a_version_are_drawn_before_anybody_asks(version: ContentVersion) -> None:
    caches["renditions"].clear()
    get_image_model().get_rendition_model().objects.all().delete()
    draw_pictures(version=version)
    made = get_image_model().get_rendition_model().objects.values_list("filter_spec", flat=True)
    assert set(made) == set(RENDITIONS[:-1])


def things() -> list[Any]:
    return [
        get_image_model().objects.first(),
        get_media_model().objects.first(),
        get_document_model().objects.first(),
        GlossaryTerm.objects.first(),
        ReferralService.objects.first(),
    ]


def test_what_a_cohort_reads_cannot_be_deleted(reading_cohort: Cohort) -> None:
    for thing in things():
        with pytest.raises(StillShown, match="Completa"):
            thing.delete()
        with pytest.raises(StillShown):
            type(thing).objects.filter(pk=thing.pk).delete()
        assert type(thing).objects.filter(pk=thing.pk).exists()


def test_what_no_cohort_reads_can_be_deleted_and_the_version_still_reads(version: ContentVersion) -> None:
    for thing in things():
        thing.delete()
    assert "Para empezar" in draw(version).html


DELETE = [
    ("wagtailimages:delete", lambda: get_image_model().objects.first()),
    ("wagtailmedia:delete", lambda: get_media_model().objects.first()),
    ("wagtaildocs:delete", lambda: get_document_model().objects.first()),
    ("wagtailsnippets_courses_glossaryterm:delete", GlossaryTerm.objects.first),
    ("wagtailsnippets_courses_referralservice:delete", ReferralService.objects.first),
]


@pytest.mark.parametrize(("name", "find"), DELETE, ids=[row[0] for row in DELETE])
def test_the_desk_says_in_words_why_it_does_not_delete(
    author: Client, reading_cohort: Cohort, name: str, find: Any
) -> None:
    thing = find()
    answer = author.post(reverse(name, args=[thing.pk]), follow=True)
    assert answer.status_code == 200
    assert "Completa" in answer.content.decode()
    assert type(thing).objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("model", ["wagtailimages/image", "wagtaildocs/document"])
def test_many_at_once_are_not_deleted_either(author: Client, reading_cohort: Cohort, model: str) -> None:
    rows = get_image_model() if "image" in model else get_document_model()
    numbers = "&".join(f"id={row.pk}" for row in rows.objects.all())
    answer = author.post(f"/admin/bulk/{model}/delete/?{numbers}", follow=True)
    assert answer.status_code == 200
    assert rows.objects.count() == 2


REPLACE = [
    ("wagtailimages:edit", lambda: get_image_model().objects.first(), ("o.jpg", photo(50, 50))),
    ("wagtailmedia:edit", lambda: get_media_model().objects.filter(type="audio")[0], ("o.mp3", b"ID3 other")),
    ("wagtaildocs:edit", lambda: get_document_model().objects.last(), ("o.pdf", scan().read())),
]


@pytest.mark.parametrize(("name", "find", "file"), REPLACE, ids=[row[0] for row in REPLACE])
def test_a_file_that_a_cohort_reads_is_not_replaced_and_its_title_may_change(
    author: Client, reading_cohort: Cohort, name: str, find: Any, file: tuple[str, bytes]
) -> None:
    thing = find()
    before = thing.file.name
    address = reverse(name, args=[thing.pk])
    facts = {"title": "Otro título", "duration": 5, "tags": "", "collection": thing.collection_id}
    answer = author.post(address, {**facts, "file": ContentFile(file[1], name=file[0])})
    assert "Completa" in answer.content.decode()
    thing.refresh_from_db()
    assert thing.file.name == before
    assert default_storage.exists(before)
    author.post(address, facts)
    thing.refresh_from_db()
    assert (thing.title, thing.file.name) == ("Otro título", before)


@pytest.mark.parametrize(("name", "find", "file"), REPLACE, ids=[row[0] for row in REPLACE])
def test_a_file_that_no_cohort_reads_is_replaced(
    author: Client, version: ContentVersion, name: str, find: Any, file: tuple[str, bytes]
) -> None:
    thing = find()
    before = thing.file.name
    facts = {"title": "Otro", "duration": 5, "tags": "", "collection": thing.collection_id}
    author.post(reverse(name, args=[thing.pk]), {**facts, "file": ContentFile(file[1], name=file[0])})
    thing.refresh_from_db()
    assert thing.file.name != before
    assert before in changed_files(version)


def test_every_block_that_names_a_row_is_known_to_the_references() -> None:
    """A new chooser must be added to rules.REFERENCES: freezing and moving courses rest on it."""

    def choosers(block: Any, name: str) -> set[str]:
        if isinstance(block, ChooserBlock):
            return {name}
        if isinstance(block, ListBlock):
            return choosers(block.child_block, name)
        if isinstance(block, StructBlock | StreamBlock):
            return {one for key, child in block.child_blocks.items() for one in choosers(child, key)}
        return set()

    assert {one for name, block in LESSON_BLOCKS for one in choosers(block, name)} == set(REFERENCES)
