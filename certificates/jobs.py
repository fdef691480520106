"""The rendering of certificates, safe against anything that dies: the row is the truth, the queue a bell.

A worker claims a job with a lease, renders outside any transaction into a file named after the lease,
and then marks it done in one short transaction — if the lease is still its own. A file of a lost
lease is thrown away by whoever learns of the loss: the late worker itself, or the one who claims next.
"""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from certificates import files, payload, rendering
from certificates.models import Document, Job

RENDER = "certificates.tasks.render"
SWEEP_LIMIT = 200
BELL_EXPIRES = 60  # a swept bell that nobody heard by then is rung again; it must not pile up
WAIT_FOR_LIBRARIES = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
SHORT_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

log = logging.getLogger(__name__)


class FactsAltered(Exception):
    """The payload in the row is not the one whose digest was stored when it was issued."""


@dataclass(frozen=True)
class Claim:
    """The right of one worker to render one certificate for a while."""

    job_id: int
    certificate_id: uuid.UUID
    lease: uuid.UUID
    attempts: int
    payload: dict[str, Any]
    digest: str

    @property
    def path(self) -> str:
        """Where this claim's file goes."""
        return files.path_of(self.lease)


def ring(certificate_ids: Iterable[uuid.UUID], *, expires: int | None = None) -> None:
    """Tell the workers. Never raises: when the broker is down, the sweep will ring again."""
    for certificate_id in certificate_ids:
        try:
            current_app.send_task(
                RENDER, (str(certificate_id),), retry=True, retry_policy=SHORT_RETRY, expires=expires
            )
        except Exception as error:  # whatever a broker's client raises, the award stands
            log.warning("bell not rung from %s on: %s", certificate_id, type(error).__name__)
            return


def sweep(now: datetime) -> int:
    """Ring for what is due and was not rung just now; give up what keeps killing its worker."""
    due = Job.objects.due(now)
    for job in due.filter(attempts__gte=settings.RENDER_MAX_ATTEMPTS):
        _settle(
            job.pk,
            job.lease,
            state=Job.State.FAILED,
            last_error=_("The program stopped again and again while it made this diploma."),
        )
        log.error("diploma %s given up after %d attempts", job.certificate_id, job.attempts)
    stale = due.filter(run_after__lte=now - timedelta(seconds=settings.SWEEP_SECONDS))
    waiting = stale.order_by("run_after").values_list("certificate_id", flat=True)[:SWEEP_LIMIT]
    ring(waiting, expires=BELL_EXPIRES)
    return len(waiting)


def claim(certificate_id: uuid.UUID, now: datetime) -> Claim | None:
    """Take the job of a certificate if it is due and nobody holds it; None otherwise."""
    due = Job.objects.due(now).filter(attempts__lt=settings.RENDER_MAX_ATTEMPTS)
    job = due.filter(certificate_id=certificate_id).select_related("certificate").first()
    if job is None:
        return None
    lease = uuid.uuid4()
    is_mine = due.filter(pk=job.pk, lease=job.lease, state=job.state).update(
        state=Job.State.RUNNING,
        lease=lease,
        attempts=F("attempts") + 1,
        run_after=now + timedelta(seconds=settings.RENDER_LEASE_SECONDS),
    )
    if not is_mine:
        return None
    if job.lease:
        files.drop(files.path_of(job.lease))  # of a worker that died between its file and its row
    certificate = job.certificate
    return Claim(
        job.pk, certificate_id, lease, job.attempts + 1, certificate.payload, certificate.payload_sha256
    )


def produce(claimed: Claim) -> rendering.Rendered:
    """Render and store the file of a claim. Long work: call it outside any transaction."""
    if payload.digest(claimed.payload) != claimed.digest:
        raise FactsAltered(str(claimed.certificate_id))
    rendered = rendering.render(claimed.payload)
    # The signature, the credential and the log entry of the next stage are made here, before the file.
    files.put(claimed.path, rendered.content)
    return rendered


def finish(claimed: Claim, rendered: rendering.Rendered, now: datetime) -> bool:
    """Mark the certificate issued; False, and the file is gone, when the lease is no longer this claim's."""
    with transaction.atomic():
        held = Job.objects.filter(pk=claimed.job_id, lease=claimed.lease, state=Job.State.RUNNING)
        is_mine = held.update(state=Job.State.DONE, lease=None, last_error="")
        if is_mine:
            Document.objects.create(
                certificate_id=claimed.certificate_id,
                path=claimed.path,
                pdf_sha256=rendered.sha256,
                size=len(rendered.content),
                issued_at=now,
            )
    if not is_mine:
        files.drop(claimed.path)
    return bool(is_mine)


def put_back(claimed: Claim, now: datetime) -> None:
    """Queue again without counting the attempt: nothing is wrong with this diploma, the libraries miss."""
    _settle(
        claimed.job_id,
        claimed.lease,
        state=Job.State.QUEUED,
        attempts=F("attempts") - 1,
        run_after=now + WAIT_FOR_LIBRARIES,
        last_error=str(rendering.LibrariesMissing()),
    )


def fail(claimed: Claim, error: Exception, now: datetime) -> None:
    """Record a failure in plain words: try again later, or give up when it would never succeed."""
    is_final = isinstance(error, FactsAltered | rendering.MissingGlyph)
    if is_final or claimed.attempts >= settings.RENDER_MAX_ATTEMPTS:
        _settle(claimed.job_id, claimed.lease, state=Job.State.FAILED, last_error=_in_words(error))
        return
    wait = min(FIRST_WAIT * 2 ** (claimed.attempts - 1), LONGEST_WAIT)
    _settle(
        claimed.job_id,
        claimed.lease,
        state=Job.State.QUEUED,
        run_after=now + wait,
        last_error=_in_words(error),
    )


def retry(job: Job, now: datetime) -> bool:
    """Queue a failed job anew, with all its attempts; False when it is not failed any more."""
    is_queued = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.QUEUED, attempts=0, run_after=now, last_error=""
    )
    if is_queued:
        transaction.on_commit(lambda: ring([job.certificate_id]), robust=True)
    return bool(is_queued)


def _settle(job_id: int, lease: uuid.UUID | None, **change: Any) -> None:
    """Change an unfinished job of this lease, whose file then belongs to nobody and goes."""
    unfinished = Job.objects.filter(pk=job_id, lease=lease).exclude(state=Job.State.DONE)
    if unfinished.update(**change) and lease:
        files.drop(files.path_of(lease))


def _in_words(error: Exception) -> str:
    """A failure for an administrator's eyes: what to do about it, and no name."""
    if isinstance(error, rendering.MissingGlyph):
        return str(error)
    if isinstance(error, FactsAltered):
        return _("The stored facts are not the ones that were issued. The diploma was not made.")
    if isinstance(error, OSError):
        return _("The diploma could not be stored: the disk is full or cannot be written.")
    return _("The diploma could not be made. The log of the worker says why.")
