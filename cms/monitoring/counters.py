"""What processes count as it happens: requests, answers, tasks. Prometheus reads the sum over all processes.

Each process writes a file of its own (`METRICS_DIR`), named after a slot that it holds locked while it lives.
Whoever comes after a dead process takes its slot and counts on, so that nothing is lost and nothing piles up.
No label holds what a visitor sends: routes have names, methods are the known ones.
"""

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

from courses import occurrences as happenings

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
TASK_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600)
MOST_SLOTS = 1000
log = logging.getLogger(__name__)


class Slot:
    """A number that no other living process on this machine has; another one after a fork."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process, self._name, self._lock = 0, "", -1

    def __call__(self) -> str:
        """Its name; the lock lasts as long as this process."""
        if self._process != os.getpid():
            if self._lock >= 0:
                os.close(self._lock)  # the parent's; its own hold on the slot stays
            self._process, self._name = os.getpid(), self._claim()
        return self._name

    def _claim(self) -> str:
        for number in range(MOST_SLOTS):
            lock = os.open(self.folder / f"slot-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                continue
            self._lock = lock
            return f"slot-{number}"
        return f"process-{os.getpid()}"


def _share(folder: Path) -> bool:
    """Have every counter written to `folder`. False where that cannot be: a process counts for itself."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        slot = Slot(folder)
        slot()
    except OSError as error:
        log.warning("figures are not shared between processes: %s", type(error).__name__)
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue(slot)  # type: ignore[no-untyped-call]  # untyped there
    return True


is_shared = _share(Path(settings.METRICS_DIR))
registry = CollectorRegistry()

requests = Counter(
    "promotora_requests", "Requests answered", ["method", "route", "status"], registry=registry
)
request_seconds = Histogram(
    "promotora_request_seconds", "Time to answer", ["route"], registry=registry, buckets=SECONDS
)
occurrences = Counter(
    "promotora_occurrences", "What happened, by kind and outcome", ["kind", "outcome"], registry=registry
)
tasks = Histogram(
    "promotora_task_seconds",
    "Time that tasks take",
    ["task", "outcome"],
    registry=registry,
    buckets=TASK_SECONDS,
)


def count(kind: str, outcome: str) -> None:
    """Something happened (courses/occurrences.py)."""
    with suppress(OSError, ValueError):  # a full disk: figures must not cost an answer
        occurrences.labels(kind, outcome).inc()


def listen() -> None:
    """Count from now on what happens in this process."""
    if count not in happenings.listeners:
        happenings.listeners.append(count)


def collected() -> CollectorRegistry:
    """The counters of all processes of this machine."""
    if not is_shared:
        return registry
    together = CollectorRegistry()
    MultiProcessCollector(together, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]  # untyped there
    return together
