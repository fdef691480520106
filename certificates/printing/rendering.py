"""A payload becomes a diploma: two tagged pages, the credential attached, the same bytes for the same facts.

How any document is made stands in archival.py; here is what makes it a diploma. Nothing is printed over
something else: where every block lies is read from the laid-out pages, and what is too long is set closer.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import combinations
from typing import Any

import pydyf
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from certificates import codes, payload, sentences
from certificates.printing import archival, art, fonts, pictures
from certificates.printing.archival import Attached, LibrariesMissing, MissingGlyph, archival_pdf
from certificates.printing.pictures import Picture

__all__ = ["DoesNotFit", "LibrariesMissing", "MissingGlyph", "Rendered", "archival_pdf", "render"]

STYLESHEET = "diploma.css"
LAYOUTS = ("classic", "quiet")
LINE = 576.0  # the width of a name's line, in points
NAME_SIZES = ((36, 1), (30, 1), (25, 2), (20, 2), (16, 3))  # (points, lines): .name-1 … .name-5
TITLE_SIZES = ((22, 1), (17, 2), (13, 3))
# How close the front and the table of the back are set, from wide to narrow; tried until nothing overlaps.
DENSITIES = ("airy", "even", "full", "packed")
ROWS = ("roomy", "dense", "tight", "tiny")
ROW_SIZES = ((11.0, 6), (8.5, 12), (7.5, 16))  # (points, lines that surely fit) of the first ones
ROW = 360.0  # the width of a module's title, in points
WIDEST_FRONT = 3  # lines above the heading with which the widest setting is not worth a try
# The class of what must lie apart; the words of the front are one block, as wide as their page.
BLOCK = re.compile(r'class="(?:[^"]* )?block[ "]')
ROUNDING = 0.5  # CSS pixels


class DoesNotFit(Exception):
    """More text than the paper has room for; it is not printed over something else."""

    def __str__(self) -> str:
        return _(
            "There is more text than the paper has room for. "
            "Shorten the sentences of the design or the titles of the modules."
        )


@dataclass(frozen=True)
class Rendered:
    """A finished PDF."""

    content: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def render(
    facts: dict[str, Any], *, design: dict[str, Any], credential: bytes, offline_url: str = ""
) -> Rendered:
    """The diploma that says `facts` (with her name), its credential attached, before it is signed.

    `design` is what `designs.actions.drawable` gives. `offline_url` is the address with the signed facts
    for places without signal; without it that part of the back stays out. The same arguments give the same
    bytes. Raises `MissingGlyph` before a box is printed, `DoesNotFit` and `LibrariesMissing`.
    """
    palette = art.Palette(**design.get("colours", {}))
    document = _laid_out(facts, design, palette, offline_url)
    content = archival.write(
        document,
        identifier=payload.digest(facts)[:32].encode(),
        attachments=[Attached("credential.json", credential, _month_of_issue(facts))],
        finisher=_finishing(design.get("layout", LAYOUTS[0]), palette, facts["language"]),
    )
    return Rendered(content)


def _laid_out(facts: dict[str, Any], design: dict[str, Any], palette: art.Palette, offline_url: str) -> Any:
    """The pages at the widest setting at which nothing overlaps: the first one, but for long texts."""
    words = context(facts, design, has_offline=bool(offline_url))
    shown = [*_codes(facts["verify_url"], offline_url), *design.get("pictures", {}).values()]
    colours = tuple(vars(palette).items())
    front, back = _first_density(facts, design), _first_rows(facts)
    while front < len(DENSITIES) and back < len(ROWS):
        markup = render_to_string(
            "certificates/diploma.html", {**words, "density": DENSITIES[front], "rows": ROWS[back]}
        )
        document = archival.lay_out(markup, STYLESHEET, pictures=shown, colours=colours)
        front_fits, back_fits = _fit(document.pages, len(BLOCK.findall(markup)))
        if front_fits and back_fits:
            return document
        front, back = front + (not front_fits), back + (not back_fits)
    raise DoesNotFit


def _first_density(facts: dict[str, Any], design: dict[str, Any]) -> int:
    """Where to begin: a try costs as much as the diploma, so what surely fails is not tried."""
    words = facts["words"]
    recognition = f"{words.get('recognised', '')} {words.get('oficio', '')}".strip()
    above = [(facts["issuer"], 15), (words.get("with_ally", ""), 11), (recognition, 11)]
    lines = sum(-(-fonts.width(text) * points // LINE) for text, points in above)
    return int(lines >= WIDEST_FRONT or bool(design.get("logos") or facts["signatories"]))


def _first_rows(facts: dict[str, Any]) -> int:
    """The same for the table of the back, by how many lines its titles take."""
    titles = [fonts.width(module["title"]) for module in facts["modules"]]
    needed = [sum(-(-width * points // ROW) for width in titles) for points, _room in ROW_SIZES]
    fitting = [lines <= room for lines, (_points, room) in zip(needed, ROW_SIZES, strict=True)]
    return fitting.index(True) if True in fitting else len(ROW_SIZES)


def _month_of_issue(facts: dict[str, Any]) -> datetime:
    """The first moment of the printed month: the date of the credential's file in every rendering."""
    return datetime.strptime(facts["issued_month"], "%Y-%m").replace(tzinfo=UTC)


