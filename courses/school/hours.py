"""The hours of a cohort or of a plan, by modality, against what its course asks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.pages.models import CoursePage
from courses.school.plan import Meeting
from courses.school.rules import Hours, compare, total

LESSONS = "lessons"
WORDS = {
    ClassSession.Modality.CLASS: _("class"),
    LESSONS: _("lessons on the phone"),
    ClassSession.Modality.OUTING: _("field outing"),
    ClassSession.Modality.TUTORING: _("tutoring"),
}


@dataclass(frozen=True)
class Balance:
    """One line for each modality, and all of them against the 120 hours of the school."""

    lines: list[tuple[object, Hours]]
    total: Hours

    @property
    def is_even(self) -> bool:
        """Nothing is missing and nothing is too much."""
        return not self.total.gap and all(not line.gap for _word, line in self.lines)


def asked_of(course: CoursePage) -> dict[str, int]:
    """The minutes by modality that the modules of a course ask. One query."""
    modules = list(course.modules())
    return {
        ClassSession.Modality.CLASS: sum(module.class_minutes for module in modules),
        LESSONS: sum(module.lesson_minutes for module in modules),
        ClassSession.Modality.OUTING: sum(module.outing_minutes for module in modules),
        ClassSession.Modality.TUTORING: sum(module.tutoring_minutes for module in modules),
    }


def balance(asked: dict[str, int], laid: dict[str, int]) -> Balance:
    """The lessons on the phone are always there: they belong to the course, not to the calendar."""
    lines = compare({**laid, LESSONS: asked[LESSONS]}, asked)
    return Balance([(WORDS[line.modality], line) for line in lines], total(lines))


def balance_of_plan(course: CoursePage, meetings: Sequence[Meeting]) -> Balance:
    """The hours of a plan that is not stored yet."""
    laid: Counter[str] = Counter()
    for meeting in meetings:
        laid[meeting.modality] += meeting.minutes
    return balance(asked_of(course), laid)


def balance_of(cohort: Cohort) -> Balance:
    """The hours of the planned sessions that were not cancelled."""
    rows = (
        ClassSession.objects.filter(cohort=cohort, is_planned=True, cancelled_at__isnull=True)
        .order_by()
        .values_list("modality")
        .annotate(minutes=Sum("minutes"))
    )
    return balance(asked_of(cohort.course.specific), dict(rows))
