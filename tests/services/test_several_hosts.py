"""Four hosts on a network of their own: a worker host is cut off in the middle of a batch and comes back."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.havoc import cluster
from cms.launcher import beat_command, web_command, worker_command
from cms.process import broker
from cms.process.child import Child
from cms.process.guardian import Guardian
from cms.process.options import ROOT, Options
from tests.services.hosts import SERVERS, Hosts

pytestmark = pytest.mark.processes
BATCH = 60
WEB, FIRST, SECOND = "web", "worker-1", "worker-2"
WEB_PORT = 8000
TIME_LIMIT = 12  # seconds for a diploma: what a lost host held is free again five later


class Town:
    """Processes on hosts, each host with a folder of its own and the same keys."""

    def __init__(self, hosts: Hosts, folder: Path) -> None:
        self.hosts, self.folder = hosts, folder
        self.guardian = Guardian()
        self.guardian.look_after()
        self.children: dict[str, Child] = {}
        here = hosts.address(SERVERS)
        self.shared = {
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
            "DATABASE_URL": f"postgresql://{cluster.OWNER}@{here}:5432/{cluster.DATABASE}",
            "BROKER_URL": f"redis://{here}:6379/0",
            "PRIVATE_STORAGE_URL": f"s3://promotora/escuela?endpoint=http://{here}:5000",
            "AWS_ACCESS_KEY_ID": "prueba",
            "AWS_SECRET_ACCESS_KEY": "prueba",
            "ALLOWED_HOSTS": hosts.address(WEB),
            "RENDER_TIME_LIMIT": str(TIME_LIMIT),
            "PYTHONUNBUFFERED": "1",
        }

    # --- doing -------------------------------------------------------------------------------------

    def start(self, host: str, name: str, command: list[str]) -> None:
        """A process on a host."""
        child = self.children[name] = Child(
            name,
            [*self.hosts.enter(host), *command],
            env=self.environment(host),
            cwd=ROOT,
            log=self.folder / f"{name}.log",
            guardian=self.guardian,
            grace=5,
            is_kept=False,
        )
        child.start()

    def run(self, host: str, *arguments: str) -> str:
        """A program on a host, awaited; what it printed last."""
        done = subprocess.run(
            [*self.hosts.enter(host), sys.executable, *arguments],
            env=self.environment(host),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def work(self, call: str) -> str:
        """A function of host_work, called on the servers' host; what it printed."""
        words = f"from tests.services import host_work; host_work.{call}"
        return self.run(SERVERS, "manage.py", "shell", "--no-imports", "-c", words)

    def environment(self, host: str) -> dict[str, str]:
        """What is the same everywhere, and the host's own folder."""
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, **self.shared, "DATA_DIR": str(self.data_dir(host))}

    def data_dir(self, host: str) -> Path:
        """A host's own disk."""
        return self.folder / host

    def press(self, method: str, path: str, session: str = "") -> int:
        """The status with which the web host answers somebody on another host."""
        address = self.hosts.address(WEB)
        return int(
            self.run(SERVERS, "-m", "tests.services.press", method, address, str(WEB_PORT), path, session)
        )

    def stop(self) -> None:
        """End everything, the servers last."""
        for name in reversed(list(self.children)):
            self.children[name].stop(is_hurried=lambda: True)
        self.guardian.close()

    # --- looking -----------------------------------------------------------------------------------

    def count(self, what: str) -> int:
        """A number from the database, asked past the network."""
        with psycopg.connect(
            f"host={self.folder / 'cluster'} user={cluster.OWNER} dbname={cluster.DATABASE}"
        ) as server:
            row = server.execute(what).fetchone()
        assert row is not None
        return int(row[0])

    def made(self) -> int:
        """How many diplomas are made."""
        return self.count("select count(*) from certificates_document")

    def running(self) -> int:
        """How many somebody has in hand."""
        return self.count("select count(*) from certificates_job where state = 'running'")

    def answers(self, worker: str) -> bool:
        """Does this worker answer a ping from the servers' host?"""
        words = [
            "-m",
            "celery",
            "--app",
            "cms",
            "inspect",
            "ping",
            "--timeout",
            "2",
            "-d",
            f"{worker}@{worker}",
        ]
        done = subprocess.run(
            [*self.hosts.enter(SERVERS), sys.executable, *words],
            env=self.environment(SERVERS),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def wait(self, is_so: Callable[[], bool], seconds: float, what: str, pause: float = 0.1) -> None:
        """Wait for it, or fail with the end of every log."""
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                logs = [f"--- {path.name}\n{path.read_text()[-1500:]}" for path in self.folder.glob("*.log")]
                pytest.fail(f"Waited {seconds} s in vain for {what}.\n" + "\n".join(logs))
            time.sleep(pause)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """Four hosts, or a line that says why there are none."""
    made = Hosts((SERVERS, WEB, FIRST, SECOND))
    try:
        made.lay()
    except (subprocess.CalledProcessError, FileNotFoundError, PermissionError) as error:
        made.clear()
        told = getattr(error, "stderr", "") or str(error)
        pytest.skip(f"no network namespaces here (Linux, root and iproute2 are needed): {told.strip()}")
    yield made
    made.clear()


@pytest.fixture
def town(hosts: Hosts) -> Iterator[Town]:
    """Database, broker and storage on the first host; nothing on the others yet."""
    folder = Path(tempfile.mkdtemp(prefix="hosts-", dir="/tmp"))  # short: a socket lies in it
    made = Town(hosts, folder)
    try:
        serve(made)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def serve(town: Town) -> None:
    """Start the three servers and wait for them."""
    here, lies = town.hosts.address(SERVERS), town.folder / "cluster"
    for host in town.hosts.names:
        town.data_dir(host).mkdir()
    cluster.lay(lies)
    with (lies / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {here}/24 trust\n")
    given = {"listen_addresses": here, "unix_socket_directories": str(lies), "fsync": "off"}
    options = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
    town.start(
        SERVERS,
        "database",
        [*cluster.as_owner(), str(cluster.programs() / "postgres"), "-D", str(lies), *options],
    )
    binary = broker.server_binary()
    assert binary is not None
    (town.folder / "broker").mkdir()
    valkey = broker.command(binary, folder=town.folder / "broker", path=town.folder / "valkey.sock")
    valkey += ["--port", "6379", "--bind", here, "--protected-mode", "no"]
    town.start(SERVERS, "broker", valkey)
    town.start(SERVERS, "storage", [sys.executable, "-m", "moto.server", "--host", here, "--port", "5000"])
    town.wait(lambda: is_up(lies), 30, "the database")
    with psycopg.connect(f"host={lies} user={cluster.OWNER} dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {cluster.DATABASE}")


def is_up(lies: Path) -> bool:
    try:
        psycopg.connect(f"host={lies} user={cluster.OWNER} dbname=postgres").close()
    except psycopg.Error:
        return False
    return True


def open_for_work(town: Town) -> dict[str, Any]:
    """Rows and keys, then web and beat on one host, a worker on each of two others."""
    told: dict[str, Any] = json.loads(town.work(f"lay({BATCH})"))
    for host in (WEB, FIRST, SECOND):  # the keys are carried from host to host, as docs/keys.md says
        shutil.copytree(town.data_dir(SERVERS) / "keys", town.data_dir(host) / "keys")
        shutil.copy(town.data_dir(SERVERS) / "secret.key", town.data_dir(host))
    options = Options(data_dir=town.data_dir(WEB), host="0.0.0.0", port=WEB_PORT, broker_url=None)
    town.start(WEB, "web", web_command(options))
    town.start(WEB, "beat", beat_command(options))
    for name in (FIRST, SECOND):
        # Loaded before the pool forks: on a busy machine loading it could take longer than a diploma may.
        words = ["--include", "weasyprint", "--hostname", f"{name}@{name}"]
        town.start(name, name, [*worker_command(), *words])
    town.wait(lambda: town.press("GET", "/health/") == 200, 120, "the web host")
    for name in (FIRST, SECOND):
        town.wait(lambda name=name: town.answers(name), 120, name)  # type: ignore[misc]  # bound at once
    return told


def test_a_worker_host_is_cut_off_in_mid_batch_and_every_diploma_is_there_once(town: Town) -> None:
    told = open_for_work(town)
    assert town.press("POST", f"/admin/actas/{told['acta']}/issue/", told["session"]) == 302
    # Each host makes two at a time: with three in hand, the first host has at least one of them.
    town.wait(lambda: town.made() >= 4 and town.running() >= 3, 180, "work in both hands", pause=0.005)
    town.hosts.cut(FIRST)
    made_before = town.made()
    assert made_before < BATCH, "the batch was too small to be cut in its middle"
    assert not town.answers(FIRST)
    taken_over = "select count(*) from certificates_job where attempts > 1"
    town.wait(lambda: town.count(taken_over) > 0, 90, "what the lost host held to be taken back")
    town.hosts.mend(FIRST)
    town.wait(lambda: town.made() == BATCH and town.running() == 0, 300, "the whole batch")
    town.wait(lambda: town.answers(FIRST), 90, "the host that was cut off", pause=1)
    found = json.loads(town.work("account()"))
    assert found["wrong"] == []
    assert (found["certificates"], found["documents"], found["issued"]) == (BATCH, BATCH, BATCH)
    assert found["jobs"] == {"done": BATCH}
    town.run(SERVERS, "manage.py", "audit_log", "--deep")  # fails when anything disagrees
