"""May this person see which keys sign."""

from typing import Any


def can_see_keys(user: Any) -> bool:
    """Administrators: public halves only, private keys are shown to nobody."""
    return bool(user.has_perm("certificates.view_signingkey"))
