"""What SQLite's REPLACE would write over, and guards that only look like ours."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from courses.people.models import Person
from courses.trail import guards
from courses.trail.actions import chain, head, note
from courses.trail.checking import check, check_and_keep
from courses.trail.deeds import Deed
from courses.trail.models import TrailCheck, TrailEntry

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        "connection.vendor != 'sqlite'", reason="REPLACE is SQLite's; tests/services/test_trail.py"
    ),
]
COLUMNS = "at, actor, role, what, kind, about, facts, previous, hash"
# What 0025 laid on SQLite before the guards were made anew.
LAID_BEFORE = {
    "courses_trailentry_no_update": "BEFORE UPDATE ON courses_trailentry WHEN NOT (OLD.sequence IS NULL) "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
}


@pytest.fixture(autouse=True)
def _trail() -> None:
    """Two entries with a place, one that waits for its own, and a check that found something."""
    guards.lay()
    for _number in range(2):
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    chain()
    note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    TrailCheck.objects.create(at=NOW, size=2, hash=head().hash, findings=["Entry 1 is missing."])


def content() -> list[dict[str, Any]]:
    return [*TrailEntry.objects.order_by("pk").values(), *TrailCheck.objects.order_by("pk").values()]


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def copied(into: str, where: str) -> str:
    """SQL: an entry written once more with another record in it."""
    taken = COLUMNS.replace("about", "'x'")
    return f"INSERT OR REPLACE INTO courses_trailentry ({into}, {COLUMNS}) SELECT {where}, {taken}"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO courses_trailcheck (id, at, size, hash, findings) "
        "SELECT id, at, size, hash, '[]' FROM courses_trailcheck",
        "REPLACE INTO courses_trailcheck (rowid, at, size, hash, findings) "
        "SELECT CAST(id AS text), at, size, hash, '[]' FROM courses_trailcheck",
        "INSERT INTO courses_trailcheck (id, at, size, hash, findings) "
        "SELECT id, at, size, hash, '[]' FROM courses_trailcheck WHERE true "
        "ON CONFLICT (id) DO UPDATE SET findings = '[]'",
        copied("id, sequence", "id, sequence") + " FROM courses_trailentry WHERE sequence = 1",
        copied("id, sequence", "id, 9") + " FROM courses_trailentry WHERE sequence = 1",
        copied("sequence", "sequence") + " FROM courses_trailentry WHERE sequence = 1",
        copied("sequence", "CAST(sequence AS text)") + " FROM courses_trailentry WHERE sequence = 1",
        copied("id", "id") + " FROM courses_trailentry WHERE sequence IS NULL",
        "UPDATE OR REPLACE courses_trailentry SET sequence = 1, previous = '-', hash = '-' "
        "WHERE sequence IS NULL",
    ],
)
def test_nothing_is_written_over(statement: str) -> None:
    before = content()
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)
    assert content() == before


def test_adding_and_chaining_go_on() -> None:
    assert chain() == 1
    for _number in range(150):
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=None, at=NOW)
    assert chain() == 150
    assert check_and_keep(NOW).size == 153
    assert guards.missing() == []


@pytest.mark.parametrize("name", sorted(guards._sqlite()))
def test_a_guard_of_the_same_name_that_lets_pass_is_missed_and_laid_again(name: str) -> None:
    table = name.rpartition("_no_")[0]
    run(f"DROP TRIGGER {name}")
    run(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN false BEGIN SELECT 1; END")
    assert guards.missing() == [name]
    assert any("candados" in one or "guards" in one for one in check(NOW).findings)
    guards.lay()
    assert guards.missing() == []


def test_laid_where_the_old_ones_stand_the_new_ones_take_their_place() -> None:
    guards.lift()
    for name, rest in LAID_BEFORE.items():
        run(f"CREATE TRIGGER {name} {rest}")
    assert set(LAID_BEFORE) < set(guards.missing())
    guards.lay()
    assert guards.missing() == []
    guards.lift()
    assert len(guards.missing()) == 6
