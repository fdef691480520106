"""What anyone may learn about a diploma from its code: is it good, and what does the paper say.

Every printed fact is shown, so that an altered paper is caught, except the name (docs: verification
never says who). Nothing else is known here: no place, no cohort, no result, no picture.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from certificates import codes
from certificates.models import Certificate

# The only parts of a payload that leave it; `name` must never stand here.
PUBLIC = (
    "kind",
    "language",
    "is_demo",
    "folio",
    "issuer",
    "ally",
    "recognition",
    "title",
    "hours",
    "minutes",
    "duration",
    "from",
    "to",
    "span",
    "issued",
    "modules",
)


class State(StrEnum):
    """How a diploma stands today."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The answer to a code. Unknown carries no facts, whatever the reason: never issued or not yet."""

    state: State
    code: str
    facts: dict[str, Any] | None = None
    since: datetime | None = None
    reason: str = ""

    @property
    def display_code(self) -> str:
        """The code as printed, in groups of four."""
        return codes.display(self.code)


def look_up(code: str) -> Verdict:
    """The state and the facts of the diploma with this code (in its stored form), in one query."""
    certificate = Certificate.objects.with_state().filter(code=code).first()
    if certificate is None or not hasattr(certificate, "document"):
        return Verdict(State.UNKNOWN, code)
    facts = {key: certificate.payload[key] for key in PUBLIC}
    facts["disclaimer"] = certificate.payload["words"]["disclaimer"]
    if hasattr(certificate, "revocation"):
        revocation = certificate.revocation
        return Verdict(State.REVOKED, code, facts, revocation.at, revocation.reason)
    if hasattr(certificate, "replaced_by"):
        # Nothing of a former name's paper is shown any more, only that it was replaced (and when).
        return Verdict(State.REPLACED, code, since=certificate.replaced_by.created_at)
    return Verdict(State.VALID, code, facts)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The same answer for a program: dates by month only."""
    answer: dict[str, Any] = {"state": verdict.state.value, "code": verdict.display_code}
    if verdict.since:
        answer["since"] = f"{verdict.since:%Y-%m}"
    if verdict.reason:
        answer["reason"] = verdict.reason
    if verdict.facts:
        answer["facts"] = verdict.facts
    return answer
