"""The short lists of reasons, and which counts may be shown. Pure."""

from collections.abc import Mapping

EXCUSE, WITHDRAWAL, RETURN = "excuse", "withdrawal", "return"
NOT_SAID = "not_said"
REASONS: dict[str, tuple[str, ...]] = {
    EXCUSE: ("time", "care", "health", "way", "safety", "other", NOT_SAID),
    WITHDRAWAL: ("time", "care", "moved", "health", "way", "other", NOT_SAID),
    RETURN: ("time", "care", "back", "invited", "other", NOT_SAID),
}
FEWEST_TO_SHOW = 5  # a smaller number could point at somebody


def is_reason(kind: str, reason: str) -> bool:
    """True for a reason of the short list of this kind."""
    return reason in REASONS.get(kind, ())


def without_small_cells(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The parts of a whole as they may be shown: None for what could point at somebody.

    A count from 1 to FEWEST_TO_SHOW - 1 is hidden. Where what is hidden makes fewer than that together, the
    smallest of the others is hidden too: who knows the whole could else subtract.
    """
    hidden = {name for name, count in cells.items() if 0 < count < FEWEST_TO_SHOW}
    others = sorted(
        (name for name in cells if cells[name] and name not in hidden), key=lambda name: cells[name]
    )
    while hidden and others and sum(cells[name] for name in hidden) < FEWEST_TO_SHOW:
        hidden.add(others.pop(0))
    return {name: None if name in hidden else count for name, count in cells.items()}
