"""The look: light, readable in both schemes, safe under the strict policy, and up when all else is down."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from cms.theme.bundles import BUNDLES, BundleFinder, joined

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "cms" / "theme" / "static" / "theme"
CSS = joined("theme/site.css").decode()
ICONS = set(re.findall(r'id="(\w+)"', (STATIC / "icons.svg").read_text()))
TEMPLATES = [
    path
    for app in ("cms", "courses", "certificates")
    for path in (ROOT / app).rglob("templates/**/*.html")
    if path.name != "diploma.html"  # the printed sheet, not a page of the site
    and "admin" not in path.parts  # the desk of staff has Wagtail's look and its own policy
]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", css))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> list[tuple[str, dict[str, str]]]:
    light = colours(CSS[: CSS.index("@media (prefers-color-scheme: dark)")])
    dark = colours(CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("*, ::before")])
    return [("light", light), ("dark", light | dark)]


@pytest.mark.parametrize(("scheme", "palette"), schemes())
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *[("ink", ground) for ground in ("paper", "card", "tint", "teal-tint", "gold-tint", "red-tint")],
        *[("muted", ground) for ground in ("paper", "card", "tint", "teal-tint", "gold-tint")],
        *[("teal", ground) for ground in ("paper", "card", "teal-tint")],
        *[("red", ground) for ground in ("paper", "card", "red-tint")],
        *[("on-teal", "teal"), ("on-red", "red"), ("on-gold", "gold"), ("on-panel", "panel")],
    ],
)
def test_every_pair_of_text_and_ground_reaches_aa(
    scheme: str, palette: dict[str, str], ink: str, ground: str
) -> None:
    assert contrast(palette[ink], palette[ground]) >= 4.5


@pytest.mark.parametrize(("scheme", "palette"), schemes())
def test_edges_of_fields_are_seen(scheme: str, palette: dict[str, str]) -> None:
    assert contrast(palette["edge"], palette["card"]) >= 3
    assert contrast(palette["edge"], palette["paper"]) >= 3


def test_the_theme_is_light() -> None:
    assert len(gzip.compress(CSS.encode())) <= 7_500
    assert len(gzip.compress(joined("theme/site.js"))) <= 5_000
    assert len(gzip.compress((STATIC / "base.css").read_bytes())) <= 4_600  # all that a public page takes
    assert len(gzip.compress((STATIC / "base.js").read_bytes())) <= 1_800
    assert (STATIC / "icons.svg").stat().st_size <= 3_000


def test_a_bundle_is_found_whole_and_follows_its_parts() -> None:
    for name in BUNDLES:
        found = str(finders.find(name))
        assert Path(found).read_bytes() == joined(name)
        Path(found).write_text("an older version")
        assert Path(str(finders.find(name))).read_bytes() == joined(name)
        assert finders.find(name, find_all=True) == [found]
    assert {name for name, _storage in BundleFinder().list(None)} == set(BUNDLES)
    assert finders.find("theme/nothing.css") is None


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_inline_style_or_script_and_names_known_icons(path: Path) -> None:
    text = path.read_text()
    if path.name == "offline.html":
        pytest.skip("one file by design: its style and script are pinned by hashes in its own policy")
    assert not re.search(
        r"\sstyle=|\son\w+=|<style|<script(?! defer src=| type=\"module\" src=| type=\"application/json\")",
        text,
    )
    assert set(re.findall(r'{% icon "(\w+)"', text)) <= ICONS


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_stands_alone(name: str) -> None:
    """No request, no database (none is opened in this test), no context processor."""
    with translation.override("es"):
        page = render_to_string(name)
    assert '<html lang="es"' in page
    assert "data-exit" in page
    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_the_quick_exit_is_a_plain_link_that_tells_no_one_where_she_was() -> None:
    page = render_to_string("theme/components/exit.html", {"quick_exit_url": "https://example.org/"})
    assert 'href="https://example.org/"' in page
    assert "noreferrer" in page


@pytest.mark.parametrize(
    ("state", "word"),
    [("valid", "Valid"), ("replaced", "Replaced"), ("revoked", "Revoked"), ("unknown", "Not found")],
)
def test_a_verdict_says_its_word_and_not_only_a_colour(state: str, word: str) -> None:
    with translation.override("en"):
        page = render_to_string("theme/components/verdict.html", {"state": state})
    assert f'<h1 id="verdict">{word}</h1>' in page


def test_a_self_check_needs_neither_script_nor_server() -> None:
    options = [{"text": "A", "is_correct": False, "feedback": "B"}, {"text": "C", "is_correct": True}]
    page = render_to_string(
        "theme/components/self_check.html", {"id": "c", "question": "Q", "options": options}
    )
    assert "<form" not in page
    assert "<script" not in page
    assert page.count('type="radio"') == 2
    assert "feedback--correct" in page
