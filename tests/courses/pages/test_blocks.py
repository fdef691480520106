"""Every block: on the site, in its preview, in what a phone takes along; and what may not be put in."""

import re
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from courses.cohorts.models import CohortContent
from courses.pages.blocks import LESSON_BLOCKS
from courses.pages.models import ContentVersion, LessonPage, ModulePage
from courses.progress.reading import draw
from courses.sync.package import texts_of
from tests.factories.lessons import (
    CAPTIONS,
    document,
    every_block,
    image,
    photo,
    publish_lesson,
    service,
    sound,
    version_of,
    yolanda,
)

pytestmark = pytest.mark.django_db
BLOCKS = dict(LESSON_BLOCKS)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 420" width="720" height="420"></svg>'
WORDS = {
    "heading": "<h2>Para empezar</h2>",
    "text": "<b>claro</b>",
    "key_message": "Lo más importante.",
    "steps": "Después.",
    "compare": '<td role="cell" data-label="Embarazo">Sí, de tres a cinco años</td>',
    "image": 'alt="Tres pasos dibujados"',
    "audio": "Las palabras que se oyen.",
    "video": "Lo que dice el video.",
    "document": "Hoja para imprimir",
    "flip_cards": "<span>Sin papeles no te atienden</span></summary>",
    "self_check": "¿Verdad?",
    "scenario": "La PEP: quedan unas 52 de 72 horas",
    "glossary": "Un sí libre e informado.",
    "referral": 'href="tel:0000000000"',
    "content_warning": "Nunca es su culpa.",
}


def drawn(body: list[tuple[str, Any]]) -> str:
    """A lesson of these blocks as it is read, without publishing it."""
    prepared = LessonPage(body=body).body.get_prep_value()
    content = {"body": prepared, "objectives": [], "credited_minutes": 60, "is_reviewed": True}
    return str(draw(ContentVersion(content=content)).html)


def taken_along(body: list[tuple[str, Any]], module: ModulePage) -> Any:
    """The same as a phone takes it along."""
    version = version_of(publish_lesson(module, body, "m1-l9"))
    return texts_of([CohortContent(version=version)])[version.pk]


@pytest.fixture
def module(school: None, full_lesson: LessonPage) -> ModulePage:
    return ModulePage.objects.get()


def test_the_lesson_has_every_kind() -> None:
    assert set(WORDS) == set(BLOCKS)
    assert len(BLOCKS) == 15


@pytest.mark.parametrize("kind", WORDS)
def test_every_block_reaches_the_trainee(reader: Client, kind: str) -> None:
    assert WORDS[kind] in reader.get("/curso/m1-l8/").content.decode()


def test_every_block_is_previewed_as_it_will_be_read(author: Client, full_lesson: LessonPage) -> None:
    page = author.get(full_lesson.get_url()).content.decode()
    assert [kind for kind, words in WORDS.items() if words not in page] == []


def test_a_phone_takes_every_block_along(version: ContentVersion) -> None:
    html = texts_of([CohortContent(version=version)])[version.pk].html
    assert [kind for kind, words in WORDS.items() if words not in html] == []


def test_a_lesson_of_every_block_has_no_inline_style_or_script(reader: Client) -> None:
    page = reader.get("/curso/m1-l8/").content.decode()
    assert not re.search(r" style=| on[a-z]+=|<script>|javascript:|autoplay", page)


@pytest.mark.parametrize("kind", WORDS)
def test_the_editor_shows_each_block_before_it_is_chosen(author: Client, kind: str) -> None:
    block = BLOCKS[kind]
    assert block.is_previewable
    assert block.meta.group
    assert block.get_description()
    answer = author.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "theme/site.css" in page
    assert re.search(r'<div class="block">\s*<', page)
    assert " style=" not in page


def test_a_preview_is_for_who_writes(client: Client, trainee: Any) -> None:
    client.force_login(trainee)
    address = reverse("wagtailadmin_block_preview")
    assert client.get(address, {"id": BLOCKS["heading"].definition_prefix}).status_code in {302, 403}


# --- pictures --------------------------------------------------------------------------------------------


def test_a_photo_comes_in_two_formats_and_two_widths_late_and_with_its_size(full_lesson: LessonPage) -> None:
    html = drawn([("image", image(content=photo(760, 200)))])
    assert re.search(r'<source [^>]*type="image/avif"', html)
    assert html.count(".webp 360w") == html.count(".webp 720w") == html.count(".avif 720w") == 1
    assert html.count("sizes=") == 2
    assert 'loading="lazy"' in html
    assert re.search(r'<img [^>]*height="\d+"[^>]*width="360"', html)


