"""The three months as the school lays them out: 24 classes, 6 outings, 4 tutorings."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from courses.attendance.models import ClassSession
from courses.school.actions import SessionPlan

Modality = ClassSession.Modality
TUESDAY, THURSDAY, FRIDAY, MONDAY = 1, 3, 4, 0
CLASS_MINUTES, OUTING_MINUTES, TUTORING_MINUTES = 180, 240, 90
FIRST_OUTING_WEEK = 6
TUTORING_WEEKS = (3, 6, 9, 12)


def session_plans(monday: date, zone: ZoneInfo, titles: Sequence[str]) -> list[SessionPlan]:
    """The sessions of a cohort that starts in the week of `monday`; `titles` are those of the 24 classes."""

    def at(week: int, weekday: int, hour: int) -> datetime:
        day = monday + timedelta(weeks=week - 1, days=weekday)
        return datetime.combine(day, time(hour), tzinfo=zone)

    plans = [
        SessionPlan(
            modality=Modality.CLASS,
            number=number,
            title=title,
            starts_at=at((number + 1) // 2, TUESDAY if number % 2 else THURSDAY, 11),
            minutes=CLASS_MINUTES,
        )
        for number, title in enumerate(titles, start=1)
    ]
    plans += [
        SessionPlan(
            modality=Modality.OUTING,
            number=number,
            title=f"Recorrido R{number}",
            starts_at=at(FIRST_OUTING_WEEK + number - 1, FRIDAY, 18),
            minutes=OUTING_MINUTES,
        )
        for number in range(1, 7)
    ]
    plans += [
        SessionPlan(
            modality=Modality.TUTORING,
            number=number,
            title=f"Tutoría {number}",
            starts_at=at(week, MONDAY, 11),
            minutes=TUTORING_MINUTES,
        )
        for number, week in enumerate(TUTORING_WEEKS, start=1)
    ]
    return sorted(plans, key=lambda plan: plan.starts_at)
