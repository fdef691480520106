"""The drawn parts of a diploma — rebozo, guilloche, frame — as PDF drawing operators. Pure mathematics.

They lie under the text as one artifact (invisible to screen readers) and are computed once per process:
as SVG or CSS they would cost more time than all the text of the page.
Coordinates are points from the lower left corner of a letter page in landscape.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WIDTH, HEIGHT = 792, 612


@dataclass(frozen=True)
class Palette:
    """The colours of a design, as #rrggbb: of titles, of signs, of ornaments, of text."""

    main: str = "#0f5c5c"
    accent: str = "#d9583b"
    line: str = "#e0a526"
    ink: str = "#1f2a30"

    @property
    def paper(self) -> str:
        """The undyed thread."""
        return _mixed(self.line, 0.13)

    @property
    def border(self) -> tuple[tuple[float, str], ...]:
        """Stripes along the edge of the cloth: (width in points, colour)."""
        paper = self.paper
        return (
            (2.0, self.ink),
            (3.0, self.accent),
            (1.0, paper),
            (3.0, self.line),
            (1.0, paper),
            (2.0, self.main),
        )

    @property
    def rings(self) -> tuple[tuple[float, str], ...]:
        """The diamonds of the ikat, one in another: (how far each reaches, colour)."""
        accent, paper, line, main = self.accent, self.paper, self.line, self.main
        return ((0.16, accent), (0.30, paper), (0.46, line), (0.58, main), (0.74, accent), (0.86, paper))


CLASSIC = Palette()


def _mixed(colour: str, share: float) -> str:
    """That share of a colour on white paper."""
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


THREAD = 2.0
REPEAT = 65.5

Point = tuple[float, float]
Curve = Callable[[float], Point]


def front(palette: Palette) -> bytes:
    """A rebozo hanging on the left, its fringe below; a guilloche frame and rosette around the words."""
    return _joined(
        _rosette(430, 312, 222, petals=32, turns=9, colour=_mixed(palette.main, 0.15)),
        _rosette(430, 312, 132, petals=24, turns=8, colour=_mixed(palette.line, 0.26)),
        _frame(palette, 98, 30, 762, 582),
        _cloth(palette, 30, 58, 54, 524),
        _fringe(palette, 30, 58, 54),
    )


def back(palette: Palette) -> bytes:
    """The same frame and cloth, without the rosette: this page is for reading."""
    return _joined(
        _frame(palette, 98, 30, 762, 582), _cloth(palette, 30, 58, 54, 524), _fringe(palette, 30, 58, 54)
    )


def quiet(palette: Palette) -> bytes:
    """A ribbon of ikat along the upper edge and a hairline at the foot; the same on both pages."""
    left, length, across = 72.0, WIDTH - 144.0, 20.0
    return _joined(
        iter((f"q 0 -1 1 0 0 {HEIGHT - 20} cm", _colour(palette.accent, "rg"))),
        iter((_rectangle(0, left, across, length) + " f", _colour(palette.main, "rg"))),
        iter((_rectangle(1.6, left, across - 3.2, length) + " f",)),
        _ikat(palette, 3, left, across - 6, length, thread=1.0),
        iter(("Q", "0.6 w " + _colour(palette.main, "RG"), f"{left} 34 m {left + length} 34 l S")),
    )


def _joined(*parts: Iterator[str]) -> bytes:
    return "\n".join(operator for part in parts for operator in part).encode("ascii")


