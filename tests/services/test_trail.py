"""Several processes note at once: no gap, no branch, nothing of what was rolled back; SQL changes nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cms.process.options import ROOT
from courses.trail import guards
from tests.services.test_log import python, stack_on
from tests.stack import Stack, database_url_of_this_test

pytestmark = pytest.mark.processes
PROCESSES, DEEDS = 4, 50
NOTE = """
import sys, uuid
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from courses.people.models import Person
from courses.trail import actions as trail

for number in range(int(sys.argv[1])):
    try:
        with transaction.atomic():
            about = Person(pk=uuid.uuid4())
            trail.note(trail.Deed.LEGAL_NAME_SEEN, about=about, by=None, at=timezone.now(), count=number)
            if number % 5 == 4:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
"""
SHOW = """
import django, json
django.setup()
from django.utils import timezone
from courses.trail import checking, guards
from courses.trail.models import TrailEntry
report = checking.check(timezone.now())
counted = TrailEntry.objects.filter(what="legal_name_seen").count()
left = TrailEntry.objects.unchained().count()
told = {"size": report.size, "findings": report.findings, "counted": counted, "left": left}
print(json.dumps({**told, "missing": guards.missing()}))
"""


def note_at_once(stack: Stack) -> dict[str, object]:
    """Let the processes loose; what the trail says of itself afterwards."""
    workers = [python(stack, NOTE, str(DEEDS)) for _ in range(PROCESSES)]
    for worker in workers:
        _out, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    shown: dict[str, object] = json.loads(done.stdout)
    assert shown["counted"] == PROCESSES * (DEEDS - DEEDS // 5)  # of each five deeds one was undone
    assert shown["left"] == 0, "each commit chained its own"
    return shown


FALSE_REFUSAL = (
    "CREATE OR REPLACE FUNCTION courses_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$"
)
BOTH = ["courses_trailcheck_no_update", "courses_trailentry_no_update"]
ALL = sorted(f"{table}_no_{what}" for table in guards.TABLES for what in ("delete", "truncate", "update"))
# How somebody who owns the database puts a guard out of work, and whom the check misses then.
AROUND = {
    "off": ("ALTER TABLE courses_trailcheck DISABLE TRIGGER courses_trailcheck_no_update", BOTH[:1]),
    "for replicas only": (
        "ALTER TABLE courses_trailcheck ENABLE REPLICA TRIGGER courses_trailcheck_no_update",
        BOTH[:1],
    ),
    "a body that lets pass": (FALSE_REFUSAL, [one for one in ALL if one != BOTH[1]]),
    "another function": (
        "CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
        "CREATE OR REPLACE TRIGGER courses_trailcheck_no_update BEFORE UPDATE ON courses_trailcheck "
        "FOR EACH ROW EXECUTE FUNCTION pass()",
        BOTH[:1],
    ),
    "a condition": (
        "CREATE OR REPLACE TRIGGER courses_trailentry_no_update BEFORE UPDATE ON courses_trailentry "
        "FOR EACH ROW WHEN (false) EXECUTE FUNCTION courses_trail_place()",
        BOTH[1:],
    ),
    "one column": (
        "CREATE OR REPLACE TRIGGER courses_trailcheck_no_update BEFORE UPDATE OF id ON courses_trailcheck "
        "FOR EACH ROW EXECUTE FUNCTION courses_trail_refuse()",
        BOTH[:1],
    ),
    "another table": (
        "DROP TRIGGER courses_trailcheck_no_update ON courses_trailcheck;"
        "CREATE TRIGGER courses_trailcheck_no_update BEFORE UPDATE ON courses_trailhead "
        "FOR EACH ROW EXECUTE FUNCTION courses_trail_refuse()",
        BOTH[:1],
    ),
}
# What 0025 laid on PostgreSQL before the guards were made anew.
LAID_BEFORE = """
DROP TRIGGER courses_trailentry_no_update ON courses_trailentry;
CREATE TRIGGER courses_trailentry_no_update BEFORE UPDATE ON courses_trailentry FOR EACH ROW
WHEN (NOT (OLD.sequence IS NULL AND NEW.sequence IS NOT NULL)) EXECUTE FUNCTION courses_trail_refuse();
DROP FUNCTION courses_trail_place();
"""


def test_entries_of_many_processes_stand_one_behind_the_other(transactional_db: None, tmp_path: Path) -> None:
    with stack_on(database_url_of_this_test(), tmp_path) as stack:
        shown = note_at_once(stack)
    assert shown["findings"] == ["Faltan los candados de la base de datos que impiden cambiar entradas."]


def test_so_they_do_on_postgresql_and_its_triggers_refuse_changes(migrated_url: str, tmp_path: Path) -> None:
    with stack_on(migrated_url, tmp_path) as stack:
        shown = note_at_once(stack)
    assert (shown["findings"], shown["missing"]) == ([], [])
    for statement in (
        "UPDATE courses_trailentry SET about = 'x' WHERE sequence = 3",
        "UPDATE courses_trailentry SET sequence = NULL, previous = '', hash = ''",
        "DELETE FROM courses_trailentry WHERE sequence = 3",
        "TRUNCATE courses_trailentry",
        "TRUNCATE courses_trailcheck",
    ):
        with psycopg.connect(migrated_url) as connection, pytest.raises(psycopg.errors.RaiseException):
            connection.execute(statement)


def say(stack: Stack, code: str) -> Any:
    """What a process of its own prints, from JSON."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django, json\ndjango.setup()\n{code}"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


MISSING = "from courses.trail import guards\nprint(json.dumps(guards.missing()))"
LAY = "from courses.trail import guards\nguards.lay()\nguards.lay()\nprint(json.dumps(guards.missing()))"


def test_a_guard_that_was_put_out_of_work_is_missed_and_laid_again(migrated_url: str, tmp_path: Path) -> None:
    with stack_on(migrated_url, tmp_path) as stack:
        for way, (statements, missed) in AROUND.items():
            with psycopg.connect(migrated_url) as connection:
                connection.execute(statements)
            assert say(stack, MISSING) == missed, way
            assert say(stack, LAY) == [], way
            with psycopg.connect(migrated_url, autocommit=True) as connection:
                connection.execute("DROP TRIGGER IF EXISTS courses_trailcheck_no_update ON courses_trailhead")
        with psycopg.connect(migrated_url) as connection:
            connection.execute(
                "INSERT INTO courses_trailcheck (at, size, hash, findings) VALUES (now(), 1, '', '[]')"
            )
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute("UPDATE courses_trailcheck SET size = 0")


def test_the_migration_lays_the_new_guards_where_the_old_ones_stand(
    migrated_url: str, tmp_path: Path
) -> None:
    with stack_on(migrated_url, tmp_path) as stack:
        stack.manage("migrate", "courses", "0025", "--verbosity", "0")
        with psycopg.connect(migrated_url) as connection:
            connection.execute(LAID_BEFORE)
        assert say(stack, MISSING) == BOTH[1:]
        stack.manage("migrate", "courses", "0026", "--verbosity", "0")
        assert say(stack, MISSING) == []
        assert note_at_once(stack)["findings"] == []
