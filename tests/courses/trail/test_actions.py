"""Noting and chaining, and every door that must stay shut."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from courses.people.models import Person
from courses.records import RecordIsFinal
from courses.trail import guards, rules
from courses.trail.actions import NoTransaction, chain, head, note
from courses.trail.checking import check, check_and_keep
from courses.trail.deeds import Deed
from courses.trail.models import TrailCheck, TrailEntry, TrailHead

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """The words of a finding as they stand in the code."""
    with translation.override("en"):
        yield


def some_entries(count: int) -> list[TrailEntry]:
    """Entries of the system about a person that never was, chained."""
    person = Person(pk=uuid4())
    for number in range(count):
        note(Deed.LEGAL_NAME_SEEN, about=person, by=None, at=NOW + timedelta(seconds=number), count=number)
    chain()
    return list(TrailEntry.objects.chained())


@pytest.fixture
def guarded() -> None:
    """The triggers that the migration lays; tests run without migrations."""
    guards.lay()


def rewrite(number: int, **values: Any) -> None:
    """What somebody with the database in her hands may try."""
    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE courses_trailentry SET {columns} WHERE sequence = %s", [*values.values(), number]
        )


def test_an_entry_says_who_in_which_role_did_what_to_which_record(coordinator: Any) -> None:
    person = Person.objects.create(name="Luz")
    note(Deed.LEGAL_NAME_SEEN, about=person, by=coordinator, at=NOW, count=3)
    entry = TrailEntry.objects.get()
    assert (entry.actor, entry.role, entry.what) == (coordinator.key, "coordinator", "legal_name_seen")
    assert (entry.kind, entry.about, entry.facts) == ("courses.person", str(person.pk), {"count": 3})
    assert "Luz" not in str(entry.content())


def test_a_deed_that_is_rolled_back_leaves_no_entry() -> None:
    class Stop(Exception):
        pass

    def half_done() -> None:
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
        raise Stop

    with pytest.raises(Stop), transaction.atomic():
        half_done()
    assert not TrailEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_noted() -> None:
    with pytest.raises(NoTransaction):
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    with transaction.atomic():
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    assert TrailEntry.objects.get().sequence == 1, "it is chained when the deed is committed"


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "María"},
        {"count": "María"},
        {"count": True},
        {"count": 1.5},
        {"outcome": "María"},
        {"person": "María"},
        {"is_printed": "yes"},
        {"roles": ["María"]},
    ],
)
def test_an_entry_takes_no_free_text(facts: dict[str, Any]) -> None:
    with pytest.raises(rules.NotNeutral):
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW, **facts)
    assert not TrailEntry.objects.exists()


def test_entries_stand_one_behind_the_other_and_the_chain_is_whole() -> None:
    entries = some_entries(5)
    assert [one.sequence for one in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == rules.GENESIS
    assert [one.previous for one in entries[1:]] == [one.hash for one in entries[:-1]]
    assert (head().size, head().hash) == (5, entries[-1].hash)
    guards.lay()
    assert check(NOW).is_whole


def test_chaining_twice_changes_nothing() -> None:
    before = [one.hash for one in some_entries(3)]
    assert chain() == 0
    assert [one.hash for one in TrailEntry.objects.chained()] == before


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize(
    "change", [{"about": str(uuid4())}, {"what": "issued"}, {"at": NOW - timedelta(days=1)}]
)
def test_the_first_changed_entry_is_named(number: int, change: dict[str, Any]) -> None:
    some_entries(5)
    rewrite(number, **change)
    [finding, *_rest] = check(NOW).findings
    assert f"Entry {number} is not what was written" in finding


def test_an_entry_that_was_taken_out_is_named() -> None:
    some_entries(5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM courses_trailentry WHERE sequence = 3")
    assert "Entry 3 is missing." in check(NOW).findings


def test_entries_cut_off_at_the_end_are_missed() -> None:
    some_entries(5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM courses_trailentry WHERE sequence > 3")
    assert any("ends at entry 3" in one for one in check(NOW).findings)


def test_a_chain_that_was_written_anew_does_not_fit_an_earlier_check_nor_a_kept_head() -> None:
    entries = some_entries(5)
    kept = (4, entries[3].hash)
    check_and_keep(NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_trailentry SET sequence = NULL, previous = '', hash = ''")
        cursor.execute("UPDATE courses_trailentry SET about = 'other'")
    TrailHead.objects.update(size=0, hash=rules.GENESIS)
    chain()
    assert any("written anew" in one for one in check(NOW).findings)
    assert any("the head that was kept" in one for one in check(NOW, kept_head=kept).findings)


def test_entries_that_wait_long_for_their_place_are_told() -> None:
    note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    assert not any("wait" in one for one in check(NOW + timedelta(minutes=1)).findings)
    assert any("wait" in one for one in check(NOW + timedelta(hours=1)).findings)


def test_the_usual_doors_of_the_orm_are_shut() -> None:
    [entry, *_others] = some_entries(2)
    entry.about = "x"
    entries = TrailEntry.objects.all()
    doors: list[Any] = [
        entry.save,
        entry.delete,
        lambda: entries.update(about="x"),
        entries.delete,
        lambda: entries.bulk_update([entry], ["about"]),
        lambda: entries.bulk_create([entry], update_conflicts=True, update_fields=["about"]),
        lambda: entries.update_or_create(pk=entry.pk, defaults={"about": "x"}),
        lambda: TrailEntry._base_manager.update(about="x"),
        lambda: TrailEntry._base_manager.filter(pk=entry.pk).delete(),
        lambda: check_and_keep(NOW) and TrailCheck.objects.all().delete(),
    ]
    for door in doors:
        with pytest.raises(RecordIsFinal), transaction.atomic():
            door()
    assert TrailEntry.objects.filter(about="x").count() == 0


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE courses_trailentry SET about = 'x'",
        "UPDATE courses_trailentry SET facts = '{}' WHERE sequence = 1",
        "UPDATE courses_trailentry SET sequence = NULL, previous = '', hash = ''",
        "UPDATE courses_trailentry SET sequence = 9 WHERE sequence = 2",
        "DELETE FROM courses_trailentry WHERE sequence = 2",
        "UPDATE courses_trailcheck SET size = 0",
        "DELETE FROM courses_trailcheck",
    ],
)
def test_the_database_itself_refuses_a_change(statement: str) -> None:
    some_entries(2)
    check_and_keep(NOW)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert check(NOW).is_whole


def test_an_entry_that_waits_for_its_place_cannot_be_changed_on_its_way() -> None:
    guards.lay()
    note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE courses_trailentry SET sequence = 1, previous = '-', hash = '-', about = 'x'")
    assert chain() == 1


def test_a_missing_guard_is_told() -> None:
    assert any("guards" in one for one in check(NOW).findings)
    guards.lay()
    guards.lay()
    assert check(NOW).is_whole
    guards.lift()
    assert any("guards" in one for one in check(NOW).findings)
