"""Saving a confirmed list, part by part: resumable, and doing it twice changes nothing.

A worker holds a lease; each part is one transaction that renews it. Whoever lost the lease saves nothing. A
worker that is killed leaves whole parts behind, and the sweep lets another one go on.
"""

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses import bells
from courses.cohorts.models import Cohort, Enrolment, WaitingEntry
from courses.imports import undoing
from courses.imports.actions import taken
from courses.imports.models import KEPT, ImportRow, PeopleImport
from courses.imports.rules import USERNAME, Problem
from courses.people.models import LegalName, Person
from courses.trail import actions as trail

State, Fate, Outcome = PeopleImport.State, ImportRow.Fate, ImportRow.Outcome
PART = 100
LEASE = timedelta(seconds=60)
SLICE_SECONDS = 10

log = logging.getLogger(__name__)


def bring_in(batch_id: int) -> bool:
    """Save parts of a list for a while and ring for the rest; whether it is finished."""
    now, lease = timezone.now(), uuid.uuid4()
    mine = PeopleImport.objects.filter(pk=batch_id, state=State.QUEUED)
    free = mine.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    if not free.update(lease=lease, leased_until=now + LEASE):
        return False
    started = time.monotonic()
    while time.monotonic() - started < SLICE_SECONDS:
        if not save_part(batch_id, lease):
            return True
    mine.filter(lease=lease).update(leased_until=None)
    bells.ring(bells.LISTS, batch_id)
    return False


@transaction.atomic
def save_part(batch_id: int, lease: UUID) -> bool:
    """Save the next lines in one transaction; False when there is nothing more to do."""
    now = timezone.now()
    mine = PeopleImport.objects.filter(pk=batch_id, state=State.QUEUED, lease=lease)
    if not mine.update(leased_until=now + LEASE):
        return False
    batch = PeopleImport.objects.get(pk=batch_id)
    rows = list(batch.rows.filter(done_at=None).order_by("number")[:PART])
    if not rows:
        _finish(batch, now)
        return False
    cohort = Cohort.objects.select_for_update().get(pk=batch.cohort_id)
    is_whole = _save(batch, cohort, rows, now)
    if not is_whole and not batch.keeps_good:
        undoing.drop(batch, now)
        return False
    mine.update(done=batch.rows.exclude(done_at=None).count())
    return True


def _finish(batch: PeopleImport, now: datetime) -> None:
    """The list is saved: what it said goes, what became of each line stays for a day."""
    batch.rows.update(name="", username="", sealed_name=None, candidates=[], choice="")
    batch.state, batch.finished_at, batch.leased_until = State.DONE, now, None
    batch.done, batch.ignored = batch.total, []
    batch.save(update_fields=["state", "finished_at", "leased_until", "done", "ignored"])
    trail.note(trail.Deed.LIST_SAVED, about=batch, by=batch.by, at=now, count=batch.done)
    log.info("list %s is saved", batch.pk)


def _save(batch: PeopleImport, cohort: Cohort, rows: Sequence[ImportRow], now: datetime) -> bool:
    """Save these lines; False when one that was to be saved had to be refused."""
    holders, is_whole = taken(row.username for row in rows), True
    coming = []
    for row in rows:
        row.done_at = now
        known = row.choice if row.choice not in {"", ImportRow.AS_NEW, ImportRow.SKIP} else ""
        if row.fate == Fate.BAD:
            row.outcome = Outcome.REFUSED
        elif row.choice == ImportRow.SKIP:
            row.outcome = Outcome.SKIPPED
        elif row.username and not known and row.username.casefold() in holders:
            row.outcome, is_whole = Outcome.REFUSED, False
            row.errors = [asdict(Problem(USERNAME, "username_taken"))]
        else:
            row.person_id = UUID(known) if known else row.person_key
            row.is_made = not known
            coming.append(row)
    gone = _gone(coming)
    coming = [row for row in coming if row.person_id not in gone]
    for row in rows:
        if row.person_id in gone:
            row.person_id, row.outcome = None, Outcome.SKIPPED
    _make_people([row for row in coming if row.is_made], batch, now)
    _give_seats(coming, batch, cohort, now)
    fields = ["done_at", "outcome", "errors", "person", "is_made", "enrolment", "entry"]
    ImportRow.objects.bulk_update(rows, fields, batch_size=PART)
    return is_whole


