"""The heartbeat that goes all the way round (clock, broker, worker, database), and how long tasks take."""

import time
from contextlib import suppress
from typing import Any

from celery import shared_task
from celery.signals import task_postrun, task_prerun
from django.utils import timezone

from cms.monitoring import actions, counters

_begun: dict[str, float] = {}


@shared_task
def note_heartbeat() -> None:
    """The clock rang, the broker carried it, a worker heard it."""
    actions.note_heartbeat(name=actions.BEAT, at=timezone.now())


@task_prerun.connect
def begin(task_id: str = "", **_kwargs: Any) -> None:
    """Look at the clock."""
    counters.listen()
    _begun[task_id] = time.perf_counter()


@task_postrun.connect
def end(task_id: str = "", task: Any = None, state: str | None = None, **_kwargs: Any) -> None:
    """Note how long it took, and whether it succeeded."""
    begun = _begun.pop(task_id, None)
    if begun is not None:
        outcome = "success" if state == "SUCCESS" else "failure"
        with suppress(OSError, ValueError):
            counters.tasks.labels(task.name, outcome).observe(time.perf_counter() - begun)
