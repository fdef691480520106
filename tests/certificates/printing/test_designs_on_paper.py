"""Designs on paper: two layouts, colours, logos, who signs, sentences; nothing over anything."""

import io
import os
import subprocess
import sys
from typing import Any

import pikepdf
import pytest

from certificates import payload
from certificates.printing import rendering
from tests.certificates.printing.paper import (
    COLOURED,
    LONG_NAME,
    LONG_TITLE,
    SIGNATORIES,
    full_design,
    is_clear,
    keys,
    longest,
    pages,
    picture,
    render,
)
from tests.factories.certificates import MODULES, facts


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(facts()).content


@pytest.mark.parametrize("layout", rendering.LAYOUTS)
def test_a_full_design_prints_every_logo_name_post_drawing_and_seal(layout: str) -> None:
    content = render(facts(signatories=SIGNATORIES, name=LONG_NAME), design=full_design(layout)).content
    front = pages(content)[0]
    for one in SIGNATORIES:
        assert one.name in front
        assert one.post in front
    image = picture(content)
    shown = {image.getpixel(place) for place in _places(image)}
    for colour in COLOURED.values():
        assert tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) in shown
    with pikepdf.open(io.BytesIO(content)) as document:
        said = [str(item.Alt) for item in document.objects if "/Alt" in keys(item)]
    assert {"Sello", "Ana López", *(f"Logotipo {n}" for n in range(4))} <= set(said)


def _places(image: Any) -> list[tuple[int, int]]:
    return [(x, y) for x in range(0, image.width, 6) for y in range(0, image.height, 6)]


@pytest.mark.parametrize("layout", rendering.LAYOUTS)
def test_two_layouts_give_the_same_words_and_other_pictures(layout: str, plain: bytes) -> None:
    content = render(facts(), design={"layout": layout}).content
    assert set(pages(content)[0].lower().split()) == set(pages(plain)[0].lower().split())
    assert (picture(content).tobytes() == picture(plain).tobytes()) == (layout == "classic")


def test_the_colours_of_the_design_are_the_ones_on_paper() -> None:
    colours = {"main": "#203080", "accent": "#c04000", "line": "#d0a000", "ink": "#000000"}
    content = render(facts(), design={"layout": "classic", "colours": colours}).content
    image = picture(content)
    shown = {image.getpixel(place) for place in _places(image)}
    assert (0x20, 0x30, 0x80) in shown
    assert (0x0F, 0x5C, 0x5C) not in shown


def test_black_and_white_leaves_the_weave_and_the_words() -> None:
    """A printer without colours: the ornament keeps three shades, titles stay dark on white."""
    grey = picture(render(facts()).content).convert("L")
    cloth = grey.crop((2 * 34, 2 * 60, 2 * 80, 2 * 500))
    shades = [count for count in cloth.histogram() if count > 0.03 * cloth.width * cloth.height]
    assert len(shades) >= 4
    heading = grey.crop((2 * 280, 2 * 150, 2 * 590, 2 * 210))
    assert heading.getextrema()[0] < 100


def test_a_full_design_is_the_same_in_another_process() -> None:
    told = facts(signatories=SIGNATORIES)
    here = render(told, design=full_design("classic")).sha256
    program = (
        "import django, sys; django.setup()\n"
        "from tests.certificates.printing.paper import SIGNATORIES, facts, full_design, render\n"
        "told = facts(signatories=SIGNATORIES)\n"
        "sys.stdout.write(render(told, design=full_design('classic')).sha256)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "11", "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == here


def test_the_designs_own_sentences_stand_on_both_sides_with_her_name() -> None:
    texts = {
        "awards": "Con fundamento en el oficio {oficio}, entrega",
        "closing": "Se reconoce a {name} su compromiso.",
        "notes": "Primera nota sobre {title}.\n\nSegunda nota <b>sin etiquetas</b>.",
    }
    front, back = pages(render(facts(texts=texts)).content)
    assert "Con fundamento en el oficio SSE/DES/0417/2026, entrega" in front
    assert "otorga el presente" not in front
    assert f"Se reconoce a {facts()['name']} su compromiso." in front
    assert "Segunda nota <b>sin etiquetas</b>." in back


def test_sentences_in_a_language_of_their_own_say_so_to_screen_readers() -> None:
    told = facts(language="tzo", texts={"closing": "Kolaval", "heading": "Diploma"})
    with pikepdf.open(io.BytesIO(render(told).content)) as document:
        assert str(document.Root.Lang) == "es"
        tagged = [item for item in document.objects if "/S" in keys(item)]
        spoken = [str(item.S) for item in tagged if "/Lang" in keys(item) and item.Lang == "tzo"]
    # the heading and each module in their line; the sentence and the title, twice, as paragraphs
    assert sorted(spoken) == ["/P"] * 3 + ["/Span"] * (1 + len(MODULES))


def test_a_statement_says_its_real_hours_on_both_sides_and_lists_no_module() -> None:
    told = facts(kind="statement", recognition=None, modules=[], minutes=2000)
    content = render(told).content
    front, back = pages(content)
    assert "Constancia de participación" in front
    assert "33 horas 20 minutos" in front
    for part in ("Horas de participación 33 horas 20 minutos", "Periodo de agosto a octubre de 2026"):
        assert part in back
    assert "Módulo" not in back
    assert "acreditado" not in back
    assert "Firma de la autoridad" not in front


@pytest.mark.parametrize("layout", rendering.LAYOUTS)
@pytest.mark.parametrize("is_demo", [True, False])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_statement_fits_in_every_layout(layout: str, is_demo: bool, language: str) -> None:
    told = facts(
        kind="statement", recognition=None, modules=[], minutes=2000, is_demo=is_demo, language=language
    )
    assert len(pages(render(told, design={"layout": layout}).content)) == 2


@pytest.mark.parametrize("layout", rendering.LAYOUTS)
def test_the_longest_facts_with_a_full_design_still_lie_apart(layout: str) -> None:
    content = render(longest(SIGNATORIES), design=full_design(layout)).content
    front = pages(content)[0]
    for text in (SIGNATORIES[0].name, "Expedido en noviembre de 2026", "sin validez", "0004170/2026-BIS"):
        assert text in front
    assert is_clear(content, 0, (450, 352, 750, 366))  # between the words and who signs


@pytest.mark.parametrize("where", ["front", "table", "notes"])
def test_what_does_not_fit_is_an_error_and_never_printed_over_something_else(where: str) -> None:
    shout = "MUCHO MÁS DE LO QUE CABE EN UN PAPEL. " * 12
    too_much = {
        "front": facts(texts=dict.fromkeys(("awards", "for_having", "span", "closing"), shout)),
        "table": facts(modules=[payload.ModuleFacts(f"{n} {LONG_TITLE}", 60) for n in range(30)]),
        "notes": facts(texts={"notes": shout * 4}),
    }
    with pytest.raises(rendering.DoesNotFit):
        render(too_much[where])
