"""What the workers do: ids in, an action called. Each task may run twice and the second changes nothing."""

import logging
import uuid

from celery import shared_task
from django.utils import timezone

from certificates import jobs
from certificates.rendering import LibrariesMissing

log = logging.getLogger(__name__)


@shared_task(name=jobs.RENDER)
def render(certificate_id: str) -> None:
    """Make the PDF of one certificate, unless it is made, being made, or not due."""
    claimed = jobs.claim(uuid.UUID(certificate_id), timezone.now())
    if claimed is None:
        return
    try:
        jobs.finish(claimed, jobs.produce(claimed), timezone.now())
    except LibrariesMissing:
        jobs.put_back(claimed, timezone.now())
        log.warning("diploma %s waits for the libraries of WeasyPrint", certificate_id)
    except Exception as error:
        log.exception("diploma %s failed, attempt %d", certificate_id, claimed.attempts)
        jobs.fail(claimed, error, timezone.now())


@shared_task(name="certificates.tasks.sweep")
def sweep() -> None:
    """Ring again for every diploma whose bell was lost."""
    jobs.sweep(timezone.now())
