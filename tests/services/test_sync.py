"""Offline work handed in at the same moment, on PostgreSQL: rows are locked there, not the whole file."""

import os
import subprocess
import sys

import pytest

from cms.process.options import ROOT

pytestmark = pytest.mark.processes
SYNC = "tests/courses/sync"
FILES = [
    f"{SYNC}/test_at_once.py",
    f"{SYNC}/test_bad_bodies.py",
]  # rows at once, and bytes that PostgreSQL refuses


def test_the_intake_answers_on_postgresql_as_on_sqlite(postgres_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *FILES]
    environment = {**os.environ, "DATABASE_URL": postgres_url}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "passed" in done.stdout
