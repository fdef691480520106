"""`make run` from the outside: real processes, real signals."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cms.celery import app
from cms.launcher import account_table
from cms.process import broker
from cms.process.options import ROOT
from cms.settings.base import REDIS_TRANSPORT_OPTIONS
from tests.stack import free_port, point_app_at

pytestmark = pytest.mark.processes
START = 300.0  # seconds of patience: the first start migrates, and a machine may be busy


def processes_with(data_dir: Path) -> list[str]:
    """The number and command line of every process that works on this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (
                (entry / "cmdline").read_bytes().decode().replace("\0", " ") if entry.name.isdigit() else ""
            )
            surroundings = (
                (entry / "environ").read_bytes().decode(errors="replace").split("\0") if words else []
            )
        except OSError:
            continue  # gone, or not ours to look at
        # Valkey writes its title over its environment, but names its socket there.
        if f"DATA_DIR={data_dir}" in surroundings or f"{data_dir}/valkey.sock" in words:
            found.append(f"{entry.name} {words}")
    return found


def parent_of(pid: int) -> int:
    """Who started a process (proc(5): the second field behind the name in parentheses)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


class Running:
    """A launcher in a process of its own, and what it has said."""

    def __init__(self, data_dir: Path, *, port: int | None = None, **env: str) -> None:
        self.data_dir, self.port = data_dir, port or free_port()
        surroundings = {name: value for name, value in os.environ.items() if name not in {"MAKELEVEL"}}
        surroundings |= {"DATA_DIR": str(data_dir), "PORT": str(self.port), "DEMO": "0"}
        surroundings |= {"DJANGO_SETTINGS_MODULE": "cms.settings.dev"} | env
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.launcher"],
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        """Everything until now."""
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, seconds: float = START) -> None:
        """Wait until it says something."""
        wait_until(lambda: re.search(pattern, self.said), seconds, lambda: f"“{pattern}” in:\n{self.said}")

    def end(self, seconds: float = 60) -> int:
        """Wait for its end; the exit code."""
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=5)
        return code

    def pids(self, part: str) -> list[int]:
        """The processes whose command line holds `part`."""
        return [int(line.split()[0]) for line in processes_with(self.data_dir) if part in line]

    def leader(self, part: str) -> int:
        """The one of them that started the others. Not the lowest number: numbers begin anew some day."""
        pids = set(self.pids(part))
        (leader,) = (pid for pid in pids if parent_of(pid) not in pids)
        return leader


Starter = Callable[..., Running]


def wait_until(is_so: Callable[[], object], seconds: float, what: Callable[[], str] = lambda: "") -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"waited {seconds} s in vain. {what()}"
        time.sleep(0.05)


def is_free(port: int) -> bool:
    """Does nobody listen there any more?"""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


def get(port: int) -> int:
    """The status of the health page."""
    with urllib.request.urlopen(f"http://localhost:{port}/health/", timeout=10) as response:
        return int(response.status)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder, with a space in its name, for all starts: only the first one migrates."""
    return tmp_path_factory.mktemp("mis datos") / "var"


@pytest.fixture
def start(data_dir: Path) -> Iterator[Starter]:
    """Starts launchers, and leaves none behind."""
    started: list[Running] = []

    def start_one(folder: Path = data_dir, **options: object) -> Running:
        started.append(Running(folder, **options))  # type: ignore[arg-type]  # port or variables
        return started[-1]

    yield start_one
    for running in started:
        running.process.kill()
        running.end()


