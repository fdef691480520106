"""Real processes for tests: broker, worker and web server on a DATA_DIR and a database of the test's choice.

    stack.start_broker(); stack.start_worker()
    stack.kill("worker")                 # kill -9 of the whole group; .kill("worker", only_parent=True)
    stack.restart("worker")
    stack.wait_until(lambda: Job.objects.filter(state="done").count() == 28, 60, "28 diplomas")

The fixture `stack` (tests/conftest.py) works on the test's own database and DATA_DIR, so that rows made by
factories are seen by the worker and the other way round. Everything is killed when the test ends, also when
pytest itself is killed.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import kombu.pools
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from cms.celery import app
from cms.launcher import beat_command, web_command, worker_command
from cms.process import broker
from cms.process.child import Child
from cms.process.guardian import Guardian
from cms.process.manager import answers
from cms.process.options import ROOT, Options
from cms.settings import environment as settings_from_environment
from cms.settings.base import REDIS_TRANSPORT_OPTIONS

GRACE = 20.0  # seconds a process gets to end by itself


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url_of_this_test() -> str:
    """The URL of the database that this test's rows are in, for other processes."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(config['NAME']))}"
    user = quote(config["USER"], safe="") + (
        f":{quote(config['PASSWORD'], safe='')}" if config["PASSWORD"] else ""
    )
    host = quote(config["HOST"], safe="")
    return f"postgresql://{user}@{host}:{config['PORT'] or 5432}/{config['NAME']}"


