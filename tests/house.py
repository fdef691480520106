"""The whole house as a user starts it: manager, broker, worker and web server, each a real process."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0  # seconds; a loaded machine is slow, and nothing is measured with it


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look until it is so. Raises AssertionError with `what` when it never is."""
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.1)


def parents() -> dict[int, int]:
    """pid → parent's pid of every process."""
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                table[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    return table


def words_of(pid: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class House:
    """`python -m cms.launcher` with a DATA_DIR of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in {"BROKER_URL", "DATABASE_URL"}
            },
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
            "RENDER_TIME_LIMIT": "10",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """What a first start does before it serves: keys, tables, the demo school."""
        subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env={**self.environment, "BROKER_URL": "redis://127.0.0.1:9/0"},
            check=True,
            capture_output=True,
        )

    def start(self) -> "House":
        """Start everything and wait until the site answers."""
        with (self.data_dir / "launcher.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cms.launcher"], cwd=ROOT, env=self.environment, stdout=out, stderr=out
            )
        wait_until(self.answers, "the site answers")
        return self

    def answers(self) -> bool:
        """True when the site says it is well."""
        assert self.process is None or self.process.poll() is None, (
            self.data_dir / "launcher.out"
        ).read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Ctrl-C, and wait for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=PATIENCE)

    def reset(self, prepared: Path) -> None:
        """Under the running processes, put back the rows and files of `prepared`."""
        for name in ("media", "private", "keys"):  # what was added stays: a web process may remember it
            shutil.copytree(prepared / name, self.data_dir / name, dirs_exist_ok=True)
        shutil.copy2(prepared / "demo-accounts.txt", self.data_dir)
        with (
            closing(sqlite3.connect(prepared / "db.sqlite3")) as source,
            closing(sqlite3.connect(self.data_dir / "db.sqlite3", timeout=60)) as target,
        ):
            source.backup(target)

    def manage(self, *arguments: str) -> str:
        """Run a management command beside the running house and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **self.broker_environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def broker_environment(self) -> dict[str, str]:
        """BROKER_URL as the worker has it."""
        for pid in self.family():
            try:
                lines = (Path("/proc") / str(pid) / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            for line in lines:
                if line.startswith(b"BROKER_URL="):
                    return {"BROKER_URL": line.decode().split("=", 1)[1]}
        return {}

    def family(self) -> list[int]:
        """The manager's children, grandchildren and so on."""
        assert self.process is not None
        table, found, heads = parents(), [], [self.process.pid]
        while heads:
            head = heads.pop()
            children = [pid for pid, parent in table.items() if parent == head]
            found += children
            heads += children
        return found

    def kill(self, word: str) -> int:
        """kill -9 every process of ours whose command line has `word`; how many there were."""
        victims = [pid for pid in self.family() if word in words_of(pid)]
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return len(victims)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Read the database directly."""
        with sqlite3.connect(f"file:{self.data_dir}/db.sqlite3?mode=ro", uri=True, timeout=30) as database:
            return database.execute(query).fetchall()

    def accounts(self) -> dict[str, str]:
        """user name → password or PIN of the demo accounts."""
        lines = (self.data_dir / "demo-accounts.txt").read_text().splitlines()
        return {line.split("\t")[1]: line.split("\t")[2] for line in lines}
