"""The typefaces that diplomas are printed with, and what they can and cannot print.

One complete static file per style, shipped with the program: files split by script print wrong
letters without a warning, and a missing letter prints an empty box.
"""

from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

from certificates.payload import is_unseen

FOLDER = Path(__file__).parents[1] / "static" / "certificates" / "fonts"
FACES = {
    "Diploma Serif": "NotoSerif-Regular.ttf",
    "Diploma Display": "NotoSerif-SemiBold.ttf",
    "Diploma Sans": "NotoSans-Regular.ttf",
    "Diploma Sans Bold": "NotoSans-Bold.ttf",
}
DISPLAY = "Diploma Display"


@cache
def _characters() -> frozenset[int]:
    """What every one of the faces has a glyph for."""
    return frozenset.intersection(*(frozenset(_cmap(file)) for file in FACES.values()))


@cache
def _cmap(file: str) -> dict[int, str]:
    with TTFont(FOLDER / file, lazy=True) as font:
        return dict(font.getBestCmap())


@cache
def _advances() -> dict[int, float]:
    """How wide the display face sets each character, in em."""
    with TTFont(FOLDER / FACES[DISPLAY], lazy=True) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in _cmap(FACES[DISPLAY]).items()}


def missing(text: str) -> list[str]:
    """The characters of `text` (and of its capitals) that cannot be printed, in order, each once.

    Those are the ones without a glyph in every typeface, and the invisible ones that deceive. Names are
    asked for when they are entered (settings.PRINTABLE), everything once more when it is printed.
    """
    wanted = dict.fromkeys(text + text.upper())
    return [character for character in wanted if ord(character) not in _characters() or is_unseen(character)]


def lines(text: str, count: int) -> list[str]:
    """`text` broken at spaces into at most `count` lines, the widest as narrow as can be."""
    words = text.split()
    count = min(count, len(words))
    best = [text]
    for breaks in combinations(range(1, len(words)), count - 1):
        edges = (0, *breaks, len(words))
        split = [" ".join(words[start:end]) for start, end in pairwise(edges)]
        if max(map(width, split)) < max(map(width, best)):
            best = split
    return best


def width(text: str) -> float:
    """How wide the display face sets `text`, in em, without kerning."""
    advances = _advances()
    return sum(advances.get(ord(character), 1.0) for character in text)
