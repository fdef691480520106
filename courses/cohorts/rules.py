"""What the School of Health Advocates asks by default, and the fingerprint of a rule set. Pure."""

import calendar
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

ATTENDANCE_PERCENT = 80
MAKE_UP_LIMIT = 4
OUTINGS = 6


def rule_version(requirements: Sequence[dict[str, Any]]) -> str:
    """The SHA-256 of a rule set in its order: the same rules give the same version."""
    text = json.dumps(list(requirements), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def months_after(day: date, months: int) -> date:
    """The same day that many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(
        day.year + years, month + 1, min(day.day, calendar.monthrange(day.year + years, month + 1)[1])
    )


def are_records_over(ended_on: date, today: date, months: int) -> bool:
    """Whether records of a cohort that ended that day have been kept long enough: all its months are past."""
    return today > months_after(ended_on, months)
