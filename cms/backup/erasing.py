"""Erasures outlive backups: what a backup knows of them, and doing again what an older one brought back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from itertools import chain
from typing import Any

from django.db import DatabaseError, connection

from certificates.awards import erasure
from cms.backup import database
from cms.users.own_data import acts
from courses import erasures
from courses.erasures import Erased
from courses.people.models import Person
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry

# What was done, by its name in the ledger, and how it is done again; False when there was nothing to do.
AGAIN: dict[str, Callable[[Erased], bool]] = {
    erasure.AWARDS: erasure.erase_again,
    acts.PERSON: acts.erase_again,
}


def known() -> list[Erased]:
    """Every erasure of this installation, the oldest first: of the ledger, the register and the audit trail.

    The ledger is written after commit, and a full disk or the end of a process can keep a line out of it; the
    other two are written with the deed.
    """
    return once(chain(erasures.noted(), erasure.erased_people(), trailed()))


def trailed() -> Iterator[Erased]:
    """Everybody of whom the audit trail says that everything about her was erased. One query."""
    entries = TrailEntry.objects.filter(what=Deed.PERSON_ERASED, kind=Person._meta.label_lower).order_by("pk")
    for at, person in entries.values_list("at", "about").iterator():
        yield Erased(at=at.isoformat(), what=acts.PERSON, person=person)


def of_what_is_here() -> list[Erased]:
    """The same of a school that is about to be replaced, as far as it can still be read."""
    found = list(erasures.noted())
    if not database.has_rows():
        return found
    try:
        for source in (erasure.erased_people, trailed):
            # damaged, or of another version: that may be why it is replaced
            with suppress(DatabaseError):
                found += source()
    finally:
        connection.close()
    return found


def once(found: Iterable[Erased]) -> list[Erased]:
    """Each act for each person and cohort once, with its first time and an account where one is known."""
    kept: dict[tuple[str, str, int | None], Erased] = {}
    for one in sorted(found, key=lambda one: (one.by is None, one.at)):
        kept.setdefault((one.what, one.person, one.cohort), one)
    return sorted(kept.values(), key=lambda one: one.at)


def apply(acts: Iterable[Erased]) -> tuple[int, list[str]]:
    """Erase again. How many had come back, and the kinds of act that this version does not know."""
    count, strange = 0, []
    for one in acts:
        again = AGAIN.get(one.what)
        if again is None:
            strange.append(one.what)
        elif again(one):
            count += 1
    return count, sorted(set(strange))


def read(content: Any) -> Iterator[Erased]:
    """From JSON. Raises TypeError for what is none."""
    return (Erased(**one) for one in content)


def written(acts: Iterable[Erased]) -> list[dict[str, Any]]:
    """To JSON."""
    return [asdict(one) for one in acts]
