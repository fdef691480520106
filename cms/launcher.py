"""`make run` ends here: broker, preparation, worker, beat and web server under one manager, until Ctrl-C.

Asked by the environment: PORT (8000), HOST (127.0.0.1), DATA_DIR (var/), DATABASE_URL (SQLite in DATA_DIR),
BROKER_URL (an own Valkey in DATA_DIR). Exit code 0 after a wished-for stop, 1 when it cannot run, 2 for a
wrong call.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cms.process import broker
from cms.process.child import Child, die_with_parent
from cms.process.guardian import Guardian
from cms.process.manager import Manager, StopRequested, answers, say
from cms.process.options import ROOT, Options, Refusal, check_port, claim, read

WORKER_GRACE, GRACE = 20.0, 10.0  # seconds to end in, then they are killed


class Launcher:
    """Promotora on one box."""

    def __init__(self, options: Options, lock: int) -> None:
        self.options = options
        self.guardian = Guardian(lock)
        self.manager = Manager(self.guardian)
        self.begun = time.monotonic()
        self.env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.env |= {
            "DATA_DIR": str(options.data_dir),
            "HOST": options.host,
            "PORT": str(options.port),
            "PYTHONUNBUFFERED": "1",
        }
        self.env.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")

    def run(self) -> int:
        """Start everything, keep it running, stop it in order: worker, beat, web, broker."""
        self.manager.listen()
        try:
            self.guardian.look_after()
            self.start()
            self.announce()
            self.manager.supervise()
        except StopRequested:
            say()
        finally:
            self.manager.stop()
            broker.clear_short_folder(self.options.data_dir)
        return 0

    def start(self) -> None:
        """Broker, then preparation, then web, beat and worker together. Raises Refusal."""
        self.start_broker()
        say("Preparing the database and the demo school (longer the first time) …")
        prepare = self.child("prepare", [sys.executable, "manage.py", "prepare"], GRACE, is_kept=False)
        self.manager.run_once(prepare, "The database could not be prepared.")
        say("Starting the worker and the web server …")
        web = self.child("web", web_command(self.options), GRACE)
        self.manager.keep(web)
        self.manager.keep(self.child("beat", beat_command(self.options), GRACE))
        self.manager.keep(self.child("worker", worker_command(), WORKER_GRACE))
        self.manager.wait_until(lambda: answers(self.options), web, "The web server does not start.")

    def start_broker(self) -> None:
        """An own Valkey, unless somebody else's broker is named by BROKER_URL."""
        if self.options.broker_url:
            self.env["BROKER_URL"] = self.options.broker_url
            return
        binary = broker.server_binary()
        if binary is None:
            raise Refusal("No Valkey for this machine. Type: apt install redis-server  (or set BROKER_URL)")
        folder = self.options.data_dir / "broker"
        path = broker.socket_path(self.options.data_dir)
        self.env["BROKER_URL"] = broker.url(path)
        say("Starting the broker …")
        command = broker.command(binary, folder=folder, path=path)
        child = self.child("broker", command, GRACE, repair=lambda: broker.set_aside(folder))
        self.manager.keep(child)
        self.manager.wait_until(lambda: broker.is_ready(path), child, "The broker does not start.")

    def announce(self) -> None:
        """The address and the demo accounts."""
        say(f"\nPromotora is running ({time.monotonic() - self.begun:.1f} s):  {self.options.address}\n")
        for line in account_table(self.options.data_dir / "demo-accounts.txt"):
            say(line)
        say(f"Logs: {self.options.data_dir / 'log'}   Stop: Ctrl-C")

    def child(
        self,
        name: str,
        command: list[str],
        grace: float,
        *,
        repair: Callable[[], None] | None = None,
        is_kept: bool = True,
    ) -> Child:
        """A child with the common surroundings."""
        return Child(
            name,
            command,
            env=self.env,
            cwd=ROOT,
            log=self.options.data_dir / "log" / f"{name}.log",
            guardian=self.guardian,
            grace=grace,
            repair=repair,
            is_kept=is_kept,
        )


def worker_command() -> list[str]:
    """Two prefork processes."""
    return [
        *(sys.executable, "-m", "celery", "--app", "cms", "worker"),
        *("--concurrency", "2", "--pool", "prefork", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]


def beat_command(options: Options) -> list[str]:
    """The scheduler, a child of its own: inside a worker nobody would notice that it was killed."""
    return [
        *(sys.executable, "-m", "celery", "--app", "cms", "beat", "--loglevel", "INFO"),
        *("--schedule", str(options.data_dir / "beat-schedule"), "--pidfile", ""),
    ]


def web_command(options: Options) -> list[str]:
    """Two web processes of two threads; one that dies is started again."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "cms.wsgi:application"),
        *("--host", options.host or "0.0.0.0", "--port", str(options.port)),  # nosec B104 -- the phones of a class reach it
        *("--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "5", "--no-ws"),
    ]


def account_table(path: Path) -> list[str]:
    """The demo accounts as aligned lines: role, user name, password. Empty when there are none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    accounts = [line.split("\t")[:3] for line in text.splitlines() if line.count("\t") >= 2]
    if not accounts:
        return []
    rows = [["role", "user name", "password"], *accounts]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    return [*(line.rstrip() for line in lines), ""]


def main(arguments: list[str]) -> int:
    """Check everything that can be checked, then run."""
    try:
        if arguments:
            raise Refusal("usage: make run [PORT=8000] [HOST=127.0.0.1] [DATA_DIR=var]", exit_code=2)
        options = read(os.environ)
        os.umask(0o077)  # personal data: nobody else on this machine reads what we write
        check_port(options.host, options.port)
        if "MAKELEVEL" in os.environ:  # a killed `make run` cannot pass anything on
            die_with_parent(signal.SIGTERM)
        return Launcher(options, claim(options.data_dir)).run()
    except Refusal as refusal:
        print(f"Promotora: {refusal}", file=sys.stderr)
        return refusal.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
