"""Which colours a design may have: read on paper, told apart in black and white. Pure."""

from collections.abc import Mapping
from itertools import combinations

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
SIGN_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
ORNAMENT_CONTRAST = 1.5  # on paper; and with each other, so that the weave can be seen in black and white
PAPER = "#ffffff"


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) stand apart, from 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def too_pale(colours: Mapping[str, str]) -> list[str]:
    """Which colours paper swallows: `main` and `ink` are text, `accent` marks something, `line` adorns."""
    needed = {"main": TEXT_CONTRAST, "ink": TEXT_CONTRAST, "accent": SIGN_CONTRAST, "line": ORNAMENT_CONTRAST}
    return [name for name, least in needed.items() if contrast(colours[name], PAPER) < least]


def too_alike(colours: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which colours that lie side by side become one in black and white; ink never lies beside the others."""
    return [
        pair
        for pair in combinations(("main", "accent", "line"), 2)
        if contrast(*(colours[name] for name in pair)) < ORNAMENT_CONTRAST
    ]
