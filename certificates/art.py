"""The drawn parts of a diploma — rebozo, guilloche, frame — as PDF drawing operators. Pure mathematics.

They lie under the text as one artifact (invisible to screen readers) and are computed once per process:
as SVG or CSS they would cost more time than all the text of the page.
Coordinates are points from the lower left corner of a letter page in landscape.
"""

import math
from collections.abc import Callable, Iterator

WIDTH, HEIGHT = 792, 612
TEAL, CORAL, GOLD, SAND, INK = "#0f5c5c", "#d9583b", "#e0a526", "#f6efe4", "#1f2a30"
TEAL_LINE, GOLD_LINE, WATERMARK, WATERMARK_SAND = "#7fa9a6", "#dfbe73", "#dcebe8", "#f3e4c6"

# The cloth of the rebozo: stripes across its width as (width in points, colour), ikat in the middle.
BORDER = ((2.0, INK), (3.0, CORAL), (1.0, SAND), (3.0, GOLD), (1.0, SAND), (2.0, TEAL))
RINGS = ((0.16, CORAL), (0.30, SAND), (0.46, GOLD), (0.58, TEAL), (0.74, CORAL), (0.86, SAND))
THREAD = 2.0
REPEAT = 65.5

Point = tuple[float, float]
Curve = Callable[[float], Point]


def front() -> bytes:
    """A rebozo hanging on the left, its fringe below; a guilloche frame and rosette around the words."""
    return _joined(
        _rosette(430, 312, 222, petals=32, turns=9, colour=WATERMARK),
        _rosette(430, 312, 132, petals=24, turns=8, colour=WATERMARK_SAND),
        _frame(98, 30, 762, 582),
        _cloth(30, 58, 54, 524),
        _fringe(30, 58, 54),
    )


def back() -> bytes:
    """The same frame and a narrower strip of the cloth, without the rosette: this page is for reading."""
    return _joined(_frame(98, 30, 762, 582), _cloth(30, 58, 54, 524), _fringe(30, 58, 54))


def _joined(*parts: Iterator[str]) -> bytes:
    return "\n".join(operator for part in parts for operator in part).encode("ascii")


def _colour(value: str, operator: str) -> str:
    red, green, blue = (int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return f"{red:.3f} {green:.3f} {blue:.3f} {operator}"


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re"


# --- the rebozo -----------------------------------------------------------------------------------
def _cloth(x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Warp stripes along both edges and, between them, ikat diamonds with the blur of tied threads."""
    yield _colour(TEAL, "rg")
    yield _rectangle(x, y, width, height) + " f"
    edge = sum(stripe for stripe, _ in BORDER)
    for mirrored in (False, True):
        left = x
        for stripe, colour in BORDER:
            start = 2 * x + width - left - stripe if mirrored else left
            yield _colour(colour, "rg")
            yield _rectangle(start, y, stripe, height) + " f"
            left += stripe
    yield from _ikat(x + edge, y, width - 2 * edge, height)


def _ikat(x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Nested diamonds, dyed thread by thread; each colour is one path. The cloth ends where it ends."""
    yield "q " + _rectangle(x, y, width, height) + " W n"
    threads = round(width / THREAD)
    repeats = round(height / REPEAT)
    for reach, colour in reversed(RINGS):
        yield _colour(colour, "rg")
        for repeat in range(repeats):
            middle = y + (repeat + 0.5) * height / repeats
            for thread in range(threads):
                across = abs(thread + 0.5 - threads / 2) / (threads / 2)
                half = (reach * 1.12 - across * 0.62) * height / repeats / 1.24
                blur = ((thread * 7 + round(reach * 100) * 3) % 5 - 2) * 0.55
                if half > 0.8:
                    yield _rectangle(x + thread * THREAD, middle - half + blur, THREAD - 0.25, 2 * half)
        yield "f"
    yield "Q"


def _fringe(x: float, top: float, width: float) -> Iterator[str]:
    """Threads gathered in knots («rapacejo») under the end of the cloth."""
    bundles, length, knot = 9, 28.0, 9.0
    step = width / bundles
    yield "0.7 w"
    for bundle in range(bundles):
        middle = x + (bundle + 0.5) * step
        yield _colour((TEAL, CORAL, GOLD)[bundle % 3], "RG")
        for strand in range(-2, 3):
            yield f"{middle + strand * 1.25:.2f} {top:.2f} m {middle + strand * 0.3:.2f} {top - knot:.2f} l"
            sway = strand * 0.85
            yield f"{middle + sway:.2f} {top - length + abs(strand):.2f} l S"
        yield _colour((TEAL, CORAL, GOLD)[bundle % 3], "rg")
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


def _frame(left: float, bottom: float, right: float, top: float) -> Iterator[str]:
    """Two hairlines with a woven wave between them and a small rosette in each corner."""
    depth = 15.0
    yield "0.9 w " + _colour(TEAL, "RG")
    yield _rectangle(left, bottom, right - left, top - bottom) + " S"
    yield "0.4 w"
    yield _rectangle(left + depth, bottom + depth, right - left - 2 * depth, top - bottom - 2 * depth) + " S"
    across, up = right - left - 2 * depth, top - bottom - 2 * depth
    for y in (bottom + depth / 2, top - depth / 2):
        yield from _braid((left + depth, y), across, is_upright=False)
    for x in (left + depth / 2, right - depth / 2):
        yield from _braid((x, bottom + depth), up, is_upright=True)
    for x in (left + depth / 2, right - depth / 2):
        for y in (bottom + depth / 2, top - depth / 2):
            yield from _corner(x, y)


def _braid(start: Point, length: float, *, is_upright: bool) -> Iterator[str]:
    """Six waves of two lengths between two hairlines."""
    waves = round(length / 26)
    for turn in range(6):
        colour, factor = (TEAL_LINE, 1) if turn % 2 else (GOLD_LINE, 2)
        yield "0.35 w " + _colour(colour, "RG")

        def line(along: float, phase: float = turn * math.pi / 3, factor: int = factor) -> Point:
            swing = 6.0 / factor**0.5 * math.sin(2 * math.pi * waves * factor * along / length + phase)
            return (
                (start[0] + swing, start[1] + along) if is_upright else (start[0] + along, start[1] + swing)
            )

        yield _curve(line, 0, length, waves * factor * 3) + " S"


def _corner(x: float, y: float) -> Iterator[str]:
    """A diamond in a square: the sign of the cloth again."""
    for reach, colour in ((6.0, TEAL), (4.2, SAND), (3.0, CORAL), (1.3, GOLD)):
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
