"""What meets at the same moment on PostgreSQL, where rows are locked and not the whole file."""

import os
import subprocess
import sys

import pytest

from cms.process.options import ROOT

pytestmark = pytest.mark.processes
AWARDS, SYNC = "tests/certificates/awards", "tests/courses/sync"
VERIFICATION = "tests/certificates/verification"
USERS = "tests/cms/users"
FILES = [
    *(f"{AWARDS}/test_{name}.py" for name in ("at_once", "bells", "batches")),
    *(f"{SYNC}/test_{name}.py" for name in ("at_once", "bad_bodies")),  # and bytes that PostgreSQL refuses
    f"{USERS}/test_at_once.py",
    *(f"{VERIFICATION}/test_{name}.py" for name in ("api", "names", "sharing")),
]


def test_awards_intake_and_verification_answer_on_postgresql_as_on_sqlite(postgres_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *FILES]
    environment = {**os.environ, "DATABASE_URL": postgres_url}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "passed" in done.stdout
