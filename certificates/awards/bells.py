"""The queue is only a bell: it says that there is work, not which. What there is stands in the rows."""

import logging

from celery import current_app
from django.conf import settings

WORK = "certificates.tasks.work"
EXPIRES = 60  # seconds: a bell that nobody heard by then is rung again by the sweep; it must not pile up
SHORT_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

log = logging.getLogger(__name__)


def ring(jobs: int = 1, *, expires: int = EXPIRES) -> int:
    """Ring for so many jobs, at most RENDER_BELLS times: each bell wakes one process, which goes on.

    Never raises: when the broker is down, the sweep rings again. Returns how many bells rang.
    """
    wanted = min(jobs, settings.RENDER_BELLS)
    for rung in range(wanted):
        try:
            current_app.send_task(WORK, retry=True, retry_policy=SHORT_RETRY, expires=expires)
        except Exception as error:  # whatever a broker's client raises, the award stands
            log.warning("bell not rung: %s", type(error).__name__)
            return rung
    return wanted
