"""What the workers do: an action called. Each task may run twice and the second changes nothing."""

import time
import uuid

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from certificates.audit import actions as audit_actions
from certificates.awards import bells, jobs, legal_names
from certificates.credentials import status
from certificates.log import actions as log_actions

AUDIT_SECONDS = 1800  # a hundred thousand entries take far less


@shared_task(name=bells.WORK)
def work() -> None:
    """Make diploma after diploma for a while, the urgent ones first; ring again when more may wait."""
    started = time.monotonic()
    while (claimed := jobs.claim_next(timezone.now())) is not None:
        if not jobs.make(claimed):
            return  # every diploma would meet the same obstacle; the sweep rings later
        if time.monotonic() - started >= settings.RENDER_SLICE_SECONDS:
            bells.ring()
            return


@shared_task(name="certificates.tasks.render")
def render(certificate_id: str) -> None:
    """Make the PDF of one certificate, unless it is made, being made, or not due."""
    claimed = jobs.claim(uuid.UUID(certificate_id), timezone.now())
    if claimed is not None:
        jobs.make(claimed)


@shared_task(name="certificates.tasks.sweep")
def sweep() -> None:
    """Take back what dead workers held, and ring for what waits unheard."""
    jobs.sweep(timezone.now())


@shared_task(name="certificates.tasks.sign_status_lists")
def sign_status_lists() -> None:
    """Sign the status lists that are new, changed where no key was, or a day old."""
    status.refresh(timezone.now())


@shared_task(name="certificates.tasks.tend_log")
def tend_log() -> None:
    """Publish the log's head once a day, and ring for the mails that carry it."""
    now = timezone.now()
    log_actions.sweep_mails(now)
    log_actions.publish_if_due(now)


@shared_task(name=log_actions.MAIL)
def mail_head(mail_id: int) -> None:
    """Send one head to one witness, unless it was sent or is not due."""
    log_actions.mail_head(mail_id, timezone.now())


@shared_task(name="certificates.tasks.forget_legal_names")
def forget_legal_names() -> None:
    """Erase the legal names that no diploma needs any more."""
    legal_names.sweep(timezone.now())


@shared_task(name="certificates.tasks.audit_log", time_limit=AUDIT_SECONDS)
def audit_log() -> None:
    """Check the log from its first leaf on and keep what was found; if all agrees, clear what crashes left.

    Where something disagrees nothing puts itself right: a person looks first.
    """
    if audit_actions.audit(timezone.now()).is_clean:
        audit_actions.reconcile(timezone.now(), is_applied=True)
