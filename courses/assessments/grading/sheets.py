"""What statistics look at: each woman's first attempt, as it counts now."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from courses.assessments.actions import sheet_key
from courses.assessments.grading.models import fixes_of, readings_of, result_in_force
from courses.assessments.grading.queue import tests_of
from courses.assessments.grading.rules import PENDING, points_of
from courses.assessments.models import Attempt, Quiz
from courses.assessments.statistics import Gain, Sheet, gain
from courses.cohorts.models import Cohort, CohortContent


def sheets_of(pin: CohortContent) -> list[Sheet]:
    """The first attempts of a cohort at this test, with what was put right. Three queries."""
    attempts = list(
        Attempt.objects.submitted().filter(
            enrolment__cohort_id=pin.cohort_id, version_id=pin.version_id, number=1, has_passed__isnull=False
        )
    )
    readings, fixes = readings_of([attempt.pk for attempt in attempts]), fixes_of(pin.version)
    sheets = []
    for attempt in attempts:
        attempt.version = pin.version
        right, chosen = {}, {}
        for question, option in sheet_key(attempt).items():
            fix = fixes.get(question)
            if option is None:
                right[question] = points_of(readings[attempt.pk, question]) == 1
                continue
            chosen[question] = attempt.answers[question]
            right[question] = chosen[question] in (fix.accepted if fix and fix.accepted else {option})
        sheets.append(Sheet(right=right, chosen=chosen))
    return sheets


def gain_of(cohort: Cohort) -> Gain | None:
    """What the cohort gained from its test «before» to its test «after»; None without both or under five."""
    keys = {pin.version.content.get("moment"): pin.key for pin in tests_of(cohort)}
    before, after = keys.get(Quiz.Moment.BEFORE), keys.get(Quiz.Moment.AFTER)
    if before is None or after is None:
        return None
    attempts = list(
        Attempt.objects.submitted()
        .filter(enrolment__cohort=cohort, quiz_key__in=[before, after], number=1)
        .defer("questions", "answers")
    )
    results = result_in_force(attempts)
    shares: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    for attempt in attempts:
        result = results[attempt.pk]
        if result.why != PENDING and result.total:
            share = Decimal(100 * result.correct) / result.total
            shares[attempt.enrolment_id][attempt.quiz_key] = share
    both = [one for one in shares.values() if len(one) == 2]
    return gain([(one[before], one[after]) for one in both])
