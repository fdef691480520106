"""Leaves are appended with the act that they record, one behind the other, and never twice."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from certificates.audit.findings import Report
from certificates.audit.heads import check_heads, stored
from certificates.audit.tree import check_tree
from certificates.keys import custody
from certificates.log import actions, checkpoint, merkle
from certificates.log.models import HeadMail, LogEntry, LogNode, LogState, TreeHead, Witness
from certificates.log.views import verifier_keys
from certificates.records import IsFinal
from tests.certificates.log.conftest import DAY, NOON, Fill

pytestmark = pytest.mark.django_db


def leaves() -> list[bytes]:
    return [merkle.leaf_hash(entry.leaf.encode()) for entry in LogEntry.objects.all()]


def state_root() -> bytes:
    return merkle.root_of_frontier([bytes.fromhex(one) for one in LogState.objects.get().frontier])


def root_from_the_leaves() -> bytes:
    hashes = leaves()

    def lookup(level: int, index: int) -> bytes:
        if level == 0:
            return hashes[index]
        return merkle.node_hash(lookup(level - 1, 2 * index), lookup(level - 1, 2 * index + 1))

    return merkle.root(len(hashes), lookup)


def test_a_leaf_says_version_type_award_hashes_and_time_and_nothing_else() -> None:
    award = uuid.UUID("0b7f6c1e-0000-4000-8000-000000000001")
    entry = actions.append("issue", award=award, pdf_sha256="a" * 64, vc_sha256="b" * 64, at=NOON)
    assert entry.leaf == (
        '{"award":"0b7f6c1e-0000-4000-8000-000000000001","pdf_sha256":"' + "a" * 64 + '",'
        '"time":"2026-11-21T18:00:00Z","type":"issue","v":1,"vc_sha256":"' + "b" * 64 + '"}'
    )
    assert entry.leaf_hash == merkle.leaf_hash(entry.leaf.encode()).hex()
    assert set(json.loads(entry.leaf)) == {"v", "type", "award", "pdf_sha256", "vc_sha256", "time"}


def test_the_first_leaf_makes_the_state_and_stands_at_nought() -> None:
    entry = actions.append("issue", award=uuid.uuid4(), at=NOON)
    assert (entry.index, LogState.objects.get().size) == (0, 1)


def test_leaves_stand_one_behind_the_other_and_the_state_knows_their_root(fill: Fill) -> None:
    for size in range(1, 40):
        fill(1)
        assert state_root() == root_from_the_leaves()
        assert LogState.objects.get().size == size
    assert list(LogEntry.objects.values_list("index", flat=True)) == list(range(39))


def test_the_table_keeps_every_complete_subtree_once(fill: Fill) -> None:
    fill(37)
    expected = {(level, index) for level in range(1, 6) for index in range(37 >> level)}
    assert set(LogNode.objects.values_list("level", "index")) == expected


@pytest.mark.parametrize("before", [1, 2, 3, 7, 63, 64])
def test_appending_takes_at_most_four_queries_however_many_subtrees_it_completes(
    fill: Fill, before: int
) -> None:
    fill(before)
    with CaptureQueriesContext(connection) as queries:
        actions.append("issue", award=uuid.uuid4(), at=NOON)
    assert len(queries) <= 4


def test_the_same_event_of_an_award_cannot_be_logged_twice_and_leaves_the_log_as_it_was(fill: Fill) -> None:
    (entry,) = fill(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.append("issue", award=entry.award, at=NOON)
    assert LogState.objects.get().size == LogEntry.objects.count() == 1
    fill(1)
    assert state_root() == root_from_the_leaves()


def test_other_events_of_the_same_award_have_leaves_of_their_own(fill: Fill) -> None:
    (entry,) = fill(1)
    for type in ("countersign", "replace", "revoke"):
        actions.append(type, award=entry.award, at=NOON)
    assert LogEntry.objects.filter(award=entry.award).count() == 4


def test_an_act_that_fails_takes_its_leaf_with_it(fill: Fill) -> None:
    fill(3)
    before = LogState.objects.values().get()

    @transaction.atomic
    def act() -> None:
        actions.append("issue", award=uuid.uuid4(), at=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert LogState.objects.values().get() == before
    assert LogNode.objects.count() == 1
    assert LogEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_leaf_outside_a_transaction_is_refused() -> None:
    with pytest.raises(actions.NoTransaction):
        actions.append("issue", award=uuid.uuid4(), at=NOON)


def test_a_state_that_was_tampered_with_takes_no_more_leaves(fill: Fill) -> None:
    fill(3)
    LogState.objects.update(size=2)
    with pytest.raises(ValueError, match="not of a tree"):
        actions.append("issue", award=uuid.uuid4(), at=NOON)


def test_entries_and_heads_cannot_be_changed_or_deleted(fill: Fill) -> None:
    (entry,) = fill(1)
    head = actions.publish_head(NOON)
    assert head is not None
    for row in (entry, head):
        with pytest.raises(IsFinal):
            row.save()
        with pytest.raises(IsFinal):
            row.delete()
    with pytest.raises(IsFinal):
        LogEntry.objects.all().delete()
    with pytest.raises(IsFinal):
        TreeHead.objects.update(size=5)


# --- heads ----------------------------------------------------------------------------------------------


def test_a_head_is_a_checkpoint_signed_by_the_key_of_the_log(fill: Fill, settings: Any) -> None:
    fill(5)
    head = actions.publish_head(NOON)
    assert head is not None
    said = checkpoint.read(head.note)
    assert (said.origin, said.size, said.root) == (settings.LOG_ORIGIN, 5, root_from_the_leaves())
    public = custody.signer(custody.Purpose.LOG, NOON).private.public_key()
    assert checkpoint.is_signed_by(head.note, public)  # type: ignore[arg-type] # the log's key is Ed25519
    assert head.root_hash == said.root.hex()
    assert verifier_keys()[0].startswith(f"{settings.LOG_ORIGIN}+")


def test_nothing_is_published_before_the_first_leaf_or_without_growth(fill: Fill) -> None:
    assert actions.publish_head(NOON) is None
    fill(1)
    assert actions.publish_head(NOON) is not None
    assert actions.publish_head(NOON + DAY) is None
    assert TreeHead.objects.count() == 1


def test_a_head_is_due_at_once_the_first_time_and_then_once_a_day(fill: Fill) -> None:
    fill(1)
    assert actions.publish_if_due(NOON) is not None
    fill(1)
    assert actions.publish_if_due(NOON + timedelta(hours=23)) is None
    assert actions.publish_if_due(NOON + DAY) is not None
    assert actions.publish_if_due(NOON + 2 * DAY) is None


def test_each_year_has_its_key_and_the_old_one_still_verifies(fill: Fill) -> None:
    fill(1)
    old = actions.publish_head(NOON)
    fill(1)
    new = actions.publish_head(NOON + 60 * DAY)
    assert old is not None
    assert new is not None
    assert old.key != new.key
    assert len(set(verifier_keys())) >= 2
    report = Report(at=NOON)
    check_heads(report, stored(), check_tree(report, [1, 2]))
    assert report.is_clean


def test_each_head_is_mailed_once_to_each_active_witness(
    fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    silent = Witness.objects.create(name="Otra", email="otra@autoridad.example", is_active=False)
    fill(2)
    actions.publish_head(NOON)
    (mail,) = HeadMail.objects.all()
    assert mail.witness == witness != silent
    assert actions.mail_head(mail.pk, NOON)
    assert not actions.mail_head(mail.pk, NOON + DAY)
    (message,) = mailoutbox
    assert message.to == [witness.email]


def test_a_witness_who_left_gets_no_more(fill: Fill, witness: Witness, mailoutbox: list[Any]) -> None:
    fill(1)
    actions.publish_head(NOON)
    Witness.objects.update(is_active=False)
    assert not HeadMail.objects.due(NOON + DAY).exists()
    assert not actions.mail_head(HeadMail.objects.get().pk, NOON)
    assert not mailoutbox


def test_the_mail_carries_the_head_and_only_neutral_words(
    fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    (entry, *_others) = fill(2)
    head = actions.publish_head(NOON)
    assert head is not None
    actions.mail_head(HeadMail.objects.get().pk, NOON)
    (message,) = mailoutbox
    assert head.note in message.body
    assert message.attachments[0].content == head.note.encode()
    assert message.attachments[0].filename == "head-2.txt"
    said = (message.subject + message.body).lower()
    assert str(entry.award) not in said
    assert not [word for word in ("diploma", "promotora", "sexual", "vih", "mujer") if word in said]


def test_a_mail_that_fails_is_tried_again_later_and_later_and_says_why(
    fill: Fill, witness: Witness, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    fill(1)
    actions.publish_head(NOON)
    now, waits = NOON, []
    while HeadMail.objects.due(now).exists():
        mail = HeadMail.objects.get()
        assert not actions.mail_head(mail.pk, now)
        mail.refresh_from_db()
        waits.append(mail.run_after - now)
        now = mail.run_after
    assert waits == [timedelta(minutes=10 * 2**n) for n in range(HeadMail.MAX_ATTEMPTS)]
    assert mail.is_given_up
    assert mail.get_last_error_display() == str(HeadMail.Error.UNREACHABLE.label)


def test_an_administrator_can_have_a_given_up_mail_tried_again(
    fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    fill(1)
    actions.publish_head(NOON)
    HeadMail.objects.update(attempts=HeadMail.MAX_ATTEMPTS, last_error=HeadMail.Error.REFUSED)
    mail = HeadMail.objects.get()
    assert not actions.mail_head(mail.pk, NOON)
    actions.try_again(mail, NOON)
    assert actions.mail_head(mail.pk, NOON)
    assert len(mailoutbox) == 1


def test_where_mail_is_not_set_up_the_row_says_so(fill: Fill, witness: Witness, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    fill(1)
    actions.publish_head(NOON)
    actions.mail_head(HeadMail.objects.get().pk, NOON)
    mail = HeadMail.objects.get()
    assert (mail.sent_at, mail.last_error) == (None, HeadMail.Error.NOT_SET_UP)


def test_a_worker_that_dies_while_sending_leaves_the_mail_to_the_next_one(
    fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    fill(1)
    actions.publish_head(NOON)
    mail = HeadMail.objects.get()
    HeadMail.objects.update(attempts=1, run_after=NOON + actions.MAIL_LEASE)  # claimed, then killed
    assert not actions.mail_head(mail.pk, NOON + timedelta(seconds=30))
    assert actions.mail_head(mail.pk, NOON + actions.MAIL_LEASE)
    assert len(mailoutbox) == 1