def test_a_phone_takes_exactly_one_rendition_of_a_picture(module: ModulePage) -> None:
    text = taken_along([("image", image())], module)
    assert [file.type for file in text.files] == ["image/webp"]
    assert "srcset" not in text.html
    assert "width-720" in text.files[0].name


@pytest.mark.parametrize("where", ["site", "phone"])
def test_a_drawing_stays_a_drawing(module: ModulePage, where: str) -> None:
    body = [("image", image("dibujo.svg", SVG, width=720, height=420))]
    html = drawn(body) if where == "site" else taken_along(body, module).html
    assert re.search(r'src="[^"]+\.svg"', html)
    assert "webp" not in html


def test_one_picture_used_twice_has_the_words_of_each_place(full_lesson: LessonPage) -> None:
    one, two = image(), None
    two = type(one).objects.get(pk=one.pk)
    two.contextual_alt_text, two.decorative = "Otra cosa", False
    html = drawn([("image", one), ("image", two)])
    assert 'alt="Tres pasos dibujados"' in html
    assert 'alt="Otra cosa"' in html


def test_a_decorative_picture_says_nothing(full_lesson: LessonPage) -> None:
    made = image()
    made.contextual_alt_text, made.decorative = "", True
    assert 'alt=""' in drawn([("image", made)])


def test_a_picture_needs_words_or_the_mark_decorative(full_lesson: LessonPage) -> None:
    made = image()
    made.contextual_alt_text = ""
    with pytest.raises(ValidationError):
        BLOCKS["image"].clean(made)
    made.decorative = True
    assert BLOCKS["image"].clean(made) == made


# --- videos and documents --------------------------------------------------------------------------------


def video(content: bytes, captions: Any = None) -> tuple[str, Any]:
    caught = captions or document("v.vtt", CAPTIONS)
    words = {"title": "Mira cómo", "transcript": "Lo que dice."}
    return ("video", {"video": sound("video", content, "v.mp4"), "captions": caught, **words})


def test_a_video_waits_until_she_wants_it_and_says_what_it_weighs(full_lesson: LessonPage) -> None:
    html = drawn([video(b"\0\0\0\x18ftyp" + b"v" * 3_000_000)])
    assert 'preload="none"' in html
    assert "autoplay" not in html
    assert re.search(r'<track kind="captions" default src="[^"]+\.vtt"', html)
    assert "2,9\xa0MB" in html or "2.9\xa0MB" in html


def test_a_heavy_video_is_not_taken_along_and_its_words_are(module: ModulePage) -> None:
    text = taken_along([video(b"\0\0\0\x18ftyp" + b"v" * 3_000_000)], module)
    assert text.files == ()
    assert "<video" not in text.html
    assert "Lo que dice." in text.html


def test_a_light_video_is_taken_along_with_its_captions(module: ModulePage) -> None:
    text = taken_along([video(b"\0\0\0\x18ftyp light")], module)
    assert {file.type for file in text.files} == {"video/mp4", "text/vtt"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("v.vtt", b"hola"), ("v.txt", CAPTIONS), ("v.vtt", b"\xff\xfe"), ("v.vtt", b"WEBVTT\n")],
)
def test_captions_that_are_none_are_refused(full_lesson: LessonPage, name: str, content: bytes) -> None:
    kind, value = video(b"\0\0\0\x18ftyp", document(name, content))
    with pytest.raises(ValidationError) as refusal:
        BLOCKS[kind].clean(BLOCKS[kind].normalize(value))
    assert "captions" in refusal.value.block_errors  # type: ignore[attr-defined]


def test_a_video_without_captions_is_refused(full_lesson: LessonPage) -> None:
    value = {**video(b"\0\0\0\x18ftyp")[1], "captions": None}
    with pytest.raises(ValidationError):
        BLOCKS["video"].clean(BLOCKS["video"].normalize(value))


def test_a_document_says_its_kind_and_size_and_stays_out_of_the_phone(module: ModulePage) -> None:
    body = [("document", {"document": document(), "title": "Hoja", "about": ""})]
    assert re.search(r"PDF</span>.*13\xa0bytes", drawn(body))
    assert 'href="/media/documents/hoja' in drawn(body)
    text = taken_along(body, module)
    assert text.files == ()
    assert "<a " not in text.html


# --- stories ---------------------------------------------------------------------------------------------


