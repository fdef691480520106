"""The short lists of reasons. Pure."""

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
