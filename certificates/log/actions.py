"""Appending to the log, publishing its head, sending the head to the witnesses."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from certificates import payload
from certificates.keys import custody
from certificates.log import checkpoint, emails, merkle
from certificates.log.models import HeadMail, LogEntry, LogNode, LogState, TreeHead, Witness
from courses.api import Deed, note

VERSION = 1
MAIL = "certificates.tasks.mail_head"
PUBLISH_EVERY = timedelta(days=1)
MAIL_LEASE = timedelta(minutes=2)  # longer than a task may take
FIRST_WAIT = timedelta(minutes=10)
SWEEP_LIMIT = 200
BELL_EXPIRES = 60
SHORT_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

log = logging.getLogger(__name__)


class NoTransaction(Exception):
    """A mistake in code: a leaf outside the transaction of its act could outlive the act, or be lost."""


def append(type: str, *, award: UUID, pdf_sha256: str = "", vc_sha256: str = "", at: datetime) -> LogEntry:
    """Add a leaf, in the transaction of what it records; make it the last thing that transaction does.

    The state row is locked until the transaction ends (SQLite: `BEGIN IMMEDIATE` did it before), so leaves
    stand one behind the other without gaps. At most four queries. Raises IntegrityError the second time for
    the same award and type, and the whole act must then be undone.
    """
    if not connection.in_atomic_block:
        raise NoTransaction
    state = _locked_state()
    leaf = leaf_bytes(type, award=award, pdf_sha256=pdf_sha256, vc_sha256=vc_sha256, at=at)
    digest = merkle.leaf_hash(leaf)
    frontier, completed = merkle.grow([bytes.fromhex(one) for one in state.frontier], state.size, digest)
    entry = LogEntry.objects.create(
        index=state.size,
        type=type,
        award=award,
        leaf=leaf.decode(),
        leaf_hash=digest.hex(),
        pdf_sha256=pdf_sha256,
        vc_sha256=vc_sha256,
        at=at,
    )
    if completed:
        LogNode.objects.bulk_create(
            LogNode(level=level, index=index, hash=subtree.hex()) for (level, index), subtree in completed
        )
    LogState.objects.filter(pk=state.pk).update(
        size=state.size + 1, frontier=[subtree.hex() for subtree in frontier]
    )
    return entry


def leaf_bytes(type: str, *, award: UUID, pdf_sha256: str, vc_sha256: str, at: datetime) -> bytes:
    """The canonical JSON that is hashed: never a folio, a code or a name."""
    return payload.canonical(
        {
            "v": VERSION,
            "type": str(type),
            "award": str(award),
            "pdf_sha256": pdf_sha256,
            "vc_sha256": vc_sha256,
            "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _locked_state() -> LogState:
    """The one row, made with the first leaf; whoever comes second waits here."""
    states = LogState.objects.select_for_update()
    state = states.first()
    if state is not None:
        return state
    LogState.objects.get_or_create(pk=1)
    return states.get(pk=1)


@transaction.atomic
def publish_head(at: datetime) -> TreeHead | None:
    """Sign how far the log has grown and have it mailed to every witness; None if it has not grown.

    Raises `custody.KeyMissing`. Two at once publish one head.
    """
    state = LogState.objects.select_for_update().first()
    if state is None or state.size == 0 or TreeHead.objects.filter(size__gte=state.size).exists():
        return None
    signer = custody.signer(custody.Purpose.LOG, at)
    assert isinstance(signer.private, Ed25519PrivateKey)  # custody makes and loads no other for the log
    root = merkle.root_of_frontier([bytes.fromhex(one) for one in state.frontier])
    signed = checkpoint.sign(checkpoint.Checkpoint(settings.LOG_ORIGIN, state.size, root), signer.private)
    head = TreeHead.objects.create(
        size=state.size, root_hash=root.hex(), note=signed, key=signer.row, signed_at=at
    )
    note(Deed.HEAD_SIGNED, about=head, by=None, at=at, count=head.size, purpose="log")
    mails = HeadMail.objects.bulk_create(
        HeadMail(head=head, witness=witness, run_after=at)
        for witness in Witness.objects.filter(is_active=True)
    )
    transaction.on_commit(partial(ring, [mail.pk for mail in mails]), robust=True)
    log.info("tree head %d published", head.size)
    return head


def publish_if_due(now: datetime) -> TreeHead | None:
    """Publish once a day, and at once when nothing was ever published. Raises `custody.KeyMissing`."""
    if TreeHead.objects.filter(signed_at__gt=now - PUBLISH_EVERY).exists():
        return None
    return publish_head(now)


def ring(mail_ids: Iterable[int]) -> None:
    """Tell the workers to send. Never raises: when the broker is down, the sweep will ring again."""
    for mail_id in mail_ids:
        try:
            current_app.send_task(
                MAIL, (mail_id,), retry=True, retry_policy=SHORT_RETRY, expires=BELL_EXPIRES
            )
        except Exception as error:  # whatever a broker's client raises, the row stands
            log.warning("mail %s not rung: %s", mail_id, type(error).__name__)
            return


def sweep_mails(now: datetime) -> None:
    """Ring for every mail that is due."""
    ring(HeadMail.objects.due(now).order_by("run_after").values_list("pk", flat=True)[:SWEEP_LIMIT])


def mail_head(mail_id: int, now: datetime) -> bool:
    """Send one head to one witness, unless it was sent, is being sent, or is not due; True if sent now.

    A worker that dies between the mail server's «accepted» and our row sends it again: the message carries
    the same Message-ID, by which mail programs know it.
    """
    mail = HeadMail.objects.due(now).select_related("head", "witness").filter(pk=mail_id).first()
    if mail is None:
        return False
    is_mine = (
        HeadMail.objects.due(now)
        .filter(pk=mail_id, attempts=mail.attempts)
        .update(attempts=mail.attempts + 1, run_after=now + MAIL_LEASE)
    )
    if not is_mine:
        return False
    error = emails.send_head(mail)
    if error is None:
        HeadMail.objects.filter(pk=mail_id).update(sent_at=now, last_error="")
        return True
    wait = FIRST_WAIT * 2**mail.attempts
    HeadMail.objects.filter(pk=mail_id).update(last_error=error, run_after=now + wait)
    return False


def try_again(mail: HeadMail, now: datetime) -> None:
    """Have an unsent mail sent now, with all its attempts."""
    HeadMail.objects.filter(pk=mail.pk, sent_at=None).update(attempts=0, run_after=now, last_error="")
    transaction.on_commit(partial(ring, [mail.pk]), robust=True)
