"""What each attendance status is worth. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PRESENT, LATE, EXCUSED, ABSENT, MADE_UP = "present", "late", "excused", "absent", "made_up"
STATUSES = (PRESENT, LATE, EXCUSED, ABSENT, MADE_UP)
ATTENDED = frozenset({PRESENT, LATE, MADE_UP})
SYMBOLS = {PRESENT: "✓", LATE: "◔", EXCUSED: "J", ABSENT: "✗", MADE_UP: "R"}  # on screens and on paper
# How a mark came into the register.
REGISTER, CORRECTION, SHEET, CARD, CODE = "register", "correction", "sheet", "card", "code"
PHONE, SETTLED, MAKE_UP, OUTING = "phone", "settled", "make_up", "outing"
# From which device: one of these, or the digest by which a phone is known.
PANEL, PAPER, QR = "panel", "sheet", "qr"
EARLY = timedelta(minutes=30)  # how long before and after a session she may say that she is there


@dataclass(frozen=True)
class Mark:
    """What a trainer notes of one person: a status, and for who came late by how many minutes."""

    status: str
    late_by: int = 0


@dataclass(frozen=True)
class Worth:
    """Whether a status counts as attended, and the minutes it credits."""

    counts: bool
    minutes: int


def worth(status: str, session_minutes: int, late_by: int = 0) -> Worth:
    """The worth of `status` in a session of `session_minutes`; who is late loses the minutes she missed.

    Raises ValueError for a status that does not exist or a lateness that is negative.
    """
    if status not in STATUSES:
        raise ValueError(f"unknown status {status!r}")
    if late_by < 0:
        raise ValueError("lateness cannot be negative")
    if status not in ATTENDED:
        return Worth(counts=False, minutes=0)
    missed = min(late_by, session_minutes) if status == LATE else 0
    return Worth(counts=True, minutes=session_minutes - missed)


def needed(percent: int, planned: int) -> int:
    """The smallest whole number of at least `percent` per cent of `planned`: 80 % of 24 is 20."""
    return -(-percent * planned // 100)


def may_miss(*, needed: int, attended: int, still_open: int) -> int:
    """How many of the sessions `still_open` she may miss and yet reach `needed`; never below zero."""
    return min(still_open, max(0, attended + still_open - needed))


def opens_at(how: str, starts_at: datetime) -> datetime:
    """From when on somebody can be noted as present: whose card or code is read may come a little early."""
    return starts_at - EARLY if how in {CARD, CODE} else starts_at


def is_locked(ends_at: datetime, at: datetime, days: int) -> bool:
    """True once more than `days` days have passed since the session: only corrections with a reason then."""
    return at > ends_at + timedelta(days=days)


def is_meeting(starts_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """True while a session is held, and half an hour before and after."""
    return starts_at - EARLY <= at <= ends_at + EARLY
