"""Noting a deed, and giving what was noted its place in the chain."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction

from courses.trail import rules
from courses.trail.deeds import Deed as Deed
from courses.trail.models import TrailEntry, TrailHead, give_places

About: TypeAlias = models.Model | type[models.Model]  # a record, or a whole kind of them
SLICE = 500  # entries chained in one short transaction


class NoTransaction(Exception):
    """A mistake in code: an entry outside the transaction of its deed could outlive the deed, or be lost."""


def note_for_later(what: Deed, *, about: models.Model, by: Any, at: datetime, **facts: Any) -> None:
    """The same for work that comes by the hundred: its place in the chain waits for the next sweep."""
    _write(what, [about], by, at, facts)


def note(what: Deed, *, about: About, by: Any, at: datetime, **facts: Any) -> None:
    """Write down, in the transaction of the deed, who did it to which record. One query; two for a new actor.

    `about` is the record, or a model where a whole list is meant; `by` an account, None for the system.
    `facts` are numbers, ids and words of `rules`: nothing else is taken (rules.NotNeutral). Locks nothing:
    the entry gets its place in the chain after commit. Raises NoTransaction outside of one.
    """
    note_each(what, about=[about], by=by, at=at, **facts)


def note_each(what: Deed, *, about: Sequence[About], by: Any, at: datetime, **facts: Any) -> None:
    """The same deed done to each of these records, in as many queries as for one."""
    _write(what, about, by, at, facts)
    transaction.on_commit(chain, robust=True)


def _write(
    what: Deed,
    about: Sequence[About],
    by: Any,
    at: datetime,
    facts: dict[str, Any],
) -> None:
    if not connection.in_atomic_block:
        raise NoTransaction
    actor, role, told = getattr(by, "key", None), _role_of(by), rules.checked_facts(facts)
    TrailEntry.objects.bulk_create(
        TrailEntry(
            at=at,
            actor=actor,
            role=role,
            what=Deed(what).value,
            kind=rules.checked_kind(record._meta.label_lower),
            about=_id_of(record),
            facts=told,
        )
        for record in about
    )


@transaction.atomic
def note_look(what: Deed, *, about: About, by: Any, at: datetime, **facts: Any) -> None:
    """The same for what changes nothing: a look, a download. Call it before the answer leaves."""
    note(what, about=about, by=by, at=at, **facts)


def _id_of(about: About) -> str:
    """The record's own id; of an account its `key`, which tells nothing once the account is gone."""
    if isinstance(about, type):
        return ""
    return rules.checked_id(about.key if isinstance(about, get_user_model()) else about.pk)


def _role_of(by: Any) -> str:
    """The roles at this moment; asked for once an account object, as Django does with permissions."""
    if by is None:
        return ""
    if not hasattr(by, "_trail_role"):
        groups = list(by.groups.values_list("name", flat=True))
        by._trail_role = rules.role_word(groups, is_superuser=by.is_superuser)
    return str(by._trail_role)


def chain() -> int:
    """Give every entry that was committed its place; how many got one. Twice at once does each once."""
    done = 0
    while TrailEntry.objects.unchained().exists():
        placed = _chain_slice()
        if not placed:
            break
        done += placed
    return done


@transaction.atomic
def _chain_slice() -> int:
    """The next entries, one behind the other without gaps: whoever comes second waits for the head."""
    head = _locked_head()
    entries: Sequence[TrailEntry] = list(TrailEntry.objects.unchained().order_by("pk")[:SLICE])
    for entry in entries:
        entry.sequence, entry.previous = head.size + 1, head.hash
        entry.hash = rules.hash_of(entry.line())
        head.size, head.hash = entry.sequence, entry.hash
    if entries:
        give_places(entries)
        head.save(update_fields=["size", "hash"])
    return len(entries)


def _locked_head() -> TrailHead:
    """The one row, made with the first entry."""
    heads = TrailHead.objects.select_for_update()
    head = heads.first()
    if head is None:
        TrailHead.objects.get_or_create(pk=1)
        head = heads.get(pk=1)
    return head


def erased_of_kind(kind: type[models.Model], ids: Collection[UUID]) -> set[UUID]:
    """Those of `ids` of whom an entry says that a person was erased. One query, none for nobody."""
    if not ids:
        return set()
    entries = TrailEntry.objects.filter(kind=kind._meta.label_lower, about__in=[str(one) for one in ids])
    return {UUID(one) for one in entries.filter(what=Deed.PERSON_ERASED).values_list("about", flat=True)}


def head() -> TrailHead:
    """How far the chain has grown; of an empty one, its beginning."""
    return TrailHead.objects.first() or TrailHead()
