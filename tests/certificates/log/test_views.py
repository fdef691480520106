"""What the world reads of the log: plain, cacheable, checkable, and nothing personal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from certificates.keys import custody
from certificates.log import actions, checkpoint, merkle, proofs
from certificates.log.models import LogEntry, TreeHead
from tests.certificates.log.conftest import DAY, NOON, Fill

pytestmark = pytest.mark.django_db
DigestOf = Callable[[str], str]


@pytest.fixture
def head(fill: Fill) -> TreeHead:
    """The second published head, of seven leaves; the first was of three and two more leaves followed."""
    fill(3)
    actions.publish_head(NOON)
    fill(4)
    published = actions.publish_head(NOON + DAY)
    fill(2)
    assert published is not None
    return published


def text(client: Client, address: str, status: int = 200, known: str = "") -> str:
    response = client.get(address, headers={"If-None-Match": known} if known else None)
    assert response.status_code == status, response.content
    return response.content.decode()


def test_the_latest_head_is_served_as_it_was_signed(client: Client, head: TreeHead) -> None:
    assert text(client, "/log/head") == head.note
    public = custody.signer(custody.Purpose.LOG, NOON).private.public_key()
    assert isinstance(public, Ed25519PublicKey)
    assert checkpoint.is_signed_by(head.note, public)


def test_every_head_that_was_published_stays(client: Client, head: TreeHead) -> None:
    assert checkpoint.read(text(client, "/log/head/3")).size == 3
    assert text(client, "/log/head/7") == head.note
    text(client, "/log/head/5", status=404)
    text(client, "/log/head/999999999999999", status=404)
    text(client, "/log/head/9999999999999999999999", status=404)


def test_before_the_first_head_there_is_nothing(client: Client, fill: Fill) -> None:
    fill(1)
    for address in ("head", "entries?start=0&end=0", "proof/inclusion?index=0"):
        text(client, f"/log/{address}", status=404)
    text(client, "/log/proof/consistency?first=1&second=1", status=404)


def test_the_keys_are_those_that_signed(client: Client, head: TreeHead, settings: Any) -> None:
    lines = text(client, "/log/keys").splitlines()
    public = custody.signer(custody.Purpose.LOG, NOON).private.public_key()
    assert isinstance(public, Ed25519PublicKey)
    assert checkpoint.verifier_key(settings.LOG_ORIGIN, public) in lines
    assert len(lines) == len(set(lines))


def test_entries_are_the_bytes_that_were_hashed(client: Client, head: TreeHead) -> None:
    lines = text(client, "/log/entries?start=2&end=6").splitlines()
    expected = LogEntry.objects.filter(index__gte=2, index__lte=6).values_list("leaf_hash", flat=True)
    assert [merkle.leaf_hash(line.encode()).hex() for line in lines] == list(expected)
    assert set(json.loads(lines[0])) == {"v", "type", "award", "pdf_sha256", "vc_sha256", "time"}


def test_leaves_that_no_head_covers_yet_are_not_served(client: Client, head: TreeHead) -> None:
    text(client, "/log/entries?start=0&end=7", status=404)
    text(client, "/log/proof/inclusion?index=7", status=404)
    text(client, "/log/proof/consistency?first=3&second=9", status=404)


def test_a_proof_of_inclusion_holds_under_the_head_it_comes_with(client: Client, head: TreeHead) -> None:
    for size in (3, 7):
        for index in range(size):
            proof = json.loads(text(client, f"/log/proof/inclusion?index={index}&size={size}"))
            said = checkpoint.read(proof["head"])
            path = [bytes.fromhex(step) for step in proof["path"]]
            leaf = merkle.leaf_hash(proof["leaf"].encode())
            assert (proof["index"], proof["size"], said.size) == (index, size, size)
            assert proof["leaf_hash"] == leaf.hex()
            assert merkle.is_included(leaf, index, size, path, said.root)


def test_whoever_holds_a_file_finds_its_leaf_by_the_file_s_hash(client: Client, head: TreeHead) -> None:
    entry = LogEntry.objects.get(index=5)
    proof = json.loads(text(client, f"/log/proof/inclusion?pdf_sha256={entry.pdf_sha256.upper()}"))
    assert (proof["index"], proof["leaf"]) == (5, entry.leaf)
    text(client, f"/log/proof/inclusion?pdf_sha256={'f' * 64}", status=404)


def test_a_proof_of_consistency_holds_between_two_heads(client: Client, head: TreeHead) -> None:
    old, new = (checkpoint.read(text(client, f"/log/head/{size}")) for size in (3, 7))
    path = json.loads(text(client, "/log/proof/consistency?first=3&second=7"))["path"]
    assert merkle.is_consistent(3, old.root, 7, new.root, [bytes.fromhex(step) for step in path])


@pytest.mark.parametrize(
    "question",
    [
        "entries",
        "entries?start=3&end=2",
        "entries?start=0&end=1000",
        "entries?start=-1&end=2",
        "entries?start=0&end=99999999999999999999",
        "entries?start=%D9%A3&end=4",
        "proof/inclusion",
        "proof/inclusion?index=a",
        "proof/inclusion?pdf_sha256=abc",
        "proof/inclusion?pdf_sha256=" + "%00" * 64,
        "proof/consistency?first=0&second=3",
        "proof/consistency?first=4&second=3",
        "proof/consistency?first=1",
    ],
)
def test_a_question_that_makes_no_sense_is_answered_so(client: Client, head: TreeHead, question: str) -> None:
    assert len(text(client, f"/log/{question}", status=400)) < 100


def test_only_reading_is_possible(client: Client, head: TreeHead) -> None:
    assert client.post("/log/head").status_code == 405
    assert client.head("/log/head").status_code == 200


def test_what_never_changes_may_be_kept_for_ever_and_the_latest_head_a_minute(
    client: Client, head: TreeHead
) -> None:
    for address in (
        "head/3",
        "entries?start=0&end=6",
        "proof/inclusion?index=0&size=7",
        "proof/consistency?first=3&second=7",
    ):
        assert "immutable" in client.get(f"/log/{address}")["Cache-Control"]
    for address in ("head", "keys", "proof/inclusion?index=0"):
        assert client.get(f"/log/{address}")["Cache-Control"] == "public, max-age=60"


def test_whoever_has_the_latest_head_gets_304(client: Client, head: TreeHead, fill: Fill) -> None:
    etag = client.get("/log/head")["ETag"]
    assert text(client, "/log/head", status=304, known=etag) == ""
    actions.publish_head(NOON + 2 * DAY)
    assert text(client, "/log/head", known=etag) != head.note


def test_an_answer_sets_no_cookie_and_tells_search_engines_to_go(client: Client, head: TreeHead) -> None:
    response = client.get("/log/head")
    assert not response.cookies
    assert "noindex" in response["X-Robots-Tag"]


def test_a_proof_takes_few_queries_in_a_short_log_and_in_a_long_one(
    fill: Fill, django_assert_max_num_queries: Any
) -> None:
    for more in (2, 98):
        fill(more)
        actions.publish_head(NOON)
        award = LogEntry.objects.get(index=1).award
        with django_assert_max_num_queries(4):
            proof = proofs.inclusion_of(award)
        assert proof is not None
        assert merkle.is_included(proof.leaf_hash, proof.index, proof.size, proof.path, proof.root)


def test_entries_take_two_queries_be_they_two_or_twenty(fill: Fill, queries_of: Callable[[str], int]) -> None:
    fill(20)
    actions.publish_head(NOON)
    assert queries_of("/log/entries?start=0&end=1") == queries_of("/log/entries?start=0&end=19") == 2


def test_there_is_no_proof_for_what_is_not_in_the_log_or_not_yet_published(fill: Fill) -> None:
    (entry,) = fill(1)
    assert proofs.inclusion_of(entry.award) is None
    actions.publish_head(NOON)
    assert proofs.inclusion_of(entry.award) is not None
    assert proofs.inclusion_of(entry.award, LogEntry.Type.REVOKE) is None


def test_a_file_is_known_by_its_hash_alone(fill: Fill) -> None:
    (entry,) = fill(1)
    assert proofs.is_logged(entry.pdf_sha256) == entry
    assert proofs.is_logged("f" * 64) is None
    assert proofs.is_logged("") is None
