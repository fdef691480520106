"""Where the translation of one thing stands. Pure."""

NONE, WORDS, READY, OLD, LIVE, BY_HAND = "none", "words", "ready", "old", "live", "by_hand"
STATES = (OLD, READY, WORDS, NONE, BY_HAND, LIVE)  # what asks for work first
TO_DO = frozenset({OLD, READY, WORDS, NONE})


def state_of(*, is_begun: bool, is_kept: bool, missing: int, was_read: bool, says_the_same: bool) -> str:
    """`was_read`: some version reached readers; `says_the_same`: the newest one tells what the original does.

    `is_kept` is False where somebody goes on by hand, without being told what changed.
    """
    if not is_begun:
        return NONE
    if not is_kept:
        return BY_HAND
    if missing:
        return OLD if was_read else WORDS
    return LIVE if says_the_same else READY
