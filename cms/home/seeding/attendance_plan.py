"""The three months as the school lays them out, from the demo's calendar."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from courses.attendance.models import ClassSession
from courses.school.actions import SessionPlan

MODALITIES = {
    "sessions": ClassSession.Modality.CLASS,
    "outings": ClassSession.Modality.OUTING,
    "tutoring": ClassSession.Modality.TUTORING,
}


def session_plans(
    monday: date, zone: ZoneInfo, calendar: dict[str, list[dict[str, Any]]]
) -> list[SessionPlan]:
    """Every session of a cohort whose first week begins on `monday`, in the order of time."""
    plans = [
        SessionPlan(
            modality=modality,
            number=number,
            title=entry["title"],
            starts_at=_moment(monday, entry, zone),
            minutes=entry["minutes"],
        )
        for group, modality in MODALITIES.items()
        for number, entry in enumerate(calendar[group], start=1)
    ]
    return sorted(plans, key=lambda plan: plan.starts_at)


def _moment(monday: date, entry: dict[str, Any], zone: ZoneInfo) -> datetime:
    day = monday + timedelta(weeks=entry["week"] - 1, days=entry["weekday"] - 1)
    return datetime.combine(day, time.fromisoformat(entry["starts"]), tzinfo=zone)
