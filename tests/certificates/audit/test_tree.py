"""Whatever is done to the log behind our backs, the audit finds it and says it."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone

from certificates.audit import heads, tree
from certificates.audit.findings import Report
from certificates.log import actions, checkpoint, merkle
from certificates.log.models import LogEntry, LogState, TreeHead
from tests.certificates.log.conftest import DAY, NOON, Fill

pytestmark = pytest.mark.django_db
Sql = Callable[..., None]


@pytest.fixture
def old_head(fill: Fill) -> TreeHead:
    """Twenty leaves in three heads; the first head, of seven, is the one that a witness kept."""
    fill(7)
    first = actions.publish_head(NOON)
    fill(9)
    actions.publish_head(NOON + DAY)
    fill(4)
    actions.publish_head(NOON + 2 * DAY)
    assert first is not None
    return first


def check(kept: str = "") -> Report:
    report = Report(at=timezone.now())
    published = heads.stored()
    found = tree.check_tree(report, {head.size for head in published} | {heads.size_of(kept)})
    heads.check_heads(report, published, found)
    if kept:
        heads.check_kept_head(report, kept, found)
    return report


def said(report: Report, kind: str) -> str:
    return " ".join(one.sentence for one in report.findings if one.kind == kind)


def rebuilt() -> None:
    """What a forger with the whole database does: everything but the signed heads computed anew."""
    frontier: list[bytes] = []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM certificates_lognode")
        entries = list(LogEntry.objects.order_by("index"))
        for position, entry in enumerate(entries):
            leaf = merkle.leaf_hash(entry.leaf.encode())
            cursor.execute(
                'UPDATE certificates_logentry SET "index" = %s, leaf_hash = %s WHERE "index" = %s',
                [position, leaf.hex(), entry.index],
            )
            frontier, completed = merkle.grow(frontier, position, leaf)
            for (level, index), digest in completed:
                cursor.execute(
                    'INSERT INTO certificates_lognode (level, "index", hash) VALUES (%s, %s, %s)',
                    [level, index, digest.hex()],
                )
    LogState.objects.update(size=len(entries), frontier=[one.hex() for one in frontier])


def test_a_log_that_nobody_touched_is_clean(old_head: TreeHead) -> None:
    report = check(old_head.note)
    assert report.is_clean
    assert (report.size, report.heads) == (20, 3)
    assert report.root == TreeHead.objects.get(size=20).root_hash


def test_an_empty_log_is_clean(db: None) -> None:
    assert check().is_clean


def test_leaves_after_the_last_head_are_no_finding(old_head: TreeHead, fill: Fill) -> None:
    fill(3)
    assert check(old_head.note).is_clean


@pytest.mark.parametrize("index", [0, 6, 11, 19])
def test_a_removed_entry_is_found(old_head: TreeHead, sql: Sql, index: int) -> None:
    sql('DELETE FROM certificates_logentry WHERE "index" = %s', index)
    report = check()
    assert str(index) in said(report, "missing")
    assert not report.is_clean


@pytest.mark.parametrize("index", [0, 6, 11, 19])
def test_a_rewritten_leaf_is_found(old_head: TreeHead, sql: Sql, index: int) -> None:
    sql("UPDATE certificates_logentry SET leaf = replace(leaf, 'issue', 'revok') WHERE \"index\" = %s", index)
    assert str(index) in said(check(), "rewritten")


def test_a_leaf_rewritten_with_its_hash_is_found_by_the_subtrees_and_the_heads(
    old_head: TreeHead, sql: Sql
) -> None:
    entry = LogEntry.objects.get(index=3)
    leaf = entry.leaf.replace(entry.pdf_sha256, "f" * 64)
    digest = merkle.leaf_hash(leaf.encode()).hex()
    sql(
        'UPDATE certificates_logentry SET leaf = %s, leaf_hash = %s, pdf_sha256 = %s WHERE "index" = 3',
        leaf,
        digest,
        "f" * 64,
    )
    report = check()
    assert {finding.kind for finding in report.findings} == {"nodes", "state", "head"}
    assert len([finding for finding in report.findings if finding.kind == "head"]) == 3


def test_a_column_that_says_something_else_than_the_leaf_is_found(old_head: TreeHead, sql: Sql) -> None:
    for column, value in (("pdf_sha256", "f" * 64), ("vc_sha256", "f" * 64), ("type", "revoke")):
        sql(f'UPDATE certificates_logentry SET {column} = %s WHERE "index" = 5', value)
        assert "5" in said(check(), "row")


def test_two_swapped_entries_are_found(old_head: TreeHead, sql: Sql) -> None:
    for before, after in ((2, 999), (4, 2), (999, 4)):
        sql('UPDATE certificates_logentry SET "index" = %s WHERE "index" = %s', after, before)
    report = check()
    assert "nodes" in {finding.kind for finding in report.findings}
    assert said(report, "head")


def test_a_cut_end_is_found_by_the_heads_even_if_everything_else_was_computed_anew(
    old_head: TreeHead, sql: Sql
) -> None:
    sql('DELETE FROM certificates_logentry WHERE "index" >= 18')
    rebuilt()
    report = check()
    assert {finding.kind for finding in report.findings} == {"head"}
    assert "20" in said(report, "head")


def test_a_log_rewritten_with_all_its_heads_is_found_by_the_head_that_a_witness_kept(
    old_head: TreeHead, sql: Sql
) -> None:
    sql('DELETE FROM certificates_logentry WHERE "index" = 2')
    sql("DELETE FROM certificates_treehead")
    rebuilt()
    actions.publish_head(NOON + 3 * DAY)
    assert check().is_clean  # without the witness nobody would know
    assert "7" in said(check(old_head.note), "kept")


def test_a_log_cut_below_the_kept_head_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql('DELETE FROM certificates_logentry WHERE "index" >= 5')
    sql("DELETE FROM certificates_treehead")
    rebuilt()
    report = check(old_head.note)
    assert {finding.kind for finding in report.findings} == {"kept"}
    assert "5" in said(report, "kept")


def test_an_entry_slipped_in_behind_the_end_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql(
        "INSERT INTO certificates_logentry"
        ' ("index", type, award, leaf, leaf_hash, pdf_sha256, vc_sha256, at)'
        " SELECT 20, 'revoke', award, leaf, leaf_hash, '', '', at"
        ' FROM certificates_logentry WHERE "index" = 0'
    )
    assert "20" in said(check(), "surplus")


def test_a_log_without_its_state_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql("DELETE FROM certificates_logstate")
    report = check()
    assert said(report, "surplus")
    assert said(report, "head")


def test_a_changed_removed_or_surplus_subtree_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql('UPDATE certificates_lognode SET hash = %s WHERE level = 2 AND "index" = 0', "0" * 64)
    assert "2/0" in said(check(), "nodes")
    sql('DELETE FROM certificates_lognode WHERE level = 2 AND "index" = 0')
    report = check()
    assert "2/0" in said(report, "nodes")
    assert said(report, "consistency")
    sql('INSERT INTO certificates_lognode (level, "index", hash) VALUES (3, 2, %s)', "0" * 64)
    assert "1" in said(check(), "surplus")


def test_a_head_of_another_key_is_found(old_head: TreeHead, sql: Sql) -> None:
    said_before = checkpoint.read(old_head.note)
    forged = checkpoint.sign(said_before, Ed25519PrivateKey.generate())
    sql("UPDATE certificates_treehead SET note = %s WHERE size = 7", forged)
    assert "7" in said(check(), "signature")
    assert said(check(forged), "kept")


def test_a_head_whose_row_says_something_else_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql("UPDATE certificates_treehead SET root_hash = %s WHERE size = 16", "0" * 64)
    assert "16" in said(check(), "row")


def test_a_head_that_cannot_be_read_is_found(old_head: TreeHead, sql: Sql) -> None:
    sql("UPDATE certificates_treehead SET note = 'nothing' WHERE size = 16")
    assert "16" in said(check(), "signature")


def test_a_kept_file_that_is_no_head_or_of_another_log_is_said_to_be_so(
    old_head: TreeHead, settings: Any
) -> None:
    assert said(check("something else"), "kept")
    settings.LOG_ORIGIN = "other.example/log"
    assert old_head.note.split("\n")[0] in said(check(old_head.note), "kept")


def test_the_work_grows_with_the_log_in_steps_of_two_thousand(
    fill: Fill, django_assert_max_num_queries: Any
) -> None:
    fill(200)
    with django_assert_max_num_queries(8):
        assert check().is_clean
