"""How long an outing lasted, and what of it counts. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIER_OR_LATER = timedelta(hours=6)  # an outing may begin before, or end after, what was planned


def span(day: date, begins: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when, by the clock on the wall; an end not after the beginning is the next morning."""
    start = datetime.combine(day, begins, tzinfo=zone)
    last = day if ends > begins else day + timedelta(days=1)
    return start, datetime.combine(last, ends, tzinfo=zone)


def whole_minutes(started_at: datetime, ended_at: datetime) -> int:
    """Whole minutes that passed, across a change of the clock too."""
    return int((ended_at.timestamp() - started_at.timestamp()) // 60)


def counted(passed: int, planned: int) -> int:
    """The minutes that count: those that passed, never more than were planned."""
    return min(passed, planned)


def belongs(started_at: datetime, ended_at: datetime, planned_from: datetime, planned_to: datetime) -> bool:
    """True when these times can be those of an outing planned so."""
    return planned_from - EARLIER_OR_LATER <= started_at and ended_at <= planned_to + EARLIER_OR_LATER
