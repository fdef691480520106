"""Colours: read on paper, told apart in black and white."""

import pytest

from certificates.designs import rules

CLASSIC = {"main": "#0f5c5c", "accent": "#d9583b", "line": "#e0a526", "ink": "#1f2a30"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, expected: float) -> None:
    assert rules.contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert rules.contrast(other, one) == rules.contrast(one, other)


def test_the_colours_of_the_program_pass() -> None:
    assert rules.too_pale(CLASSIC) == []
    assert rules.too_alike(CLASSIC) == []


@pytest.mark.parametrize(
    ("name", "colour"), [("main", "#808080"), ("ink", "#999999"), ("accent", "#f0a090"), ("line", "#ffee99")]
)
def test_a_colour_that_paper_swallows_is_named(name: str, colour: str) -> None:
    assert rules.too_pale({**CLASSIC, name: colour}) == [name]


def test_red_and_green_of_one_lightness_are_one_in_black_and_white() -> None:
    assert rules.too_alike({**CLASSIC, "main": "#c0392b", "accent": "#2e7d32"}) == [("main", "accent")]
