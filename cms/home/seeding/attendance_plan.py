"""The three months as the school lays them out, from the demo's calendar."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from courses.attendance.models import ClassSession
from courses.school.actions import SessionPlan
from courses.school.plan import holidays_around, monday_of

MODALITIES = {
    "sessions": ClassSession.Modality.CLASS,
    "outings": ClassSession.Modality.OUTING,
    "tutoring": ClassSession.Modality.TUTORING,
}
SUNDAY = 6  # days after Monday


def session_plans(
    monday: date, zone: ZoneInfo, calendar: dict[str, list[dict[str, Any]]]
) -> list[SessionPlan]:
    """Every session of a cohort whose first week begins on `monday`, in the order of time.

    What would fall on one of Mexico's days of rest is held on a day near it where nothing else is.
    """
    busy = {_day(monday, entry) for group in MODALITIES for entry in calendar[group]}
    free = holidays_around(monday)
    plans = [
        SessionPlan(
            modality=modality,
            number=number,
            title=entry["title"],
            starts_at=datetime.combine(
                _near(_day(monday, entry), busy, free), time.fromisoformat(entry["starts"]), tzinfo=zone
            ),
            minutes=entry["minutes"],
        )
        for group, modality in MODALITIES.items()
        for number, entry in enumerate(calendar[group], start=1)
    ]
    return sorted(plans, key=lambda plan: plan.starts_at)


def _day(monday: date, entry: dict[str, Any]) -> date:
    return monday + timedelta(weeks=entry["week"] - 1, days=entry["weekday"] - 1)


def _near(day: date, busy: set[date], free: Collection[date]) -> date:
    """The day itself unless it is a day of rest; then one of the same week, which is busy from now on."""
    if day not in free:
        return day
    week = [monday_of(day) + timedelta(days=number) for number in range(SUNDAY)]
    found = min((one for one in week if one not in busy and one not in free), key=lambda one: abs(one - day))
    busy.add(found)
    return found
