"""Every kind of block in another language: which words are translated, what stays, PO there and back."""

import re
from copy import deepcopy
from typing import Any

import polib
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.models import SegmentOverride, Translation
from wagtailmedia.models import get_media_model

from courses.assessments.models import Quiz, Rubric
from courses.errors import Refused
from courses.pages.meaning import bones_of
from courses.pages.models import ContentVersion, CoursePage, LessonPage, ModulePage
from courses.progress.reading import draw
from courses.translations.actions import translate
from tests.courses.pages.conftest import full_course, full_lesson
from tests.factories.languages import EN, begin_translation, english, in_english, publish, write_words
from tests.factories.lessons import term

pytestmark = pytest.mark.django_db
__all__ = ["full_course", "full_lesson"]  # fixtures of other tests
# What is not translated: numbers, files, and names that only link one step of a story to the next.
KEPT = {
    "id",
    "type",
    "name",
    "goes_to",
    "image",
    "audio",
    "video",
    "captions",
    "document",
    "service",
    "terms",
}


def leaves(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Every text of a stored stream with the name that it has in its block."""
    if isinstance(value, dict):
        return [
            leaf for key, child in value.items() for leaf in leaves(child, key if key != "value" else name)
        ]
    if isinstance(value, list):
        return [leaf for child in value for leaf in leaves(child, name)]
    return [(name, value)] if isinstance(value, str) and value else []


def test_every_word_of_every_block_is_translated_and_nothing_else(full_lesson: LessonPage) -> None:
    for one in (term(), term("derivacion")):
        in_english(one)
    made = in_english(full_lesson)
    here, there = leaves(full_lesson.body.get_prep_value()), leaves(made.body.get_prep_value())
    assert [name for name, _text in here] == [name for name, _text in there]
    kinds = {block.block_type for block in full_lesson.body}
    assert kinds == set(LessonPage.body.field.stream_block.child_blocks)
    for (name, text), (_name, told) in zip(here, there, strict=True):
        if name in KEPT:
            assert told == text
        else:
            assert EN in told, (name, text)
            assert told.replace(EN, "") == text
    assert [block.value for block in made.objectives] == ["EN Nombrar los pasos"]


def test_ids_of_blocks_options_and_steps_are_the_same_in_every_language(full_lesson: LessonPage) -> None:
    made = in_english(full_lesson)
    here, there = full_lesson.body.get_prep_value(), made.body.get_prep_value()
    assert bones_of(here) == bones_of(there)
    assert len(set(re.findall(r"'id': '([^']+)'", str(bones_of(there))))) > 40


def test_a_translated_lesson_explains_words_in_its_own_language(full_lesson: LessonPage) -> None:
    for one in (term(), term("derivacion")):
        in_english(one)
    in_english(full_lesson)
    version = ContentVersion.objects.get(key=full_lesson.translation_key, language="en")
    glossary = next(item for item in version.content["body"] if item["type"] == "glossary")
    assert [said["term"] for said in glossary["value"]["said"]] == ["EN Consentimiento", "EN Derivacion"]
    html = draw(version).html
    assert "EN Un sí libre e informado." in html
    assert '<section class="card referral" lang="es">' in html  # one row for all languages: it says so


def test_a_sound_of_its_own_takes_the_place_of_the_spanish_one(full_lesson: LessonPage) -> None:
    translation = begin_translation(full_lesson)
    write_words(translation)
    heard = get_media_model().objects.create(
        title="Listen", type="audio", duration=30, file=ContentFile(b"ID3 english", "voice.mp3")
    )
    places = {
        segment.context.path.rsplit(".", 1)[-1]: segment
        for segment in translation.source.overridablesegment_set.select_related("context")
    }
    assert {"audio", "video", "captions", "document", "image", "service"} <= set(places)
    SegmentOverride.objects.create(
        locale=english(), context=places["audio"].context, data_json=str(heard.pk), has_error=False
    )
    made = publish(translation)
    audio = next(block for block in made.body if block.block_type == "audio")
    assert audio.value["audio"] == heard
    assert ContentVersion.objects.filter(key=full_lesson.translation_key, language="en").exists()


def test_addresses_codes_and_hours_are_the_same_in_every_language(full_course: CoursePage) -> None:
    in_english(full_course)
    module = ModulePage.objects.child_of(full_course).get()
    made = in_english(module)
    lesson = in_english(LessonPage.objects.get(slug="m1-l8"))
    assert (made.slug, made.class_minutes) == (module.slug, module.class_minutes)
    assert lesson.slug == "m1-l8"
    course = CoursePage.objects.get(locale=english())
    assert (course.slug, course.code, course.title) == (
        full_course.slug,
        full_course.code,
        f"EN {full_course.title}",
    )
    assert list(CoursePage.objects.originals()) == [full_course]


@pytest.mark.parametrize("model", [CoursePage, ModulePage, LessonPage, Quiz, Rubric])
def test_no_address_code_or_review_is_offered_for_translation(model: Any) -> None:
    offered = {
        one.field_name: type(one).__name__
        for one in get_translatable_fields(model)
        if one.field_name in {"slug", "code", "module", "key", "reviewed_by", "reviewed_on"}
    }
    own = {"reviewed_by", "reviewed_on"}
    assert {
        name: "BaseTranslatableField" if name in own else "SynchronizedField" for name in offered
    } == offered
    assert all(
        not one.is_overridable(None) for one in get_translatable_fields(model) if one.field_name in offered
    )


def test_a_translation_travels_as_po_there_and_back(
    client: Client, coordinator: Any, full_lesson: LessonPage
) -> None:
    translation = begin_translation(full_lesson)
    publish(translation)
    client.force_login(coordinator)
    address = f"/admin/localize/translate/{translation.pk}/pofile/"
    po = polib.pofile(client.get(f"{address}download/").content.decode())
    assert len(po) == translation.get_progress()[0] > 50
    assert not po.translated_entries()
    for entry in po:
        entry.msgstr = EN + entry.msgid
    file = SimpleUploadedFile("en.po", str(po).encode(), content_type="text/x-gettext-translation")
    answer = client.post(f"{address}upload/", {"file": file, "next": "/admin/"})
    assert answer.status_code == 302
    total, done = translation.get_progress()
    assert total == done
    again = polib.pofile(client.get(f"{address}download/").content.decode())
    assert [(one.msgctxt, one.msgid, one.msgstr) for one in again] == [
        (one.msgctxt, one.msgid, one.msgstr) for one in po
    ]
    publish(translation)
    assert ContentVersion.objects.get(key=full_lesson.translation_key, language="en").title == "EN Completa"


def test_a_po_file_of_something_else_changes_nothing(full_lesson: LessonPage) -> None:
    translation = begin_translation(full_lesson)
    for odd in ("", 'msgid "Otra cosa"\nmsgstr "Something else"\n', 'msgid "Completa"\nmsgstr "Whole"\n'):
        po = polib.pofile(odd or "# nothing\n")
        translation.import_po(po)
    assert translation.get_progress()[1] == 0


def test_words_of_a_twin_become_a_translation(full_course: CoursePage) -> None:
    page = LessonPage.objects.get(slug="m1-l1")
    body = deepcopy(page.body.get_prep_value())
    body[0]["value"], body[1]["value"], body[2]["value"] = "To begin", "<p>A short text.</p>", "What matters."
    words = {"title": "A lesson", "objectives": [], "body": body}
    made = translate(original=page, locale=english(), words=words)
    assert made.live
    assert (made.title, made.body[2].value) == ("A lesson", "What matters.")
    assert Translation.objects.get(source__object_id=page.translation_key).get_progress() == (4, 4)
    again = translate(original=page, locale=english(), words={**words, "title": "The lesson"})
    assert (again.pk, again.title) == (made.pk, "The lesson")


def test_a_twin_that_is_built_otherwise_is_refused_and_leaves_nothing(full_course: CoursePage) -> None:
    page = LessonPage.objects.get(slug="m1-l1")
    body = deepcopy(page.body.get_prep_value())
    body[1]["value"] = "<p>One.</p><p>Two.</p>"
    with pytest.raises(Refused, match="text"):
        translate(original=page, locale=english(), words={"body": body})
    assert not Translation.objects.exists()


def test_no_machine_translates() -> None:
    assert get_machine_translator() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no text",
        b'msgid "',
        b'msgid "Completa"\nmsgstr "Whole"\n',
        b"/etc/passwd",
        b'msgid ""\nmsgstr ""\n"X-WagtailLocalize-TranslationID: 7\\n"\n\nmsgid "Completa"\nmsgstr "X"\n',
        None,
        b"#" * (1024 * 1024 + 1),
    ],
)
def test_what_is_no_po_file_of_this_page_is_refused_in_words(
    client: Client, coordinator: Any, full_lesson: LessonPage, content: bytes | None
) -> None:
    translation = begin_translation(full_lesson)
    publish(translation)
    client.force_login(coordinator)
    sent = {} if content is None else {"file": SimpleUploadedFile("en.po", content)}
    answer = client.post(f"/admin/localize/translate/{translation.pk}/pofile/upload/", sent, follow=True)
    assert answer.status_code == 200
    assert translation.get_progress()[1] == 0


def test_the_name_of_a_po_file_tells_nothing(
    client: Client, coordinator: Any, full_lesson: LessonPage
) -> None:
    translation = begin_translation(full_lesson)
    publish(translation)
    client.force_login(coordinator)
    answer = client.get(f"/admin/localize/translate/{translation.pk}/pofile/download/")
    assert re.fullmatch(r"attachment; filename=[0-9a-f]{8}-en\.po", answer["Content-Disposition"])


def test_a_text_that_nobody_wrote_is_empty_and_can_be_translated(full_course: CoursePage) -> None:
    """A block that got a new optional text after it was stored has no word there: that is no None."""
    page = LessonPage.objects.get(slug="m1-l1")
    options = [{"text": "Sí", "is_correct": True}, {"text": "No", "is_correct": False}]
    page.body = [{"type": "self_check", "id": "s", "value": {"question": "¿Verdad?", "options": options}}]
    page.save()
    made = in_english(LessonPage.objects.get(pk=page.pk))
    assert made.body[0].value["question"] == "EN ¿Verdad?"
    assert made.body[0].value["feedback"] == ""
