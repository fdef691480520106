"""The Celery application: one queue, every task takes ids and calls an action."""

import ctypes
import logging.config
import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_process_init
from django.conf import settings

from cms.monitoring import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
# Celery would run Django's checks and throw their outcome away: they import every screen of the admin, 25 MB.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("promotora")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PR_SET_PDEATHSIG = 1  # prctl(2): the signal a process gets when its parent dies


@worker_process_init.connect
def die_with_parent(**_kwargs: Any) -> None:
    """Let no pool process outlive its worker, however the worker ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@setup_logging.connect
def log_as_the_site_does(**_kwargs: Any) -> None:
    """Workers and beat write lines as the web process does; Celery's own format would quote exceptions."""
    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def pass_on(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    """Let the lines of a task bear the id of the request that rang for it."""
    if headers is not None and (request_id := trace.current.get()):
        headers["request_id"] = request_id


@task_prerun.connect
def begin_task(task_id: str = "", task: Any = None, **_kwargs: Any) -> None:
    """From here on lines bear the id of the request, or of the task where a clock rang."""
    trace.current.set(trace.id_from(task.request.get("request_id") or task_id))
    trace.task.set(task.name)


@task_postrun.connect
def end_task(**_kwargs: Any) -> None:
    """What the process does next is nobody's task."""
    trace.current.set("")
    trace.task.set("")
