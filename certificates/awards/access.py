"""May this person issue, register, hand over, suspend, revoke, replace, erase, download."""

from typing import Any
from uuid import UUID

from certificates.awards.models import Certificate
from courses import api


def can_issue(user: Any) -> bool:
    """Administrators: issue, and pause or retry what is being made."""
    return bool(user.has_perm("certificates.issue_acta"))


def can_deliver(user: Any) -> bool:
    """Coordinators and administrators: enter the register, print it, hand papers over."""
    return bool(user.has_perm("certificates.deliver_certificate"))


def can_revoke(user: Any) -> bool:
    """Administrators: suspend, revoke, replace."""
    return bool(user.has_perm("certificates.revoke_certificate"))


def can_erase(user: Any) -> bool:
    """Administrators: destroy the key of what names a person in her award."""
    return bool(user.has_perm("certificates.erase_certificate"))


def can_see(user: Any) -> bool:
    """Staff who may look at diplomas."""
    return bool(user.has_perm("certificates.view_certificate"))


def is_holder(user: Any, certificate: Certificate) -> bool:
    """Whether this award is hers. Load with `line` to spare a query."""
    return person_of(user) == certificate.line.person_id


def person_of(user: Any) -> UUID | None:
    """The person behind an account, for her own choices; None for staff and strangers."""
    return api.person_id_of(user)


def can_download(user: Any, certificate: Certificate) -> bool:
    """The holder, and staff who may see diplomas."""
    return user.is_authenticated and (can_see(user) or is_holder(user, certificate))


def can_download_credential(user: Any, certificate: Certificate) -> bool:
    """The holder alone: her credential holds the salt of her name."""
    return user.is_authenticated and is_holder(user, certificate)
