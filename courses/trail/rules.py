"""What an entry of the audit trail may say, and how entries hang together. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from courses.canonical import canonical_json

VERSION = 1
GENESIS = "0" * 64  # what the first entry says of the one before it
SYSTEM = "system"  # who acts where nobody signed in: a worker, a command
SUPERUSER = "superuser"
ROLES = ("trainee", "trainer", "reviewer", "coordinator", "administrator", "officer", "observer")

# Facts are numbers, ids and words of these lists: there is no place for a name or a sentence.
COUNTS = frozenset({"count", "accepted", "returned", "gained", "lost", "days", "exceptions", "number"})
IDS = frozenset({"person", "cohort", "acta", "account", "session", "version", "line", "award", "entry"})
WORDS: dict[str, frozenset[str]] = {
    "document": frozenset({"diploma", "statement", "reprint", "card", "packet", "programme", "register"}),
    "format": frozenset({"xlsx", "csv", "pdf", "zip", "ics", "jsonl", "json", "po", "xml"}),
    "channel": frozenset({"portal", "packet", "paper"}),
    "outcome": frozenset(
        {
            "approved",
            "refused",
            "first",
            "second",
            "keep",
            "hide",
            "confirmed",
            "corrected",
            "noted",
            "accepted",
        }
    ),
    "reason": frozenset({"error", "request", "requirements", "administrative"}),
    "purpose": frozenset({"pdf", "credential", "qr", "log", "authority"}),
    "permission": frozenset({"study", "certificate", "verification", "photo", "donor"}),
    "list": frozenset({"participants", "register", "results", "cards", "calendar", "sheet"}),
}
SWITCHES = frozenset({"is_printed", "is_shown", "is_active", "is_on_behalf", "shows_name"})
SWITCHES |= {"is_given", "was_present", "keeps_awards"}
ROLE_LISTS = frozenset({"roles"})

_KIND = re.compile(r"[a-z_]{1,40}\.[a-z]{1,40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class NotNeutral(ValueError):
    """A mistake in code: an entry would say something that is no number, id or word of the lists."""


def checked_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept. Raises NotNeutral for a name or value that is not on the lists."""
    return {name: _checked(name, value) for name, value in facts.items()}


def _checked(name: str, value: Any) -> Any:
    if name in COUNTS and type(value) is int and abs(value) < 2**53:
        return value
    if name in IDS:
        return checked_id(value)
    if name in WORDS and str(value) in WORDS[name]:
        return str(value)
    if name in SWITCHES and type(value) is bool:
        return value
    if name in ROLE_LISTS and set(value) <= {*ROLES, SUPERUSER}:
        return [role for role in (*ROLES, SUPERUSER) if role in value]
    raise NotNeutral(f"{name} may not say this")


def checked_id(value: Any) -> str:
    """A number or UUID as text. Raises NotNeutral for anything else."""
    if isinstance(value, UUID):
        return str(value)
    if type(value) is int and value >= 0:
        return str(value)
    raise NotNeutral("an id is a number or a UUID")


def checked_kind(value: str) -> str:
    """`app.model` in small letters. Raises NotNeutral for anything else."""
    if not _KIND.fullmatch(value):
        raise NotNeutral("a kind is app.model")
    return value


def role_word(groups: Sequence[str], *, is_superuser: bool) -> str:
    """The roles of an account in their fixed order, joined by «+»; nothing for none."""
    held = [SUPERUSER] if is_superuser else []
    return "+".join([*held, *(role for role in ROLES if role in groups)])


def moment(at: datetime) -> str:
    """A moment as it is hashed: UTC to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def linked(content: Mapping[str, Any], *, sequence: int, previous: str) -> dict[str, Any]:
    """What an entry says, with its place in the chain: exactly what is hashed."""
    return {**content, "v": VERSION, "sequence": sequence, "previous": previous}


def hash_of(line: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form of what `linked` gave, in hexadecimal."""
    return hashlib.sha256(canonical_json(line)).hexdigest()


def parse_head(text: str) -> tuple[int, str]:
    """(sequence, hash) of a head that somebody kept, as it is printed: `41 9f86…`. Raises ValueError."""
    sequence, _blank, digest = text.strip().partition(" ")
    if not sequence.isascii() or not sequence.isdigit() or not _DIGEST.fullmatch(digest):
        raise ValueError("a kept head is a number and 64 letters")
    return int(sequence), digest
