"""Settings of the queue and its clock: a part of base.py, which takes them all in."""

from typing import Any

from celery.schedules import crontab

# --- Celery: the queue is only a bell, the row is the truth ---------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30  # seconds; a diploma takes a fraction of one
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KiB, some 199 MB: Pango and HarfBuzz keep a few KB of each document. A process that has grown so far ends
# after its task, and a fresh one takes its place.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 194_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = 10
HEARTBEAT_SECONDS = 60  # how often the clock says that it lives
PUBLISH_SECONDS = 60  # how often to look whether a page was scheduled for now
STATUS_SECONDS = 60  # how often to look whether a status list must be signed: new, changed, or a day old
LOG_SECONDS = 300  # how often to look whether a head is due (once a day) or a mail to a witness


def _every(seconds: int, task: str) -> dict[str, Any]:
    """So many seconds apart; a bell that nobody heard by the next one is forgotten."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def _at(minute: int, task: str, *, hour: int | None = None) -> dict[str, Any]:
    """Once a day in UTC (8 to 10 is before dawn in Mexico), or once an hour; forgotten after one."""
    when = crontab(minute=minute) if hour is None else crontab(minute=minute, hour=hour)
    return {"task": task, "schedule": when, "options": {"expires": 3600}}


CELERY_BEAT_SCHEDULE = {
    "note-heartbeat": _every(HEARTBEAT_SECONDS, "cms.monitoring.tasks.note_heartbeat"),
    "sweep-render-jobs": _every(SWEEP_SECONDS, "certificates.tasks.sweep"),
    "sweep-imports": _every(SWEEP_SECONDS, "courses.tasks.sweep_imports"),
    "publish-scheduled": _every(PUBLISH_SECONDS, "courses.tasks.publish_scheduled"),
    "note-links": _at(41, "courses.tasks.note_links", hour=8),
    "ask-links": _at(23, "courses.tasks.ask_links"),
    "sweep-courses": _every(SWEEP_SECONDS, "courses.tasks.sweep_courses"),
    "sign-status-lists": _every(STATUS_SECONDS, "certificates.tasks.sign_status_lists"),
    "tend-log": _every(LOG_SECONDS, "certificates.tasks.tend_log"),
    "audit-log": _at(17, "certificates.tasks.audit_log", hour=9),
    "retain": _at(7, "cms.retention.tasks.retain", hour=10),
    "chain-trail": _every(SWEEP_SECONDS, "courses.tasks.chain_trail"),
    "check-trail": _at(32, "courses.tasks.check_trail", hour=9),
    "forget-legal-names": _at(47, "certificates.tasks.forget_legal_names", hour=9),
}
REDIS_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