def _colour(value: str, operator: str) -> str:
    red, green, blue = (int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return f"{red:.3f} {green:.3f} {blue:.3f} {operator}"


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re"


# --- the rebozo -----------------------------------------------------------------------------------
def _cloth(palette: Palette, x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Warp stripes along both edges and, between them, ikat diamonds with the blur of tied threads."""
    yield _colour(palette.main, "rg")
    yield _rectangle(x, y, width, height) + " f"
    edge = sum(stripe for stripe, _ in palette.border)
    for mirrored in (False, True):
        left = x
        for stripe, colour in palette.border:
            start = 2 * x + width - left - stripe if mirrored else left
            yield _colour(colour, "rg")
            yield _rectangle(start, y, stripe, height) + " f"
            left += stripe
    yield from _ikat(palette, x + edge, y, width - 2 * edge, height)


def _ikat(
    palette: Palette, x: float, y: float, width: float, height: float, thread: float = THREAD
) -> Iterator[str]:
    """Nested diamonds, dyed thread by thread; each colour is one path. The cloth ends where it ends."""
    yield "q " + _rectangle(x, y, width, height) + " W n"
    threads = round(width / thread)
    repeats = round(height / REPEAT)
    for reach, colour in reversed(palette.rings):
        yield _colour(colour, "rg")
        for repeat in range(repeats):
            middle = y + (repeat + 0.5) * height / repeats
            for index in range(threads):
                across = abs(index + 0.5 - threads / 2) / (threads / 2)
                half = (reach * 1.12 - across * 0.62) * height / repeats / 1.24
                blur = ((index * 7 + round(reach * 100) * 3) % 5 - 2) * 0.55
                if half > 0.8:
                    yield _rectangle(x + index * thread, middle - half + blur, thread * 0.875, 2 * half)
        yield "f"
    yield "Q"


def _fringe(palette: Palette, x: float, top: float, width: float) -> Iterator[str]:
    """Threads gathered in knots («rapacejo») under the end of the cloth."""
    bundles, length, knot = 9, 28.0, 9.0
    step = width / bundles
    yield "0.7 w"
    for bundle in range(bundles):
        middle = x + (bundle + 0.5) * step
        yield _colour((palette.main, palette.accent, palette.line)[bundle % 3], "RG")
        for strand in range(-2, 3):
            yield f"{middle + strand * 1.25:.2f} {top:.2f} m {middle + strand * 0.3:.2f} {top - knot:.2f} l"
            sway = strand * 0.85
            yield f"{middle + sway:.2f} {top - length + abs(strand):.2f} l S"
        yield _colour((palette.main, palette.accent, palette.line)[bundle % 3], "rg")
        yield _rectangle(middle - 1.3, top - knot - 1.4, 2.6, 2.8) + " f"


# --- the guilloche --------------------------------------------------------------------------------
def _rosette(x: float, y: float, radius: float, *, petals: int, turns: int, colour: str) -> Iterator[str]:
    """One waving ring, drawn again and again a little turned, until the lines weave."""
    yield "0.5 w " + _colour(colour, "RG")
    for turn in range(turns):
        phase = 2 * math.pi * turn / turns

        def ring(angle: float, phase: float = phase) -> Point:
            lobes = math.cos(petals / 2 * angle)
            reach = radius * (0.75 + 0.09 * lobes + (0.13 - 0.03 * lobes) * math.cos(petals * angle + phase))
            return x + reach * math.cos(angle), y + reach * math.sin(angle)

        yield _curve(ring, 0, 2 * math.pi, petals * 5) + " s"


def _frame(palette: Palette, left: float, bottom: float, right: float, top: float) -> Iterator[str]:
    """Two hairlines with a woven wave between them and a small rosette in each corner."""
    depth = 15.0
    yield "0.9 w " + _colour(palette.main, "RG")
    yield _rectangle(left, bottom, right - left, top - bottom) + " S"
    yield "0.4 w"
    yield _rectangle(left + depth, bottom + depth, right - left - 2 * depth, top - bottom - 2 * depth) + " S"
    across, up = right - left - 2 * depth, top - bottom - 2 * depth
    for y in (bottom + depth / 2, top - depth / 2):
        yield from _braid(palette, (left + depth, y), across, is_upright=False)
    for x in (left + depth / 2, right - depth / 2):
        yield from _braid(palette, (x, bottom + depth), up, is_upright=True)
    for x in (left + depth / 2, right - depth / 2):
        for y in (bottom + depth / 2, top - depth / 2):
            yield from _corner(palette, x, y)


def _braid(palette: Palette, start: Point, length: float, *, is_upright: bool) -> Iterator[str]:
    """Six waves of two lengths between two hairlines."""
    waves = round(length / 26)
    for turn in range(6):
        colour, factor = (_mixed(palette.main, 0.53), 1) if turn % 2 else (_mixed(palette.line, 0.73), 2)
        yield "0.35 w " + _colour(colour, "RG")

        def line(along: float, phase: float = turn * math.pi / 3, factor: int = factor) -> Point:
            swing = 6.0 / factor**0.5 * math.sin(2 * math.pi * waves * factor * along / length + phase)
            return (
                (start[0] + swing, start[1] + along) if is_upright else (start[0] + along, start[1] + swing)
            )

        yield _curve(line, 0, length, waves * factor * 3) + " S"


def _corner(palette: Palette, x: float, y: float) -> Iterator[str]:
    """A diamond in a square: the sign of the cloth again."""
    for reach, colour in (
        (6.0, palette.main),
        (4.2, palette.paper),
        (3.0, palette.accent),
        (1.3, palette.line),
    ):
        yield _colour(colour, "rg")
        yield f"{x - reach:.2f} {y:.2f} m {x:.2f} {y + reach:.2f} l {x + reach:.2f} {y:.2f} l"
        yield f"{x:.2f} {y - reach:.2f} l f"


def _curve(curve: Curve, start: float, end: float, steps: int) -> str:
    """`curve` as Bézier pieces whose handles follow its tangents."""
    step = (end - start) / steps
    x, y = curve(start)
    pieces = [f"{x:.1f} {y:.1f} m"]
    for index in range(steps):
        here, there = start + index * step, start + (index + 1) * step
        (x1, y1), (x2, y2) = _handle(curve, here, step / 3), _handle(curve, there, -step / 3)
        x3, y3 = curve(there)
        pieces.append(f"{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f} c")
    return "\n".join(pieces)


def _handle(curve: Curve, at: float, reach: float) -> Point:
    """The end of a Bézier handle: from the curve at `at` along its tangent."""
    tiny = 1e-4
    (x, y), (ahead_x, ahead_y) = curve(at), curve(at + tiny)
    return x + (ahead_x - x) / tiny * reach, y + (ahead_y - y) / tiny * reach
