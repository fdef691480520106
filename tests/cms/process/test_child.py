"""Children of the process manager, tried with small shell commands."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cms.process.child import Child, describe_exit, pause_before_restart
from cms.process.guardian import Guardian
from tests.stack import processes_of_group

pytestmark = pytest.mark.processes
Maker = Callable[..., Child]


@pytest.fixture
def guardian() -> Iterator[Guardian]:
    guardian = Guardian()
    guardian.look_after()
    yield guardian
    guardian.close()


@pytest.fixture
def child_of(guardian: Guardian, tmp_path: Path) -> Maker:
    def make(script: str, grace: float = 5.0, repair: Callable[[], None] | None = None) -> Child:
        return Child(
            "child",
            ["/bin/sh", "-c", script],
            env={"PATH": "/usr/bin:/bin"},
            cwd=tmp_path,
            log=tmp_path / "child.log",
            guardian=guardian,
            grace=grace,
            repair=repair,
        )

    return make


def wait_until(is_so: Callable[[], object], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("failures", "pause"), [(0, 0.5), (1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (50, 30.0)]
)
def test_pauses_grow_and_end_at_half_a_minute(failures: int, pause: float) -> None:
    assert pause_before_restart(failures) == pause


def test_an_exit_is_said_in_words() -> None:
    assert describe_exit(-9) == "killed by SIGKILL"
    assert describe_exit(3) == "exit code 3"


def test_what_a_child_says_is_in_its_log_and_its_errors_are_shown(child_of: Maker) -> None:
    child = child_of("echo hello; echo '2026-01-01 ERROR something broke' >&2; exit 3")
    child.start()
    wait_until(child.reap)
    assert child.exit_code == 3
    assert child.log.new_errors() == ["2026-01-01 ERROR something broke"]
    assert child.log.new_errors() == []
    assert child.log.tail() == ["hello", "2026-01-01 ERROR something broke"]


def test_what_is_left_of_a_group_ends_with_its_leader(child_of: Maker) -> None:
    child = child_of("sleep 600 & sleep 600 & wait")
    child.start()
    group = child.pid
    wait_until(lambda: len(processes_of_group(group)) == 3)
    subprocess.run(["kill", "-9", str(group)], check=True)
    wait_until(child.reap)
    assert processes_of_group(group) == []
    assert child.exit_code == -signal.SIGKILL


def test_a_deaf_child_is_killed_after_its_grace(child_of: Maker) -> None:
    child = child_of("trap '' TERM; echo ready; while true; do sleep 0.1; done", grace=0.3)
    child.start()
    wait_until(lambda: child.log.tail() == ["ready"])
    assert child.stop(is_hurried=lambda: False).startswith("killed")
    assert not child.is_running


def test_a_hurried_stop_does_not_wait(child_of: Maker) -> None:
    child = child_of("trap '' TERM; echo ready; while true; do sleep 0.1; done", grace=600)
    child.start()
    wait_until(lambda: child.log.tail() == ["ready"])
    assert child.stop(is_hurried=lambda: True).startswith("killed")


def test_the_second_quick_end_calls_the_repair(child_of: Maker) -> None:
    repaired: list[bool] = []
    child = child_of("exit 1", repair=lambda: repaired.append(True))
    child.start()
    wait_until(child.reap)
    child.start_again()
    assert repaired == []
    wait_until(child.reap)
    child.start_again()
    assert repaired == [True]
    wait_until(child.reap)


def test_a_long_log_is_cut_and_its_end_kept(
    child_of: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    child = child_of("echo next")
    child.log.path.write_bytes(b"x" * 6_000_000)
    child.start()
    wait_until(child.reap)
    assert child.log.tail() == ["next"]
    assert child.log.path.with_name("child.log.1").stat().st_size == 5 * 1024 * 1024


MANAGER = """
import sys, time
from pathlib import Path
from cms.process.child import Child
from cms.process.guardian import Guardian
guardian = Guardian()
guardian.look_after()
child = Child("c", ["/bin/sh", "-c", "sleep 600 & sleep 600 & wait"], env={}, cwd=Path("/"),
              log=Path(sys.argv[1]), guardian=guardian, grace=1)
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_manager_leaves_no_grandchild(tmp_path: Path) -> None:
    manager = subprocess.Popen(
        [sys.executable, "-c", MANAGER, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    )
    assert manager.stdout is not None
    group = int(manager.stdout.readline())
    wait_until(lambda: len(processes_of_group(group)) == 3)
    manager.kill()
    manager.wait()
    wait_until(lambda: processes_of_group(group) == [])
    manager.stdout.close()