def _codes(verify_url: str, offline_url: str) -> list[Picture]:
    front = pictures.qr("qr:verify", verify_url, level="m")
    return [front, pictures.qr("qr:offline", offline_url, level="m")] if offline_url else [front]


def context(facts: dict[str, Any], design: dict[str, Any], *, has_offline: bool) -> dict[str, Any]:
    """What the template needs beside the facts: pictures, and sizes and lines that fit."""
    name_size, name = fitting(facts["name"], NAME_SIZES)
    title_size, title = fitting(facts["title"], TITLE_SIZES)
    is_mixed = facts["language"] != facts["words_language"]
    own = partial(format_html, '<article lang="{}">{}</article>', facts["language"]) if is_mixed else str
    return {
        "p": "div" if is_mixed else "p",  # a paragraph cannot hold an article
        "d": facts,
        "w": facts["words"] | {key: own(text) for key, text in facts["texts"].items()},
        "notes": [own(line) for line in facts["texts"].get(sentences.BACK, "").splitlines()],
        "course": own(facts["title"]),
        "modules": [{**module, "title": own(module["title"])} for module in facts["modules"]],
        "code": codes.display(facts["code"]),
        "has_offline": has_offline,
        "layout": design.get("layout", LAYOUTS[0]),
        "logos": [_shown(logo) for logo in design.get("logos", [])],
        "signatories": _signatories(facts, design),
        "seal": _shown(design["seal"]) if design.get("seal") else None,
        "name": name,
        "name_size": name_size,
        "title": [own(line) for line in title],
        "title_size": title_size,
    }


def _shown(picture: dict[str, str]) -> dict[str, str]:
    return {"src": f"picture:{picture['sha256']}", "alt": picture["alt"]}


def _signatories(facts: dict[str, Any], design: dict[str, Any]) -> list[dict[str, str]]:
    """Who signs, as the award froze it, each with the drawing that stands at that place of the design."""
    drawings = [one.get("drawing") or "" for one in design.get("signatories", [])]
    drawings += [""] * len(facts["signatories"])
    return [
        {**one, "src": f"picture:{drawing}" if drawing else ""}
        for one, drawing in zip(facts["signatories"], drawings, strict=False)
    ]


def fitting(text: str, sizes: tuple[tuple[int, int], ...]) -> tuple[int, list[str]]:
    """The number (from 1) of the largest size at which `text` fits, or of the smallest, and its lines."""
    tried = (
        (number, points, fonts.lines(text, count)) for number, (points, count) in enumerate(sizes, start=1)
    )
    for number, points, lines in tried:
        if max(map(fonts.width, lines)) * points <= LINE:
            return number, lines
    return len(sizes), fonts.lines(text, sizes[-1][1])


# --- what lies where --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Box:
    """A block of a laid-out page, in CSS pixels from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def is_over(self, other: "Box") -> bool:
        """Whether both cover the same place."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > ROUNDING
            and min(self.bottom, other.bottom) - max(self.top, other.top) > ROUNDING
        )


def _fit(pages: list[Any], expected: int) -> tuple[bool, bool]:
    """Whether (front, back) are laid out whole, no block over another; a long table makes a third page."""
    front, *others = [list(_blocks(page)) for page in pages]
    is_whole = len(pages) == 2 and len(front) + sum(map(len, others)) == expected
    return _are_apart(front), is_whole and all(map(_are_apart, others))


def _are_apart(boxes: list[Box]) -> bool:
    return not any(one.is_over(other) for one, other in combinations(boxes, 2))


def _blocks(page: Any) -> Iterator[Box]:
    for box in page._page_box.descendants():
        element = box.element
        if element is not None and "block" in element.get("class", "").split():
            yield Box(
                box.border_box_x(),
                box.border_box_y(),
                box.border_box_x() + box.border_width(),
                box.border_box_y() + box.border_height(),
            )


# --- what is drawn under the words ------------------------------------------------------------------
@lru_cache(maxsize=16)
def _drawing(layout: str, palette: art.Palette, is_front: bool) -> bytes:
    drawn = art.quiet if layout == "quiet" else art.front if is_front else art.back
    return zlib.compress(b"/Artifact BMC q\n" + drawn(palette) + b"\nQ EMC", 9)


def _finishing(layout: str, palette: art.Palette, language: str) -> archival.Finisher:
    """Puts the drawings under the text, as an artifact that screen readers pass over, and says languages."""

    def finish(_document: Any, pdf: Any) -> None:
        made = [item for item in pdf.objects if isinstance(item, dict)]
        for number, page in enumerate(item for item in made if item.get("Type") == "/Page"):
            drawing = pydyf.Stream([_drawing(layout, palette, number == 0)], {"Filter": "/FlateDecode"})
            pdf.add_object(drawing)
            page["Contents"] = pydyf.Array([drawing.reference, page["Contents"]])
        _say_languages(made, language)

    return finish


def _say_languages(made: list[Any], language: str) -> None:
    """Give the language to what is in another one than the words around it; WeasyPrint 70 does not.

    Such texts stand in an `article`, which nothing else uses: in a heading or a cell it becomes a part of
    the line, elsewhere a paragraph.
    """
    kinds = {item.reference: item.get("S") for item in made if "S" in item}
    for article in (item for item in made if item.get("S") == "/Art"):
        article["S"] = "/Span" if kinds.get(article["P"]) in {"/H1", "/TD"} else "/P"
        article["Lang"] = pydyf.String(language)
