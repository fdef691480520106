"""The short lists of care: why someone is away, how a class is made up, what was done. Pure.

A reason is only counted for the whole cohort (ReasonTally). It never stands beside a person.
"""

EXCUSE, WITHDRAWAL, RETURN = "excuse", "withdrawal", "return"
NOT_SAID = "not_said"
REASONS: dict[str, tuple[str, ...]] = {
    EXCUSE: ("work", "family", "health", "transport", "safety", "other", NOT_SAID),
    WITHDRAWAL: ("work", "family", "health", "moved", "safety", "course", "other", NOT_SAID),
    RETURN: ("settled", "time", "invited", "other", NOT_SAID),
}
FEWEST_TO_SHOW = 5  # a smaller number could point at somebody

TUTORING, LESSON, OUTING = "tutoring", "lesson", "outing"

CALLED, TALKED, TRY_AGAIN, ALL_WELL, LATER = "called", "talked", "try_again", "all_well", "later"
DAYS_ASIDE = 7
SETS_ASIDE = frozenset({ALL_WELL, LATER})


def is_reason(kind: str, reason: str) -> bool:
    """True for a reason of the short list of this kind."""
    return reason in REASONS.get(kind, ())
