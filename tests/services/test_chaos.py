"""A short day of bench/chaos.py: everything around a batch is killed, and each diploma is there once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
SEED = "20261105"  # a day that is had again and again; `make bench-full` draws new ones


def test_no_diploma_is_lost_or_doubled_while_everything_is_killed() -> None:
    done = subprocess.run(
        [sys.executable, "bench/chaos.py", "--json", "--seed", SEED],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    found = {one["name"]: one["value"] for one in map(json.loads, done.stdout.splitlines())}
    assert found["chaos.rounds"] == 1
    assert found["chaos.diplomas"] >= 40
    assert found["chaos.kills"] >= 6
    assert found["chaos.moments"] == 4
    problems = ["lost", "doubled", "stray_files", "disagreements", "temporary_files"]
    assert {name: found[f"chaos.{name}"] for name in problems} == dict.fromkeys(problems, 0)
