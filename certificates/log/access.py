"""May this person look after the log. Reading it is for anyone (views)."""

from typing import Any


def can_see_log(user: Any) -> bool:
    """Whoever sees which heads were published, and to whom they were sent."""
    return bool(user.has_perm("certificates.view_treehead"))


def can_keep_witnesses(user: Any) -> bool:
    """Whoever names witnesses, and has a head sent again."""
    return bool(user.has_perm("certificates.change_witness"))
