"""The queue is only a bell: what waits stands in the rows, and a sweep rings again for what was not heard."""

import logging

from celery import current_app

WORK = "courses.tasks.bring_in"
EXPIRES = 60  # seconds
SHORT_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

log = logging.getLogger(__name__)


def ring(batch_id: int) -> bool:
    """Ask a worker to go on with a list; whether the bell rang. Never raises. It carries no name."""
    try:
        current_app.send_task(WORK, args=[batch_id], retry=True, retry_policy=SHORT_RETRY, expires=EXPIRES)
    except Exception as error:  # whatever a broker's client raises, the sweep rings again
        log.warning("bell for list %s not rung: %s", batch_id, type(error).__name__)
        return False
    return True
