"""The queue is only a bell: what waits stands in the rows, and a sweep rings again for what was not heard."""

import logging

from celery import current_app

LISTS = "courses.tasks.bring_in"
COURSES = "courses.tasks.carry_course"
EXPIRES = 60  # seconds
SHORT_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

log = logging.getLogger(__name__)


def ring(task: str, number: int) -> bool:
    """Ask a worker to go on with a row; whether the bell rang. Never raises. It carries no name."""
    try:
        current_app.send_task(task, args=[number], retry=True, retry_policy=SHORT_RETRY, expires=EXPIRES)
    except Exception as error:  # whatever a broker's client raises, the sweep rings again
        log.warning("bell of %s for %s not rung: %s", task, number, type(error).__name__)
        return False
    return True
