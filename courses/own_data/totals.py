"""The figures of a cohort: of who is in it, and of who was erased. Erasing somebody changes none of them."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from courses.assessments.models import Attempt, Observation
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord
from courses.care.models import MakeUp
from courses.cohorts.models import Cohort, Enrolment
from courses.own_data.models import ErasedTally
from courses.progress.models import LessonProgress

Figure = Callable[[], QuerySet[Any]]
Status = Enrolment.Status
FIGURES: dict[str, Figure] = {
    "enrolled": lambda: Enrolment.objects.all(),
    "left": lambda: Enrolment.objects.filter(status=Status.WITHDRAWN),
    "transferred": lambda: Enrolment.objects.filter(status=Status.TRANSFERRED),
    "committed": lambda: Enrolment.objects.exclude(ethics_accepted_at=None),
    "attended": lambda: AttendanceRecord.objects.current().filter(counts=True),
    "missed": lambda: AttendanceRecord.objects.current().filter(counts=False),
    "make_ups": lambda: MakeUp.objects.exclude(done_at=None),
    "lessons": lambda: LessonProgress.objects.exclude(completed_at=None),
    "tests": lambda: Attempt.objects.submitted(),
    "tests_passed": lambda: Attempt.objects.filter(has_passed=True),
    "practicals": lambda: Observation.objects.all(),
    "practicals_passed": lambda: Observation.objects.filter(has_passed=True),
    "outings": lambda: OutingNote.objects.current(),
}
MINUTES = ("attended", "outings")  # what is counted in minutes too, as `attended_minutes`


def figures_of(cohort: Cohort) -> dict[str, int]:
    """Every figure of a cohort, erased people included. A constant number of queries."""
    erased = dict(ErasedTally.objects.filter(cohort=cohort).values_list("what", "count"))
    live = _figures("cohort", cohort.pk).get(cohort.pk, Counter())
    return {name: live[name] + erased.get(name, 0) for name in _names()}


def erased_from(cohort: Cohort) -> int:
    """How many of those who were ever enrolled in it had themselves erased."""
    tally = ErasedTally.objects.filter(cohort=cohort, what="enrolled").first()
    return tally.count if tally else 0


def set_aside(person_id: UUID) -> Mapping[int, Counter[str]]:
    """Add her figures to those of the erased, before she goes; what was added to which cohort."""
    hers = _figures("person", person_id)
    for cohort, counts in hers.items():
        for name, count in counts.items():
            tally, _made = ErasedTally.objects.get_or_create(cohort_id=cohort, what=name)
            ErasedTally.objects.filter(pk=tally.pk).update(count=F("count") + count)
    return hers


def _names() -> list[str]:
    return [*FIGURES, *(f"{name}_minutes" for name in MINUTES)]


def _figures(field: str, value: Any) -> dict[int, Counter[str]]:
    """cohort → figure → count, of the enrolments whose `field` is `value`."""
    found: dict[int, Counter[str]] = {}
    for name, rows in FIGURES.items():
        way = "" if rows().model is Enrolment else "enrolment__"
        sums = {"many": Count("pk"), **({"minutes_sum": Sum("minutes")} if name in MINUTES else {})}
        hers = rows().filter(**{f"{way}{field}": value}).order_by().values(f"{way}cohort").annotate(**sums)
        for row in hers:
            counts = found.setdefault(row[f"{way}cohort"], Counter())
            counts[name] = row["many"]
            if name in MINUTES:
                counts[f"{name}_minutes"] = row["minutes_sum"] or 0
    return found