def test_the_case_of_yolanda_is_told_to_its_end_with_its_grave_errors(full_lesson: LessonPage) -> None:
    assert BLOCKS["scenario"].clean(BLOCKS["scenario"].normalize(yolanda()))
    html = drawn([("scenario", yolanda())])
    assert html.count('class="scene stack"') == 4
    assert html.count("note--error") == 3
    places = re.findall(r'class="scene stack" id="([^"]+)"', html)
    assert set(re.findall(r'href="#(part-[^"]+)"', html)) == set(places)
    assert "anotar" not in html  # the name of a step is its author's own


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"goes_to": "nowhere"}, "nowhere"),
        ({"goes_to": "primero"}, "plazo, miedo, anotar"),
    ],
)
def test_a_story_that_cannot_be_told_is_refused_in_words(
    full_lesson: LessonPage, change: dict[str, str], names: str
) -> None:
    story = yolanda()
    story["steps"][0]["choices"][0].update(change)
    with pytest.raises(ValidationError) as refusal:
        BLOCKS["scenario"].clean(BLOCKS["scenario"].normalize(story))
    assert names in " ".join(refusal.value.messages)


def test_a_draft_of_a_story_may_be_unfinished(full_lesson: LessonPage) -> None:
    story = yolanda()
    story["steps"][0]["choices"][0]["goes_to"] = "nowhere"
    block = BLOCKS["scenario"]
    block.defer_required_validation() if hasattr(
        block, "defer_required_validation"
    ) else block.defer_validation()
    try:
        assert block.clean(block.normalize(story))
    finally:
        block.restore_deferred_validation()


# --- what is shared --------------------------------------------------------------------------------------


def test_a_service_that_nobody_checked_says_so_and_one_that_closed_shows_no_number(
    full_lesson: LessonPage,
) -> None:
    made = service()
    type(made).objects.update(reviewed_on="2020-01-01")
    old = drawn([("referral", {"service": made})])
    assert "2020" in old
    type(made).objects.update(reviewed_on=None)
    never = drawn([("referral", {"service": made})])
    assert "note--warning" in old
    assert "note--warning" in never
    assert "tel:" in never
    assert "None" not in never
    type(made).objects.update(is_open=False)
    html = drawn([("referral", {"service": made})])
    assert "tel:" not in html
    assert "Centro de salud" in html


# --- what an author may not put in -----------------------------------------------------------------------


def test_html_in_what_is_no_html_is_shown_as_it_was_typed(full_lesson: LessonPage) -> None:
    nasty = '<img src=x onerror="alert(1)">'

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: one if key in {"name", "goes_to"} else spoil(one) for key, one in value.items()}
        if isinstance(value, list):
            return [spoil(one) for one in value]
        return nasty if isinstance(value, str) else value

    body = [
        (kind, spoil(value))
        for kind, value in every_block()
        if kind not in {"text", "image", "content_warning"}
    ]
    body.append(("content_warning", {"about": nasty, "instead": nasty, "body": [("heading", nasty)]}))
    html = drawn(body)
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


HUGE = "x" * 100_000


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("heading", HUGE),
        ("key_message", HUGE),
        ("steps", {"title": HUGE, "steps": ["a", "b"]}),
        ("flip_cards", {"title": "t", "cards": [{"front": HUGE, "back": HUGE}]}),
        ("flip_cards", {"title": "t", "cards": [{"front": "a", "back": "b"}] * 500}),
        ("compare", {"title": "t", "columns": ["a"] * 9, "rows": [{"label": "r", "cells": ["a"] * 9}]}),
        (
            "compare",
            {"title": "t", "columns": ["a", "b", "c"], "rows": [{"label": "r", "cells": ["a", "b"]}]},
        ),
        ("scenario", {"title": "t", "story": "s", "steps": [{"name": "<b>", "text": "t", "choices": []}]}),
        ("scenario", {"title": "t", "story": HUGE, "steps": [{"name": "a", "text": "t", "choices": []}]}),
        ("content_warning", {"about": HUGE, "instead": HUGE, "body": [("heading", "a")]}),
        ("content_warning", {"about": "a", "instead": "b", "body": []}),
        ("glossary", {"terms": []}),
        ("referral", {"service": None}),
    ],
)
def test_what_is_huge_or_does_not_fit_is_refused(full_lesson: LessonPage, kind: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        BLOCKS[kind].clean(BLOCKS[kind].normalize(value))


def test_every_block_of_the_lesson_passes_its_own_checks(full_lesson: LessonPage) -> None:
    assert full_lesson.body.stream_block.clean(full_lesson.body)


@pytest.mark.parametrize("times", [1, 4])
def test_the_blocks_of_a_lesson_cost_no_query_each(
    module: ModulePage, times: int, django_assert_num_queries: Any
) -> None:
    body = [item for _time in range(times) for item in every_block()]
    version = version_of(publish_lesson(module, body, "m1-l9"))
    draw(version)  # the renditions are made once
    cache.clear()
    caches["renditions"].clear()
    with django_assert_num_queries(10):
        draw(version)
