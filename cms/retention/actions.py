"""Letting go, part by part: each part is one short transaction that also notes what went.

Whatever is cut in the middle goes on with the next run; what is gone is not found again, so that a second run
changes nothing. The totals of a cohort are frozen before the first of its records goes.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from certificates.awards import retention as awards
from cms.retention import rules
from cms.retention.models import CohortTotals, RetentionEntry
from cms.users import retention as accounts
from courses.cohorts import retention as cohorts
from courses.cohorts.models import Cohort
from courses.expiry import Due
from courses.own_data.totals import erased_from
from courses.people.models import Person
from courses.progress.totals import totals_of
from courses.tallies.rules import FEWEST_TO_SHOW
from courses.trail import actions as trail

PART, PEOPLE_PART = 500, 50  # rows in one transaction: no writer waits long for it

log = logging.getLogger(__name__)


class OutOfTime(Exception):
    """The time of this run is used up; the next one goes on."""


def run(now: datetime, *, seconds: float) -> Counter[str]:
    """Let go of all that is due, for so many seconds at most; how many rows went under each rule."""
    went = Counter[str]()
    try:
        is_done = _go_through(now, time.monotonic() + seconds, went)
    finally:
        _note(went, now)  # whatever cut it short: these rows are gone
    if is_done:
        RetentionEntry.objects.create(rule=RetentionEntry.DONE, at=now)
    log.info(
        "retention %s: %d rows went", "is done" if is_done else "goes on with the next run", went.total()
    )
    return went


def _go_through(now: datetime, until: float, went: Counter[str]) -> bool:
    """All rules, counting in `went`; False when the time was used up before the end."""
    going = rules.ended(now)
    try:
        freeze_totals(going.going, now, until)
        for rule in rules.rules():
            went[rule.code] = 0
            for due in rule.dues(now, going.ids):
                for count in _empty(rule.code, due, now):
                    went[rule.code] += count
                    _check(until)
    except OutOfTime:
        return False
    return True


@transaction.atomic
def _note(went: Counter[str], now: datetime) -> None:
    """Into the audit trail, how many rows went with this run; of none, nothing."""
    if went.total():
        trail.note(trail.Deed.LET_GO, about=RetentionEntry, by=None, at=now, count=went.total())


def freeze_totals(going: Sequence[Cohort], now: datetime, until: float) -> int:
    """Freeze the totals of every cohort whose records go; of how many. Once frozen they stay."""
    known = set(CohortTotals.objects.filter(cohort__in=going).values_list("cohort", flat=True))
    count = 0
    for cohort in going:
        if cohort.pk not in known:
            _check(until)
            count += _freeze(cohort, now)
    return count


@transaction.atomic
def _freeze(cohort: Cohort, now: datetime) -> bool:
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if CohortTotals.objects.filter(cohort=row).exists():
        return False  # another run was faster, and may have begun to delete
    erased = erased_from(row)
    is_shown = not 0 < erased < FEWEST_TO_SHOW
    facts = totals_of(row) | {"erased": erased if is_shown else None}
    CohortTotals.objects.create(cohort=row, facts=facts, at=now)
    return True


def _empty(rule: str, due: Due, now: datetime) -> Iterator[int]:
    """Take all rows of one kind away, part by part; how many went with each."""
    while went := _forget_people(due, now) if rule == rules.PEOPLE else _take(rule, due, now):
        yield went


def _check(until: float) -> None:
    if time.monotonic() > until:
        raise OutOfTime


@transaction.atomic
def _take(rule: str, due: Due, now: datetime) -> int:
    went = due.take(PART)
    if went:
        RetentionEntry.objects.create(rule=rule, counts={due.kind: went}, at=now)
    return went


@transaction.atomic
def _forget_people(due: Due, now: datetime) -> int:
    """Some people with all that names them. Who is still named by a record that stays, stays."""
    free = cohorts.free(due.rows).order_by("pk")
    people: Sequence[UUID] = list(free.values_list("pk", flat=True)[:PEOPLE_PART])
    if not people:
        return 0
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk"))
    awards.forget_people(people, now)
    went = {"person": len(people), "user": accounts.remove_accounts(cohorts.forget_people(people))}
    RetentionEntry.objects.create(rule=rules.PEOPLE, counts={k: v for k, v in went.items() if v}, at=now)
    return len(people)
