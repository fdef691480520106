"""The rendering of certificates, safe against anything that dies: the row is the truth, the queue a bell.

A worker claims a job with a lease, renders outside any transaction into a file named after the lease,
and then marks it done in one short transaction — if the lease is still its own. A file of a lost
lease is thrown away by whoever learns of the loss: the late worker itself, or the one who claims next.
"""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.awards import bells, files, trouble
from certificates.awards.models import Certificate, Document, Job
from certificates.awards.production import Product, produce
from certificates.log import actions as log_actions
from certificates.log.models import LogEntry
from courses.api import Deed, note_for_later

SWEEP_LIMIT = 200
CHOICES = 5  # a claim picks among so many, so that workers on several hosts seldom want the same one
TRIES = 5
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
WAIT_FOR_OBSTACLE = timedelta(minutes=1)

log = logging.getLogger(__name__)
State = Job.State


@dataclass(frozen=True)
class Claim:
    """The right of one worker to render one certificate for a while."""

    job_id: int
    certificate: Certificate
    lease: uuid.UUID
    attempts: int

    @property
    def certificate_id(self) -> uuid.UUID:
        """The award."""
        return self.certificate.pk

    @property
    def path(self) -> str:
        """Where this claim's file goes."""
        return files.path_of(self.lease)


# --- claiming ---------------------------------------------------------------------------------------
def claim_next(now: datetime) -> Claim | None:
    """Take the next due job, single reissues before batches; None when nothing is due. Two queries."""
    for _try in range(TRIES):
        found = list(Job.objects.waiting(now).with_award()[:CHOICES])
        choices = [job for job in found if job.is_urgent == found[0].is_urgent]
        while choices:
            job = choices.pop(secrets.randbelow(len(choices)))
            if lease := _take(job, now):
                return Claim(job.pk, job.certificate, lease, job.attempts + 1)
        if not found:
            return None
    return None


def claim(certificate_id: uuid.UUID, now: datetime) -> Claim | None:
    """Take the job of one certificate if it is due and nobody holds it; None otherwise."""
    due = Job.objects.due(now).filter(attempts__lt=settings.RENDER_MAX_ATTEMPTS)
    job = due.filter(certificate_id=certificate_id).with_award().first()
    lease = _take(job, now) if job else None
    if job is None or lease is None:
        return None
    if job.lease:
        files.drop(files.path_of(job.lease))  # of a worker that died between its file and its row
    return Claim(job.pk, job.certificate, lease, job.attempts + 1)


def _take(job: Job, now: datetime) -> uuid.UUID | None:
    """Make a due job ours by a conditional update; None when somebody was quicker."""
    lease = uuid.uuid4()
    is_mine = (
        Job.objects.due(now)
        .filter(pk=job.pk, lease=job.lease)
        .update(
            state=State.RUNNING,
            lease=lease,
            attempts=F("attempts") + 1,
            run_after=now + timedelta(seconds=settings.RENDER_LEASE_SECONDS),
        )
    )
    return lease if is_mine else None


# --- making -----------------------------------------------------------------------------------------
def make(claimed: Claim) -> bool:
    """Render what was claimed and settle it; False when the next one would meet the same obstacle."""
    try:
        product = produce(claimed.certificate, claimed.path)
        finish(claimed, product, timezone.now())
    except trouble.OBSTACLES as error:
        put_back(claimed, error, timezone.now())
        log.warning("diploma %s waits: %s", claimed.certificate_id, type(error).__name__)
        return False
    except Exception as error:
        log.exception("diploma %s failed, attempt %d", claimed.certificate_id, claimed.attempts)
        fail(claimed, error, timezone.now())
    return True


def finish(claimed: Claim, product: Product, now: datetime) -> bool:
    """Mark the certificate issued; False, and the file is gone, when the lease is no longer this claim's."""
    with transaction.atomic():
        held = Job.objects.filter(pk=claimed.job_id, lease=claimed.lease, state=State.RUNNING)
        is_mine = held.update(state=State.DONE, lease=None, last_error="")
        if is_mine:
            Document.objects.create(
                certificate_id=claimed.certificate_id,
                path=claimed.path,
                pdf_sha256=product.pdf_sha256,
                vc_sha256=product.vc_sha256,
                size=product.size,
                issued_at=now,
            )
            note_for_later(Deed.KEY_USED, about=claimed.certificate, by=None, at=now, purpose="pdf")
            log_actions.append(
                LogEntry.Type.ISSUE,
                award=claimed.certificate_id,
                pdf_sha256=product.pdf_sha256,
                vc_sha256=product.vc_sha256,
                at=now,
            )
    if not is_mine:
        files.drop(claimed.path)
    return bool(is_mine)


def put_back(claimed: Claim, obstacle: Exception, now: datetime) -> None:
    """Queue again without counting the attempt: nothing is wrong with this diploma, something is missing."""
    _settle(
        claimed.job_id,
        claimed.lease,
        state=_queued_or_paused(claimed),
        attempts=F("attempts") - 1,
        run_after=now + WAIT_FOR_OBSTACLE,
        last_error=trouble.in_words(obstacle),
    )


def fail(claimed: Claim, error: Exception, now: datetime) -> None:
    """Record a failure in plain words: try again later, or give up when it would never succeed."""
    words = trouble.in_words(error)
    if isinstance(error, trouble.FINAL) or claimed.attempts >= settings.RENDER_MAX_ATTEMPTS:
        _settle(claimed.job_id, claimed.lease, state=State.FAILED, last_error=words)
        return
    wait = min(FIRST_WAIT * 2 ** (claimed.attempts - 1), LONGEST_WAIT)
    _settle(
        claimed.job_id,
        claimed.lease,
        state=_queued_or_paused(claimed),
        run_after=now + wait,
        last_error=words,
    )


def _queued_or_paused(claimed: Claim) -> State:
    """What was under way when its batch was paused waits with the batch."""
    siblings = Job.objects.filter(acta_id=claimed.certificate.acta_id, state=State.PAUSED)
    return State.PAUSED if siblings.exists() else State.QUEUED


def _settle(job_id: int, lease: uuid.UUID | None, **change: Any) -> None:
    """Change an unfinished job of this lease, whose file then belongs to nobody and goes."""
    unfinished = Job.objects.filter(pk=job_id, lease=lease, state=State.RUNNING)
    if unfinished.update(lease=None, **change) and lease:
        files.drop(files.path_of(lease))


# --- sweeping ---------------------------------------------------------------------------------------
def sweep(now: datetime) -> int:
    """Take work back from workers that died, and ring for what waits unheard. Returns how many bells rang.

    Costs the same however much is queued: it looks at what runs, and whether anything waits.
    """
    lost = Job.objects.filter(state=State.RUNNING, run_after__lte=now).order_by("run_after")
    for job in lost[:SWEEP_LIMIT]:
        if job.attempts < settings.RENDER_MAX_ATTEMPTS:
            _settle(job.pk, job.lease, state=State.QUEUED, run_after=now)
            continue
        words = _("The program stopped again and again while it made this diploma.")
        _settle(job.pk, job.lease, state=State.FAILED, last_error=words)
        log.error("diploma %s given up after %d attempts", job.certificate_id, job.attempts)
    if not Job.objects.waiting(now).exists():
        return 0
    at_work = Job.objects.filter(state=State.RUNNING)[: settings.RENDER_BELLS].count()
    return bells.ring(settings.RENDER_BELLS - at_work, expires=settings.SWEEP_SECONDS)
