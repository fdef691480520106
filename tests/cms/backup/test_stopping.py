"""A backup or a restore that is stopped or killed: nothing in the clear stays behind, in no folder."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from cms.process.options import ROOT
from tests.cms.backup.test_rehearsal import School

pytestmark = pytest.mark.processes
LARGE = 150_000_000  # bytes more in the database: enough to be met at work
PATIENCE = 90.0


@pytest.fixture
def school(tmp_path: Path) -> School:
    """A school whose database takes a while to copy."""
    school = School(tmp_path)
    with closing(sqlite3.connect(school.data_dir / "db.sqlite3")) as database:
        database.execute("CREATE TABLE large (content BLOB)")
        database.execute("INSERT INTO large VALUES (zeroblob(?))", [LARGE])
        database.commit()
    return school


@contextmanager
def at_work(school: School, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command of the school at work."""
    with subprocess.Popen(
        [sys.executable, "manage.py", *words, *school.passphrases()],
        cwd=ROOT,
        env=school.stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def backing_up(school: School, to: Path) -> AbstractContextManager["subprocess.Popen[str]"]:
    """A backup at work."""
    return at_work(school, "backup", "--to", str(to))


def restoring(school: School, source: Path) -> AbstractContextManager["subprocess.Popen[str]"]:
    """A restore at work, in the place of what is here."""
    return at_work(school, "restore", str(source), "--over")


def wait_for(folder: Path, pattern: str) -> list[Path]:
    """What came of that name."""
    until = time.monotonic() + PATIENCE
    while not (found := list(folder.glob(pattern))):
        assert time.monotonic() < until, f"{pattern} never came"
        time.sleep(0.01)
    return found


def left(school: School, to: Path) -> list[str]:
    """Copies of the database, folders of work and half files, wherever a backup works."""
    places = [*school.data_dir.glob(".backup-work-*"), *to.iterdir()]
    return sorted(path.name for path in places if not path.name.endswith(".sealed"))


def test_asked_to_stop_it_takes_its_copy_of_the_database_away(school: School, tmp_path: Path) -> None:
    to = tmp_path / "away"
    with backing_up(school, to) as process:
        [copy] = wait_for(school.data_dir, ".backup-work-*/database.sqlite3")
        assert copy.parent.stat().st_mode & 0o777 == 0o700
        assert not list(to.rglob("database*")), "nothing in the clear in the folder that travels"
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in errors
    assert not list(to.iterdir())
    assert left(school, to) == []


def test_what_a_killed_one_left_is_removed_by_the_next(school: School, tmp_path: Path) -> None:
    to = tmp_path / "away"
    with backing_up(school, to) as process:
        wait_for(school.data_dir, ".backup-work-*/database.sqlite3")
        process.kill()
        process.wait(PATIENCE)
    older = to / ".work-abcd1234"  # of a version that worked there
    older.mkdir()
    (older / "database.sqlite3").write_bytes(b"in the clear")
    assert len(left(school, to)) == 3, "its work, its half file, and the older one's"
    made = school.backup(to)
    assert left(school, to) == []
    assert list(to.iterdir()) == [made]


def test_one_that_runs_is_left_alone_by_another(school: School, tmp_path: Path) -> None:
    to = tmp_path / "away"
    gate = school.data_dir / "media" / "gate"
    gate.parent.mkdir(exist_ok=True)
    os.mkfifo(gate)  # the first one waits at it, with its folder and its half file
    with backing_up(school, to) as first:
        wait_for(school.data_dir, ".backup-work-*")
        before = wait_for(to, "*.part")
        with backing_up(school, to) as second:
            _out, errors = second.communicate(timeout=PATIENCE)
        assert second.returncode == 1
        assert "Traceback" not in errors
        assert wait_for(to, "*.part") == before
        assert list(school.data_dir.glob(".backup-work-*"))
        gate.write_bytes(b"open")
        _out, errors = first.communicate(timeout=PATIENCE)
        assert first.returncode == 0, errors
    assert left(school, to) == []
    assert len(list(to.iterdir())) == 1


def test_a_restore_asked_to_stop_leaves_what_was_here_and_nothing_else(
    school: School, tmp_path: Path
) -> None:
    made = school.backup(tmp_path / "away")
    disk = school.disk()
    with restoring(school, made) as process:
        wait_for(school.data_dir, ".backup-work-*/database.sqlite3")
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in errors
    assert left(school, made.parent) == []
    assert not list(school.data_dir.glob("replaced-*"))
    assert school.disk() == disk


def test_what_a_killed_restore_left_is_removed_by_the_next_and_by_a_backup(
    school: School, tmp_path: Path
) -> None:
    made = school.backup(tmp_path / "away")
    disk = school.disk()
    with restoring(school, made) as process:
        wait_for(school.data_dir, ".backup-work-*/database.sqlite3")
        process.kill()
        process.wait(PATIENCE)
    assert len(left(school, made.parent)) == 1
    assert school.disk() == disk
    older = school.data_dir / ".restore-abcd1234"  # of a version that worked there
    older.mkdir()
    school.backup(tmp_path / "another")
    assert left(school, made.parent) == []
    assert not older.exists()

    older.mkdir()
    done = school.restore(made, "--over")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not older.exists()
    assert left(school, made.parent) == []
