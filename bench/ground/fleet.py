"""Real processes for measurements: broker, workers by name, web server, on the throw-away DATA_DIR."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from celery import Celery

from bench.ground import DATA_DIR
from cms.launcher import worker_command
from cms.process.manager import answers
from tests.stack import Stack, processes_of_group

AS_ALWAYS = (sys.executable, "-m", "celery", "--app", "cms")


class Fleet(Stack):
    """The box of the tests, with any number of workers and room for other servers."""

    def __init__(
        self, *, settings_module: str = "cms.settings.dev", env: Mapping[str, str] | None = None
    ) -> None:
        """On the database of this process; what its processes leave behind lies in `scratch`."""
        self.scratch = Path(DATA_DIR) / "scratch"
        self.scratch.mkdir(exist_ok=True)
        super().__init__(
            Path(DATA_DIR),
            database_url=os.environ.get("DATABASE_URL"),
            settings_module=settings_module,
            env={"TMPDIR": str(self.scratch), **(env or {})},
        )

    def start(self, name: str, command: list[str], is_ready: Callable[[], bool] | None = None) -> None:
        """Start any command as a child, and wait until it is ready."""
        self._start(name, command)
        if is_ready is not None:
            self.wait_until(is_ready, 60, name)

    def start_group(
        self,
        name: str,
        *,
        processes: int = 2,
        entry: Sequence[str] = AS_ALWAYS,
        is_awaited: bool = True,
    ) -> None:
        """A worker as on a host of its own, with a node name of its own."""
        command = worker_command()
        command[command.index("--concurrency") + 1] = str(processes)
        command = [*entry, *command[len(AS_ALWAYS) :], "--hostname", f"{name}@bench"]
        self.start(name, command, (lambda: self.group_answers(name)) if is_awaited else None)

    def group_answers(self, name: str) -> bool:
        """Does the worker of this name answer a ping?"""
        asker = Celery(broker=self.broker_url, set_as_current=False)
        with contextlib.closing(asker), asker.connection_for_write() as line:
            broken: tuple[type[BaseException], ...] = (OSError, *line.connection_errors)
            try:
                return bool(asker.control.ping([f"{name}@bench"], timeout=1.0, connection=line))
            except broken:
                return False

    def web_answers(self) -> bool:
        """Does the site answer?"""
        return answers(self._options)

    def is_running(self, name: str) -> bool:
        """Was it started, and has nobody seen it end?"""
        return name in self._children and self._children[name].is_running

    def leader(self, name: str) -> int:
        """The process number of a running child."""
        return self._children[name].pid

    def fallen(self) -> list[str]:
        """Those that have just ended by themselves or by somebody's kill."""
        return [name for name, child in self._children.items() if child.is_running and child.reap()]

    def pool(self, name: str) -> list[int]:
        """The processes of a worker that do the work: those of its group but the leader."""
        leader = self.leader(name)
        return [pid for pid in processes_of_group(leader) if pid != leader]

    def end(self, name: str) -> None:
        """Ask one child to end and wait for it."""
        if name in self._children:
            self._children.pop(name).stop(is_hurried=lambda: False)

    def stop(self) -> None:
        """End everything, those started last first; what does not end is killed."""
        for name in reversed(list(self._children)):
            self.end(name)
        super().stop()


@contextlib.contextmanager
def running(fleet: Fleet) -> Iterator[Fleet]:
    """The fleet with its broker; everything is ended when the block is left."""
    try:
        fleet.start_broker()
        with fleet.connected():
            yield fleet
    finally:
        fleet.stop()


def memory_mb(pid: int) -> float:
    """The resident memory of a process, in megabytes (10^6 bytes)."""
    for line in (Path("/proc") / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def cpu_seconds(pids: Iterable[int]) -> float:
    """The CPU time that these processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # user and system time: proc_pid_stat(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def wait(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Look until it is so. Raises SystemExit when it never is."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(0.05)
