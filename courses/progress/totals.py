"""What is left to say of a cohort once nothing is kept of anybody in it: totals, small ones hidden."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from courses.assessments.grading.sheets import gain_of
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, Enrolment
from courses.progress import rules
from courses.progress.evidence import Standing, standings
from courses.tallies.rules import FEWEST_TO_SHOW, without_small_cells

SHARES = ((100, "all"), (80, "most"), (50, "half"), (0, "few"))  # from so many per cent of the classes on
Status = Enrolment.Status


def totals_of(cohort: Cohort) -> dict[str, Any]:
    """The totals of a cohort as they may stay for ever, ready to be stored as JSON. Some twenty queries.

    None stands for a number that could point at somebody. Every count is of all who were ever enrolled: parts
    of different wholes could be subtracted. Minutes are whole; `gain` is in per cent.
    """
    everybody = list(Enrolment.objects.filter(cohort=cohort).select_related("person"))
    found = standings(cohort, everybody)
    is_enough = not 0 < len(everybody) < FEWEST_TO_SHOW
    states = Counter(one.status for one in everybody)
    finished = sum(one.is_complete and one.enrolment.status == Status.ACTIVE for one in found)
    gain = gain_of(cohort)
    return {
        "enrolled": len(everybody) if is_enough else None,
        "women": without_small_cells(
            {
                "finished": finished,
                "not_finished": states[Status.ACTIVE] - finished,
                "left": states[Status.WITHDRAWN],
                "transferred": states[Status.TRANSFERRED],
            }
        ),
        "held": _minutes(ClassSession.objects.filter(cohort=cohort, cancelled_at=None), "modality"),
        "received": _received(cohort) if is_enough else {},
        "attendance": _attendance(found),
        "requirements": _requirements(found),
        "gain": {"pairs": gain.pairs, "before": str(gain.before), "after": str(gain.after)} if gain else None,
    }


def _minutes(rows: Any, modality: str) -> dict[str, int]:
    sums = rows.order_by().values_list(modality).annotate(sum=Sum("minutes"))
    return {name: int(minutes or 0) for name, minutes in sums}


def _received(cohort: Cohort) -> dict[str, int]:
    """Minutes credited to all of them together, by modality."""
    records = AttendanceRecord.objects.current().filter(enrolment__cohort=cohort, counts=True)
    return _minutes(records.filter(session__cancelled_at=None), "session__modality")


def _attendance(found: Iterable[Standing]) -> dict[str, int | None]:
    """How many came to all classes, to most of them (80 %), to half or to few."""
    cells = Counter({name: 0 for _percent, name in SHARES})
    for standing in found:
        for verdict in standing.verdicts:
            if verdict.requirement.kind == rules.ATTENDANCE and verdict.total:
                share = verdict.value * 100 // verdict.total
                cells[next(name for percent, name in SHARES if share >= percent)] += 1
    return without_small_cells(cells)


def _requirements(found: Iterable[Standing]) -> list[dict[str, Any]]:
    """How many met each requirement, under the words that the cohort had for it."""
    met: dict[str, Counter[str]] = {}
    for standing in found:
        for verdict in standing.verdicts:
            cells = met.setdefault(verdict.requirement.label, Counter(met=0, unmet=0))
            cells["met" if verdict.is_met else "unmet"] += 1
    return [{"label": label, **without_small_cells(cells)} for label, cells in met.items()]