def test_it_starts_comes_back_from_kills_and_stops_in_order(start: Starter) -> None:
    running = start()
    running.wait_for("Promotora is running")
    assert f"http://localhost:{running.port}/" in running.said
    assert get(running.port) == 200
    for part in ("valkey-server", "celery --app cms worker", "celery --app cms beat", "granian"):
        os.kill(running.leader(part), signal.SIGKILL)
    for name in ("broker", "worker", "beat", "web"):
        running.wait_for(f"{name} ended \\(killed by SIGKILL\\); starting it again", 10)
    wait_until(lambda: len(running.pids("celery")) >= 4 and len(running.pids("granian")) >= 3, 60)
    wait_until(lambda: broker.is_ready(broker_socket(running)), 20)
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 0
    stopped = re.findall(r"^  (\w+) (?:stopped|killed)", running.said, re.MULTILINE)
    assert stopped == ["worker", "beat", "web", "broker"]
    assert processes_with(running.data_dir) == []
    assert "Traceback" not in running.said


def test_a_killed_manager_leaves_nothing_even_when_busy(start: Starter, data_dir: Path) -> None:
    running = start()
    running.wait_for("Promotora is running")
    wait_until(lambda: len(running.pids("celery")) >= 4, 30)
    keep_busy(running)
    running.process.kill()
    running.process.wait()
    wait_until(lambda: processes_with(data_dir) == [], 10, lambda: "\n".join(processes_with(data_dir)))
    wait_until(lambda: is_free(running.port), 10)


def broker_socket(running: Running) -> Path:
    """Where the broker of this launcher listens."""
    in_place = running.data_dir / "valkey.sock"
    return in_place if in_place.exists() else (running.data_dir / "valkey-socket" / "valkey.sock")


def keep_busy(running: Running) -> None:
    """Fill the queue, and ask for pages without end from some threads."""
    before = app.conf.broker_url, app.conf.broker_transport_options
    point_app_at(broker.url(broker_socket(running)), REDIS_TRANSPORT_OPTIONS)
    for _ in range(500):
        app.send_task("certificates.tasks.sweep")
    point_app_at(*before)

    def ask() -> None:
        try:
            while True:
                get(running.port)
        except OSError:
            return

    for _ in range(4):
        threading.Thread(target=ask, daemon=True).start()


def test_a_second_one_is_refused_and_the_first_goes_on(
    start: Starter,
) -> None:
    first = start()
    first.wait_for("Promotora is running")
    second = start()
    assert second.end() == 1
    assert re.fullmatch(
        rf"Promotora: DATA_DIR .* is in use by another running Promotora \(process {first.process.pid}\).*",
        second.said,
    )
    third = start(port=first.port)
    assert third.end() == 1
    assert (
        third.said == f"Promotora: Port {first.port} is taken. Choose another: make run PORT={first.port + 1}"
    )
    assert get(first.port) == 200
    first.process.send_signal(signal.SIGTERM)
    assert first.end() == 0


def test_a_port_taken_by_another_program_is_one_clear_line(start: Starter, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        refused = start(port=server.getsockname()[1])
        assert refused.end() == 1
    assert len(refused.lines) == 1
    assert "is taken" in refused.said


def test_an_unwritable_folder_is_one_clear_line(start: Starter, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/promotora")):
        refused = start(folder)
        assert refused.end() == 1
        assert len(refused.lines) == 1
        assert "cannot be written" in refused.said


def test_a_port_that_is_none_is_a_wrong_call(start: Starter) -> None:
    refused = start(PORT="ocho mil")
    assert refused.end() == 2
    assert len(refused.lines) == 1


def test_a_database_that_does_not_answer_is_said_and_nothing_is_left(start: Starter, tmp_path: Path) -> None:
    refused = start(tmp_path / "var", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert refused.end() == 1
    assert refused.lines[-1].startswith("Promotora: The database could not be prepared.")
    assert processes_with(tmp_path / "var") == []


def test_the_demo_accounts_are_shown_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "demo-accounts.txt"
    assert account_table(path) == []
    path.write_text("trainer\tformadora\tsol-luna\nofficer\tautoridad\tmar-rio\n\n", encoding="utf-8")
    assert account_table(path) == [
        "  role     user name  password",
        "  trainer  formadora  sol-luna",
        "  officer  autoridad  mar-rio",
        "",
    ]
