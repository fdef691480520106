"""What stops a lesson and what is only said: a table of bodies, no database."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from courses.pages.checks import rules
from courses.pages.checks.rules import (
    LESSON_BYTES,
    MODULE_BYTES,
    Draft,
    World,
    check,
    is_well_formed,
    texts,
    weigh,
)
from courses.pages.checks.wording import WORDS, say

SOUND = {"type": "audio", "value": {"audio": 7, "transcript": "Las palabras."}}
PICTURE = {"type": "image", "value": {"image": 1}}
GOOD = Draft(
    title="Prueba de VIH",
    slug="m3-l13",
    seo_title="Lección 13",
    language="es",
    body=[
        {"type": "heading", "id": "h", "value": "Para empezar"},
        {"type": "text", "id": "t", "value": "<p>Un texto corto y claro.</p>"},
        SOUND,
    ],
    sources=[{"type": "source", "value": {"title": "OMS", "year": 2021}}],
)


def with_block(kind: str, value: Any) -> Draft:
    return replace(GOOD, body=[*GOOD.body, {"type": kind, "id": "new", "value": value}])


def codes(draft: Draft, world: World | None = None) -> dict[str, bool]:
    """What was found → whether it stops publishing."""
    return {one.code: one.is_error for one in check(draft, world or World(words=["vih", "violencia*"]))}


def text(html: str) -> Draft:
    return with_block("text", html)


def test_a_good_lesson_has_nothing_to_say_and_its_title_may_say_what_it_is_about() -> None:
    assert codes(GOOD) == {}


@pytest.mark.parametrize(
    ("draft", "code", "stops"),
    [
        (with_block("image", {"image": 1, "alt_text": " ", "decorative": False}), "no_alternative", True),
        (with_block("video", {"video": 1, "captions": None}), "no_captions", True),
        (with_block("audio", {"audio": 2, "transcript": ""}), "no_transcript", True),
        (text("<h4>Hondo</h4><p>a</p>"), "heading_skips", True),
        (text("<h1>Arriba</h1>"), "heading_skips", True),
        (with_block("heading", "Sin nada"), "heading_empty", False),
        (text('<a href="htp:/x">a</a>'), "link_malformed", True),
        (text('<a href="https://exa mple.org">a</a>'), "link_malformed", True),
        (text('<a href="javascript:alert(1)">a</a>'), "link_malformed", True),
        (text('<a linktype="page" id="5">a</a>'), "link_page", True),
        (replace(GOOD, slug="prueba-vih"), "name_slug", True),
        (replace(GOOD, seo_title="Violencia"), "name_title", True),
        (replace(GOOD, seo_title=""), "name_title", True),  # without one the title stands there
        (replace(GOOD, sources=[]), "no_sources", False),
        (replace(GOOD, body=GOOD.body[:2]), "no_narration", False),
        (
            with_block("content_warning", {"body": [PICTURE]}),
            "no_alternative",
            True,
        ),
    ],
)
def test_what_is_wrong_is_found_and_stops_only_where_it_harms(draft: Draft, code: str, stops: bool) -> None:
    assert codes(draft) == {code: stops}


@pytest.mark.parametrize("body", [[], [{"type": "text", "id": "t", "value": "<p> </p>"}]])
def test_a_lesson_without_content_is_stopped(body: list[Any]) -> None:
    assert codes(replace(GOOD, body=body)) == {"no_content": True, "no_narration": False}


def test_a_decorative_picture_needs_no_words_and_a_good_link_passes() -> None:
    assert codes(with_block("image", {"image": 1, "alt_text": "", "decorative": True})) == {}
    for href in ("https://who.int/a?b=1", "tel:+529621234567", "mailto:a@b.org", "#block-1", "/curso/"):
        assert codes(text(f'<a href="{href}">a</a>')) == {}
    assert codes(text('<a linktype="page" id="5">a</a>'), World(live_pages=[5])) == {}


def test_what_only_the_site_knows_is_found() -> None:
    world = World(
        words=["vih"],
        file_names={("audio", 7): "prueba_vih.mp3", ("image", 1): "uno.png"},
        dead_paths={"/curso/m9/"},
        dead_links={"https://gone.org/": "gone"},
        foreign_sounds={7},
    )
    draft = replace(
        text('<a href="/curso/m9/">a</a> <a href="https://gone.org/">b</a>'),
        body=[
            *text('<a href="/curso/m9/">a</a> <a href="https://gone.org/">b</a>').body,
            {"type": "image", "value": {"image": 1, "alt_text": "Uno.png"}},
        ],
    )
    assert codes(draft, world) == {
        "name_file": True,
        "link_inside": True,
        "link_outside": False,
        "foreign_narration": False,
        "alternative_is_name": False,
    }


def test_a_long_lesson_without_headings_is_told_so() -> None:
    paragraphs = [{"type": "key_message", "value": "Así."} for _number in range(9)]
    assert "no_headings" in codes(replace(GOOD, body=[SOUND, *paragraphs]))


def test_a_bold_word_parts_no_sentence_and_a_paragraph_does() -> None:
    html = "<p>No es <b>nunca</b>, <a href='/b/'>nunca</a> su culpa.</p><ul><li>Uno<br>dos</li></ul>"
    assert list(texts(html)) == ["No es nunca, nunca su culpa.", "Uno", "dos"]
    office = "La <b>administración farmacológica correspondiente</b> <i>imposibilita objetivos</i>. " * 8
    assert codes(text(f"<p>{office}</p>")) == codes(text(f"<p>{strip_tags(office)}</p>"))


def test_an_index_is_said_of_hard_spanish_only() -> None:
    office = "<p>" + "La administración farmacológica correspondiente imposibilita objetivos. " * 8 + "</p>"
    assert "hard_to_read" in codes(text(office))
    assert "hard_to_read" not in codes(replace(text(office), language="en"))


@pytest.mark.parametrize(
    ("lesson", "module", "expected"),
    [
        (LESSON_BYTES, MODULE_BYTES, {}),
        (LESSON_BYTES + 1, MODULE_BYTES, {"heavy_lesson": True}),
        (10, MODULE_BYTES + 1, {"heavy_module": False}),
    ],
)
def test_a_budget_counts_to_the_byte(lesson: int, module: int, expected: dict[str, bool]) -> None:
    assert {one.code: one.is_error for one in weigh(lesson, module)} == expected


def test_every_finding_has_words_that_name_its_block() -> None:
    draft = with_block("image", {"image": 1})
    [found] = check(draft, World())
    assert (found.block, found.block_id) == (4, "new")
    assert "4" in say(found)
    facts = dict.fromkeys(
        ("words", "name", "size", "most", "value", "normal", "level", "before", "count", "address", "why"), 1
    )
    for code in WORDS:
        assert say(replace(found, code=code, facts=facts))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["heading", "text", "image", "audio", "video", "document", "steps", "scenario"])


@given(st.lists(st.builds(lambda kind, value: {"type": kind, "value": value}, KINDS, JSON), max_size=6))
def test_a_draft_that_is_half_written_breaks_nothing(body: list[dict[str, Any]]) -> None:
    for found in check(replace(GOOD, body=body), World(words=["vih"])):
        assert say(found)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_is_not(href: str) -> None:
    assert is_well_formed(href) in {True, False}
    assert not is_well_formed("javascript:" + href)


def test_only_other_sites_count_as_outside() -> None:
    draft = text('<a href="https://who.int/">a</a> <a href="https://ours.org/x">b</a> <a href="tel:1">c</a>')
    draft = replace(draft, sources=[{"type": "source", "value": {"url": "https://dof.gob.mx/n"}}])
    assert rules.outside_links(draft, {"ours.org"}) == {"https://who.int/", "https://dof.gob.mx/n"}
