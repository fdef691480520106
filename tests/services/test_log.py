"""Several processes append to one log at once: no gap, no branch, and what was rolled back is not in it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from certificates.log import merkle
from cms.process.options import ROOT
from tests.stack import Stack, database_url_of_this_test

pytestmark = pytest.mark.processes
PROCESSES, LEAVES = 4, 200
NOWHERE = "redis://127.0.0.1:1/0"  # no broker is needed
APPEND = """
import sys, uuid
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from certificates.log import actions

for number in range(int(sys.argv[1])):
    try:
        with transaction.atomic():
            actions.append("issue", award=uuid.uuid4(), pdf_sha256="a" * 64, at=timezone.now())
            if number % 5 == 4:
                raise ZeroDivisionError
        with transaction.atomic():
            actions.append("revoke", award=uuid.uuid4(), at=timezone.now())
    except ZeroDivisionError:
        pass
"""
SHOW = """
import django, json
django.setup()
from certificates.log.models import LogEntry, LogState
state = LogState.objects.get()
leaves = list(LogEntry.objects.order_by("index").values_list("index", "leaf"))
print(json.dumps({"size": state.size, "frontier": state.frontier, "leaves": leaves}))
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


def append_at_once(stack: Stack) -> None:
    """Let the processes loose, then see that the leaves and the state make one tree."""
    each = LEAVES // PROCESSES
    workers = [python(stack, APPEND, str(each)) for _ in range(PROCESSES)]
    for worker in workers:
        _out, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    out, errors = python(stack, SHOW).communicate(timeout=60)
    assert out, errors
    shown = json.loads(out)
    kept = PROCESSES * (each - each // 5) * 2  # of each five acts one was undone
    assert [index for index, _leaf in shown["leaves"]] == list(range(kept))
    assert shown["size"] == kept
    frontier: list[bytes] = []
    for index, leaf in shown["leaves"]:
        frontier, _completed = merkle.grow(frontier, index, merkle.leaf_hash(leaf.encode()))
    assert [one.hex() for one in frontier] == shown["frontier"]


@contextmanager
def stack_on(url: str, folder: Path) -> Iterator[Stack]:
    stack = Stack(folder, database_url=url, broker_url=NOWHERE)
    try:
        yield stack
    finally:
        stack.stop()


def test_leaves_of_many_processes_stand_one_behind_the_other(transactional_db: None, tmp_path: Path) -> None:
    with stack_on(database_url_of_this_test(), tmp_path) as stack:
        append_at_once(stack)


def test_so_they_do_on_postgresql(migrated_url: str, tmp_path: Path) -> None:
    with stack_on(migrated_url, tmp_path) as stack:
        append_at_once(stack)
