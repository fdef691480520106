"""The Celery application: one queue, every task takes ids and calls an action."""

import ctypes
import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

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