def processes_of_group(group: int) -> list[int]:
    """The living processes of a process group (zombies are dead)."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, _parent, owner = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it has just gone
        if int(owner) == group and state != "Z":
            found.append(int(entry.name))
    return found


class Stack:
    """The processes of one box, each of which a test may start, kill and start again."""

    def __init__(
        self,
        data_dir: Path,
        *,
        database_url: str | None = None,
        broker_url: str | None = None,
        settings_module: str = "cms.settings.test",
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`broker_url` None means an own Valkey in `data_dir`; `database_url` None SQLite there."""
        self.data_dir = data_dir
        self.port = free_port()
        self._own_broker = broker_url is None
        for name in ("log", "broker"):
            (data_dir / name).mkdir(parents=True, exist_ok=True)
        self._socket = broker.socket_path(data_dir)
        self.broker_url = broker_url or broker.url(self._socket)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "DJANGO_SETTINGS_MODULE": settings_module,
            "DATA_DIR": str(data_dir),
            "BROKER_URL": self.broker_url,
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        self.environment.pop("DATABASE_URL", None)
        if database_url is not None:
            self.environment["DATABASE_URL"] = database_url
        self._guardian = Guardian()
        self._guardian.look_after()
        self._children: dict[str, Child] = {}

    # --- starting ----------------------------------------------------------------------------------

    def start_broker(self) -> str:
        """Start the embedded broker (with whatever it kept) and wait until it answers. Its URL."""
        if self._own_broker:
            binary = broker.server_binary()
            assert binary is not None, "no Valkey or Redis on this machine"
            folder = self.data_dir / "broker"
            self._start("broker", broker.command(binary, folder=folder, path=self._socket))
            self.wait_until(lambda: broker.is_ready(self._socket), 15, "the broker")
        return self.broker_url

    def start_worker(self, *, has_beat: bool = True, is_awaited: bool = True) -> None:
        """Start a worker and beat, as the launcher does, and wait until it takes tasks."""
        if has_beat:
            self.start_beat()
        self._start("worker", worker_command())
        if is_awaited:
            self.wait_until(self.worker_answers, 60, "the worker")

    def start_beat(self) -> None:
        """Start the scheduler, unless it runs."""
        if "beat" not in self._children or not self._children["beat"].is_running:
            self._start("beat", beat_command(self._options))

    def start_web(self) -> str:
        """Start the web server and wait until it answers. Its address, without a slash at the end."""
        self._start("web", web_command(self._options))
        self.wait_until(lambda: answers(self._options), 60, "the web server")
        return f"http://localhost:{self.port}"

    def restart(self, name: str) -> None:
        """Start again what was killed or stopped."""
        start: dict[str, Callable[[], object]] = {
            "broker": self.start_broker,
            "worker": self.start_worker,
            "web": self.start_web,
        }
        start[name]()

    # --- ending ------------------------------------------------------------------------------------

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL, *, only_parent: bool = False) -> None:
        """Send a signal to a process group (or only to its leader) and wait until the leader has ended.

        What is left of the group is killed then, as the process manager does.
        """
        child = self._children[name]
        if only_parent:
            os.kill(child.pid, number)
        else:
            os.killpg(child.pid, number)
        self.wait_until(child.reap, GRACE + 10, f"the end of {name}")

    def stop(self) -> None:
        """End everything, worker first; what does not end is killed."""
        for name in ("worker", "beat", "web", "broker"):
            if name in self._children:
                self._children.pop(name).stop(is_hurried=lambda: False)
        self._guardian.close()
        broker.clear_short_folder(self.data_dir)

    # --- looking -----------------------------------------------------------------------------------

    def processes(self, name: str) -> list[int]:
        """The living processes of this group, the leader's children included."""
        child = self._children.get(name)
        return processes_of_group(child.pid) if child is not None and child.is_running else []

    def worker_answers(self) -> bool:
        """Does the worker answer a ping over the broker? (Over a fresh line: pools remember dead ones.)"""
        asker = Celery(broker=self.broker_url, set_as_current=False)
        with contextlib.closing(asker), asker.connection_for_write() as line:
            broken: tuple[type[BaseException], ...] = (OSError, *line.connection_errors)
            try:
                return bool(asker.control.ping(timeout=1.0, connection=line))
            except broken:
                return False

    def log(self, name: str) -> str:
        """What the process has said so far."""
        return (self.data_dir / "log" / f"{name}.log").read_text(errors="replace")

    def wait_until(self, is_so: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition; fails with the end of every log when it does not come true."""
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                ends = "\n".join(f"--- {name}\n{self.log(name)[-3000:]}" for name in self._children)
                pytest.fail(f"Waited {seconds} s in vain for {what}.\n{ends}")
            time.sleep(0.1)

    # --- using -------------------------------------------------------------------------------------

    def manage(self, *arguments: str) -> str:
        """Run `manage.py …` with this stack's surroundings; what it printed. Fails when it fails."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def call(self, module: str, function: str = "main") -> str:
        """Call a function in a process of this stack; what it printed."""
        words = f"from {module} import {function}; {function}()"
        return self.manage("shell", "--no-imports", "-c", words)

    @contextlib.contextmanager
    def connected(self) -> Iterator[None]:
        """Inside this block, tasks sent by the test's own process reach this stack's broker."""
        before = app.conf.broker_url, app.conf.broker_transport_options
        url, options = settings_from_environment.broker(self.broker_url, REDIS_TRANSPORT_OPTIONS)
        point_app_at(url, options)
        try:
            yield
        finally:
            point_app_at(*before)

    @property
    def _options(self) -> Options:
        return Options(data_dir=self.data_dir, host="127.0.0.1", port=self.port, broker_url=self.broker_url)

    def _start(self, name: str, command: list[str]) -> None:
        child = self._children.get(name)
        if child is None:
            child = self._children[name] = Child(
                name,
                command,
                env=self.environment,
                cwd=ROOT,
                log=self.data_dir / "log" / f"{name}.log",
                guardian=self._guardian,
                grace=GRACE,
                is_kept=False,
            )
        child.reap()
        assert not child.is_running, f"{name} runs already"
        child.start()


def point_app_at(url: str, options: object) -> None:
    """Let our Celery application forget its connections and use this broker."""
    kombu.pools.reset()
    app.conf.update(broker_url=url, broker_transport_options=options)
    app._after_fork()  # type: ignore[attr-defined]  # Celery's own way of dropping its pools; no public one


@pytest.fixture
def stack(transactional_db: None) -> Iterator[Stack]:
    """Real processes on this test's own rows and files. Nothing runs until the test starts it."""
    data_dir = Path(settings.DATA_DIR)
    shutil.rmtree(data_dir / "broker", ignore_errors=True)
    made = Stack(data_dir, database_url=database_url_of_this_test())
    try:
        with made.connected():
            yield made
    finally:
        made.stop()
