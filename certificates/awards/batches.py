"""Holding a batch, letting it go on, and trying again what failed. Each act is one transaction."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actas.actions import require
from certificates.actas.models import Acta
from certificates.awards import access, bells
from certificates.awards.models import Job
from certificates.errors import Refused
from courses.api import Deed, note

State = Job.State


@transaction.atomic
def pause_batch(*, acta: Acta, by: Any) -> int:
    """Hold what waits; what a worker has in hand is finished. Raises Refused when nothing waits."""
    require(access.can_issue(by))
    paused = Job.objects.filter(acta=acta, state=State.QUEUED).update(state=State.PAUSED)
    if not paused:
        raise Refused(_("Nothing of this acta is waiting, so there is nothing to pause."))
    note(Deed.BATCH_PAUSED, about=acta, by=by, at=timezone.now(), count=paused)
    return paused


@transaction.atomic
def resume_batch(*, acta: Acta, by: Any, at: datetime) -> int:
    """Let it go on where it was held. Raises Refused when nothing is paused."""
    require(access.can_issue(by))
    resumed = Job.objects.filter(acta=acta, state=State.PAUSED).update(state=State.QUEUED, run_after=at)
    if not resumed:
        raise Refused(_("Nothing of this acta is paused."))
    note(Deed.BATCH_RESUMED, about=acta, by=by, at=at, count=resumed)
    transaction.on_commit(partial(bells.ring, resumed), robust=True)
    return resumed


@transaction.atomic
def retry_failed(*, acta: Acta, by: Any, at: datetime) -> int:
    """Queue anew whatever failed, with all its attempts. Raises Refused when nothing failed."""
    require(access.can_issue(by))
    queued = _queue_anew(Job.objects.filter(acta=acta), at)
    if not queued:
        raise Refused(_("Nothing of this acta failed."))
    note(Deed.BATCH_RETRIED, about=acta, by=by, at=at, count=queued)
    return queued


@transaction.atomic
def retry_one(*, job: Job, by: Any, at: datetime) -> None:
    """Queue one failed diploma anew, with all its attempts. Raises Refused when it is not failed any more."""
    require(access.can_issue(by))
    if not _queue_anew(Job.objects.filter(pk=job.pk), at):
        raise Refused(_("This diploma is not failed any more."))
    note(Deed.BATCH_RETRIED, about=job, by=by, at=at, award=job.certificate_id)


def _queue_anew(jobs: Any, at: datetime) -> int:
    queued: int = jobs.filter(state=State.FAILED).update(
        state=State.QUEUED, attempts=0, run_after=at, last_error=""
    )
    if queued:
        transaction.on_commit(partial(bells.ring, queued), robust=True)
    return queued
