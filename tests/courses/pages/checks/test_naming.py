"""Neutral names: what is found in addresses and files, and what is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from courses.pages.checks.naming import DEFAULT, forbidden, plain, words_of

WORDS = words_of(DEFAULT)
DEMO = Path(__file__).resolve().parents[4] / "cms" / "home" / "demo"


@pytest.mark.parametrize(
    "text",
    [
        "prueba-de-VIH_2.mp3",
        "Violación",
        "trabajo-sexual",
        "Trabajadoras sexuales",
        "el.condon.png",
        "Prevención de la violencia",
        "PrEP",
    ],
)
def test_it_is_found_however_it_is_written(text: str) -> None:
    assert forbidden(text, WORDS)


@pytest.mark.parametrize("text", ["Vihuela", "m3-l14", "Prepárate", "Se trata de escuchar", "La prueba"])
def test_a_word_that_only_sounds_alike_is_not(text: str) -> None:
    assert not forbidden(text, WORDS)


def test_a_star_stands_for_any_ending() -> None:
    assert forbidden("Sexualidad", ["sexual*"]) == ["sexual*"]
    assert not forbidden("Sexualidad", ["sexual"])


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=5))
def test_no_list_and_no_text_break_it(text: str, words: list[str]) -> None:
    found = forbidden(text, words_of("\n".join(words)))
    assert all(plain(word) for word in found)


def names() -> Iterator[tuple[str, Any]]:
    """Every address and title of a page of the demo course."""
    course = yaml.safe_load((DEMO / "course.yaml").read_text())
    for module in course["modules"]:
        yield module["slug"], module["neutral_title"]
        for lesson in module["lessons"]:
            yield lesson["slug"], lesson["neutral_title"]


@pytest.mark.parametrize(("slug", "title"), list(names()))
def test_the_demo_course_is_named_neutrally(slug: str, title: str) -> None:
    assert not forbidden(slug, WORDS)
    assert not forbidden(title, WORDS)


def test_so_are_its_files() -> None:
    assert [path.name for path in DEMO.rglob("*") if forbidden(path.name, WORDS)] == []