def _gone(rows: Sequence[ImportRow]) -> set[UUID]:
    """Persons that were chosen and are not there any more."""
    chosen = {row.person_id for row in rows if row.person_id is not None and not row.is_made}
    return chosen - set(Person.objects.filter(pk__in=chosen).values_list("pk", flat=True))


def _make_people(rows: Sequence[ImportRow], batch: PeopleImport, now: datetime) -> None:
    """New persons, an account for whoever has a user name (no PIN is made here), sealed legal names."""
    accounts: Any = get_user_model()
    made = {row.username: accounts(username=row.username) for row in rows if row.username}
    for account in made.values():
        account.set_unusable_password()
    accounts._default_manager.bulk_create(made.values())
    trainees = Group.objects.get(name="trainee")
    members = accounts.groups.through
    members._default_manager.bulk_create(
        members(user_id=account.pk, group_id=trainees.pk) for account in made.values()
    )
    Person.objects.bulk_create(
        Person(pk=row.person_key, name=row.name, language=row.language, account=made.get(row.username))
        for row in rows
    )
    LegalName.objects.bulk_create(
        LegalName(person_id=row.person_key, sealed=bytes(row.sealed_name), by_id=batch.by_id, at=now)
        for row in rows
        if row.sealed_name
    )


def _give_seats(rows: Sequence[ImportRow], batch: PeopleImport, cohort: Cohort, now: datetime) -> None:
    """Enrol in the order of the list while seats are free; whoever comes later waits."""
    assert batch.starts_on is not None  # confirmed
    inside = set(cohort.enrolments.active().values_list("person", flat=True))
    waiting = set(WaitingEntry.objects.waiting(cohort).values_list("person", flat=True))
    enrolments, entries = [], []
    for row in rows:
        person_id = row.person_id
        assert person_id is not None
        if person_id in inside:
            row.outcome = Outcome.SKIPPED
        elif len(inside) < cohort.seats:
            row.enrolment = Enrolment(person_id=person_id, cohort=cohort, starts_on=batch.starts_on)
            row.outcome = Outcome.ENROLLED
            inside.add(person_id)
            enrolments.append(row.enrolment)
        elif person_id in waiting:
            row.outcome = Outcome.SKIPPED
        else:
            row.entry = WaitingEntry(person_id=person_id, cohort=cohort, at=now, by_id=batch.by_id)
            row.outcome = Outcome.WAITING
            waiting.add(person_id)
            entries.append(row.entry)
    Enrolment.objects.bulk_create(enrolments)
    WaitingEntry.objects.bulk_create(entries)
    for row in rows:
        row.entry = row.entry  # its key is known only now
    WaitingEntry.objects.waiting(cohort).filter(person__in=[one.person_id for one in enrolments]).update(
        ended_at=now, outcome=WaitingEntry.Outcome.SEATED
    )


def sweep(now: datetime) -> int:
    """Ring for lists that nobody works on, and forget the lines of old ones; how many bells rang."""
    old = PeopleImport.objects.filter(state=State.CHECKED, at__lt=now - KEPT)
    ImportRow.objects.filter(batch__in=old).delete()
    old.update(state=State.EXPIRED, finished_at=now, ignored=[])
    ended = PeopleImport.objects.exclude(state__in=[State.CHECKED, State.QUEUED])
    ImportRow.objects.filter(batch__in=ended.filter(finished_at__lt=now - KEPT)).delete()
    waiting = PeopleImport.objects.filter(state=State.QUEUED)
    unheard = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    return sum(bells.ring(bells.LISTS, pk) for pk in unheard.values_list("pk", flat=True))
