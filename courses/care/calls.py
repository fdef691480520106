"""Whom to call: everybody of some cohorts looked at in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import PENDING
from courses.assessments.models import Attempt, Observation
from courses.attendance.figures import Figures, History, Owners, figures, histories, in_a_row
from courses.care import rules
from courses.care.models import CareNote, MakeUp
from courses.care.rules import Facts, Signal
from courses.cohorts.models import Cohort, Enrolment
from courses.progress.models import LessonProgress

# What shows that somebody saw her or her work: which rows, and their moments.
TRACES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Attempt, ("started_at", "submitted_at")),
    (LessonProgress, ("started_at", "completed_at")),
    (Observation, ("at",)),
    (MakeUp, ("done_at",)),
)


@dataclass(frozen=True)
class Call:
    """A woman whom somebody may want to call, and why. `aside_until` is set while she is off the list."""

    enrolment: UUID
    cohort: int
    name: str
    figures: Figures
    signals: tuple[Signal, ...]
    aside_until: date | None

    @property
    def order(self) -> tuple[int, str, UUID]:
        """The most signals first, then by name."""
        return -len(self.signals), self.name, self.enrolment


def calls_of(
    cohorts: Sequence[Cohort], now: datetime, enrolments: Collection[UUID] | None = None
) -> list[Call]:
    """Everybody active in `cohorts` with a signal, the most urgent first. Thirteen queries, however many.

    With `enrolments` only these, whether they have a signal or not.
    """
    by_id = {cohort.pk: cohort for cohort in cohorts}
    women = Enrolment.objects.filter(cohort__in=by_id)
    women = women.active() if enrolments is None else women.filter(pk__in=enrolments)
    everybody = list(women.select_related("person"))
    owners = Enrolment.objects.all().chains(everybody)
    found = histories(by_id, now, enrolments, owners)
    traces = _last_traces(by_id, enrolments)
    failed = _tests_failed(by_id, enrolments, owners)
    aside = _aside(by_id, enrolments)
    calls = []
    for woman in everybody:
        pk, cohort, history = woman.pk, by_id[woman.cohort_id], found[woman.pk]
        counted = figures(history)
        facts = Facts(
            in_a_row=in_a_row(history),
            is_out_of_reach=counted.is_out_of_reach,
            is_close=counted.is_close,
            may_miss=counted.may_miss,
            tests=failed.get(pk, 0),
            days_unseen=_days_unseen(cohort, woman.starts_on, history, traces.get(pk, []), now),
        )
        signals, until = rules.signals(facts), aside.get(pk)
        if signals or enrolments is not None:
            is_aside = until is not None and until > cohort.today(now)
            aside_until = until if is_aside else None
            calls.append(Call(pk, cohort.pk, woman.person.name, counted, signals, aside_until))
    return sorted(calls, key=lambda call: call.order)


def _days_unseen(
    cohort: Cohort, starts_on: date, history: History, traces: Sequence[datetime], now: datetime
) -> int | None:
    """Whole days since she was there or did something; None before the course begins and after it ends."""
    today = cohort.today(now)
    if not cohort.has_started(now) or today > cohort.ends_on:
        return None
    there = [seat.starts_at for seat in history.seats if seat.counts and seat.has_begun]
    days = [cohort.today(moment) for moment in (*there, *traces)]
    return (today - max([starts_on, cohort.starts_on, *days])).days


def _hers(model: Any, cohorts: Collection[int], enrolments: Collection[UUID] | None) -> Any:
    """The rows of a model that belong to these women, in no order."""
    rows = model.objects.filter(enrolment__cohort__in=cohorts).order_by()
    if enrolments is None:
        return rows.filter(enrolment__status=Enrolment.Status.ACTIVE)
    return rows.filter(enrolment__in=enrolments)


def _last_traces(cohorts: Collection[int], enrolments: Collection[UUID] | None) -> dict[UUID, list[datetime]]:
    traces: dict[UUID, list[datetime]] = defaultdict(list)
    for model, moments in TRACES:
        last = {f"last_{moment}": Max(moment) for moment in moments}
        rows = _hers(model, cohorts, enrolments).values("enrolment_id").annotate(**last)
        for pk, *found in rows.values_list("enrolment_id", *last):
            traces[pk] += [moment for moment in found if moment is not None]
    return traces


def _tests_failed(
    cohorts: Collection[int], enrolments: Collection[UUID] | None, owners: Owners
) -> dict[UUID, int]:
    """How many tests each failed twice or more and never passed, by the results in force.

    What she tried where she was transferred from counts too.
    """
    former = [pk for pk, owner in owners.items() if pk != owner]
    same_test = Attempt.objects.submitted().filter(
        enrolment=OuterRef("enrolment"), quiz_key=OuterRef("quiz_key"), number__gte=rules.TRIES
    )
    here = _hers(Attempt, cohorts, enrolments).filter(Exists(same_test), submitted_at__isnull=False)
    tries = list(here.defer("questions", "answers"))
    if former:
        there = Attempt.objects.submitted().filter(enrolment__in=former)
        tries += there.defer("questions", "answers")
    results = result_in_force(tries)
    failed: Counter[tuple[UUID, UUID]] = Counter()
    passed = set()
    for attempt in tries:
        test = (owners.get(attempt.enrolment_id, attempt.enrolment_id), attempt.quiz_key)
        result = results[attempt.pk]
        if result.has_passed:
            passed.add(test)
        elif result.why != PENDING:
            failed[test] += 1
    again = (test for test, times in failed.items() if times >= rules.TRIES and test not in passed)
    return Counter(enrolment for enrolment, _quiz in again)


def _aside(cohorts: Collection[int], enrolments: Collection[UUID] | None) -> dict[UUID, date]:
    """Until which day each was set aside, the latest."""
    notes = _hers(CareNote, cohorts, enrolments).filter(aside_until__isnull=False)
    latest = notes.values("enrolment_id").annotate(until=Max("aside_until"))
    return dict(latest.values_list("enrolment_id", "until"))


def last_notes(enrolments: Collection[UUID]) -> dict[UUID, CareNote]:
    """The last note of care of each. One query."""
    newest = CareNote.objects.filter(enrolment__in=enrolments).order_by()
    ids = newest.values("enrolment_id").annotate(last=Max("pk")).values("last")
    return {note.enrolment_id: note for note in CareNote.objects.filter(pk__in=ids).select_related("by")}
