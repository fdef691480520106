"""Several processes draw and revoke at once: no index twice, no revocation lost, lists made once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cms.process.options import ROOT
from tests.stack import Stack, database_url_of_this_test

pytestmark = pytest.mark.processes
PROCESSES, EACH = 4, 15
NOWHERE = "redis://127.0.0.1:1/0"  # no broker is needed
DRAW = """
import json, sys
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from certificates.credentials import status

drawn = []
for number in range(int(sys.argv[1])):
    try:
        with transaction.atomic():
            pairs = status.take_indexes(3)
            status.revoke(*pairs[0], at=timezone.now())
            if number % 5 == 4:
                raise ZeroDivisionError
        drawn.append(pairs)
    except ZeroDivisionError:
        pass
print(json.dumps(drawn))
"""
SHOW = """
import django, json
django.setup()
from certificates.credentials import status
print(json.dumps({"taken": sorted(status.taken()), "revoked": sorted(status.revoked())}))
"""


def python(stack: Stack, script: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def draw_at_once(stack: Stack) -> None:
    """Let the processes loose on an empty table, then see what the lists hold."""
    workers = [python(stack, DRAW, str(EACH)) for _ in range(PROCESSES)]
    drawn: list[tuple[int, int]] = []
    first: list[tuple[int, int]] = []
    for worker in workers:
        out, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
        for pairs in json.loads(out):
            drawn += [tuple(pair) for pair in pairs]
            first.append(tuple(pairs[0]))
    out, errors = python(stack, SHOW).communicate(timeout=60)
    assert out, errors
    shown = json.loads(out)
    kept = PROCESSES * (EACH - EACH // 5) * 3  # of each five acts one was undone
    assert len(set(drawn)) == len(drawn) == kept
    assert shown["taken"] == [list(pair) for pair in sorted(drawn)]
    assert shown["revoked"] == [list(pair) for pair in sorted(first)]


@contextmanager
def stack_on(url: str, folder: Path) -> Iterator[Stack]:
    stack = Stack(folder, database_url=url, broker_url=NOWHERE)
    try:
        yield stack
    finally:
        stack.stop()


def test_many_processes_draw_no_index_twice(transactional_db: None, tmp_path: Path) -> None:
    with stack_on(database_url_of_this_test(), tmp_path) as stack:
        draw_at_once(stack)


def test_nor_do_they_on_postgresql(migrated_url: str, tmp_path: Path) -> None:
    with stack_on(migrated_url, tmp_path) as stack:
        draw_at_once(stack)
