"""Indexes given out once, revocation told in a signed file; without a key, and after a crash."""

import gzip
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates.credentials import bits, linked_data, status
from certificates.credentials.models import SIZE, StatusList
from certificates.tasks import sign_status_lists
from tests.factories.certificates import ISSUED

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[[], None]:
    """Takes the keys away from now on; call what it gives to bring them back."""
    before = settings.KEYS_DIR, settings.IS_DEMO

    def bring(folder: Any, is_demo: bool) -> None:
        monkeypatch.setattr(settings, "KEYS_DIR", folder)
        monkeypatch.setattr(settings, "IS_DEMO", is_demo)

    bring(tmp_path, False)
    return lambda: bring(*before)


def told_revoked(number: int) -> set[int]:
    """What the signed file says, unpacked by other means than ours."""
    subject = json.loads(StatusList.objects.get(number=number).document)["credentialSubject"]
    packed = subject["encodedList"]
    assert packed[0] == "u"
    bitmap = gzip.decompress(urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
    line = "".join(f"{byte:08b}" for byte in bitmap)
    assert len(line) == SIZE
    return {index for index, bit in enumerate(line) if bit == "1"}


def fill(number: int, issued: int) -> None:
    StatusList.objects.filter(number=number).update(issued=issued)


def test_no_index_is_given_out_twice() -> None:
    pairs = status.take_indexes(300) + status.take_indexes(300)
    assert len(set(pairs)) == 600
    assert status.taken() == set(pairs)


def test_neighbours_in_time_are_not_neighbours_in_the_list() -> None:
    indexes = [index for _number, index in status.take_indexes(200)]
    assert sum(abs(one - other) == 1 for one, other in pairwise(indexes)) < 5
    assert indexes != sorted(indexes)


@pytest.mark.parametrize("count", [2, 20, 10_000])
def test_many_indexes_cost_no_more_queries_than_two(count: int) -> None:
    status.take_indexes(1)
    with CaptureQueriesContext(connection) as queries:
        assert len(status.take_indexes(count)) == count
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 2


def test_a_new_list_begins_when_one_is_half_full() -> None:
    status.take_indexes(1)
    fill(1, SIZE // 2 - 3)
    numbers = [number for number, _index in status.take_indexes(5)]
    assert numbers == [1, 1, 1, 2, 2]
    assert [number for number, _index in status.take_indexes(1)] == [2]


def test_another_issuer_has_lists_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    first = status.take_indexes(1)[0]
    monkeypatch.setattr(settings, "ISSUER_DID", "did:web:otra.example")
    second = status.take_indexes(1)[0]
    assert (first[0], second[0]) == (1, 2)
    assert StatusList.objects.get(number=2).did == "did:web:otra.example"


def test_a_revocation_is_in_the_signed_list_at_once() -> None:
    [(number, index), other] = status.take_indexes(2)
    status.revoke(number, index, at=ISSUED)
    assert told_revoked(number) == {index}
    assert status.revoked() == {(number, index)}
    assert other not in status.revoked()


def test_revoking_twice_changes_nothing() -> None:
    [(number, index)] = status.take_indexes(1)
    status.revoke(number, index, at=ISSUED)
    before = StatusList.objects.get().document
    status.revoke(number, index, at=ISSUED)
    assert StatusList.objects.get().document == before


def test_the_same_bits_at_the_same_time_are_the_same_file() -> None:
    told = status.document("did:web:diplomas.example", 1, bytes(SIZE // 8), at=ISSUED)
    assert told == status.document("did:web:diplomas.example", 1, bytes(SIZE // 8), at=ISSUED)
    linked_data.canonical(told)


def test_a_list_is_valid_for_three_months_and_signed_each_day() -> None:
    status.take_indexes(1)
    assert status.refresh(ISSUED) == 1
    assert status.refresh(ISSUED + timedelta(hours=23)) == 0
    assert status.refresh(ISSUED + timedelta(hours=25)) == 1
    told = json.loads(StatusList.objects.get().document)
    assert (told["validFrom"], told["validUntil"]) == ("2025-11-06T19:00:00Z", "2026-02-06T19:00:00Z")


def test_the_task_signs_a_new_list_once() -> None:
    status.take_indexes(1)
    sign_status_lists()
    made_at = StatusList.objects.get().made_at
    sign_status_lists()
    assert StatusList.objects.get().made_at == made_at


def test_a_revocation_does_not_wait_for_a_key(without_keys: Callable[[], None]) -> None:
    [(number, index)] = status.take_indexes(1)
    status.revoke(number, index, at=ISSUED)
    assert status.revoked() == {(number, index)}
    assert StatusList.objects.get().document == ""
    without_keys()
    assert status.refresh(ISSUED) == 1
    assert told_revoked(number) == {index}


def test_without_a_key_the_old_file_stays_and_is_signed_anew_where_the_key_is(
    without_keys: Callable[[], None],
) -> None:
    without_keys()
    [(number, first), (_number, second)] = status.take_indexes(2)
    status.revoke(number, first, at=ISSUED)
    old = StatusList.objects.get().document
    StatusList.objects.update(is_stale=True)
    assert status.refresh(ISSUED) == 1
    assert StatusList.objects.get().document == old
    assert second not in told_revoked(number)


def test_rebuilding_makes_the_lists_say_what_the_register_says() -> None:
    pairs = status.take_indexes(3)
    status.revoke(*pairs[0], at=ISSUED)
    lost = (1, next(index for index in range(SIZE) if (1, index) not in pairs))
    assert status.rebuild(taken=[*pairs, lost], revoked=[pairs[1], lost], at=ISSUED) == [1]
    assert status.revoked() == {pairs[1], lost}
    assert status.taken() == {*pairs, lost}
    assert told_revoked(1) == {pairs[1][1], lost[1]}
    assert StatusList.objects.get().issued == 4


def test_rebuilding_what_agrees_changes_nothing() -> None:
    pairs = status.take_indexes(3)
    status.revoke(*pairs[0], at=ISSUED)
    before = StatusList.objects.get().document
    assert status.rebuild(taken=pairs, revoked=pairs[:1], at=ISSUED + timedelta(days=1)) == []
    assert StatusList.objects.get().document == before


def test_an_index_once_given_out_stays_taken_when_the_register_forgot_it() -> None:
    pairs = status.take_indexes(3)
    status.rebuild(taken=pairs[:1], revoked=[], at=ISSUED)
    assert status.taken() == set(pairs)


def test_a_lost_list_is_made_again() -> None:
    assert status.rebuild(taken=[(2, 5), (2, 6)], revoked=[(2, 5)], at=ISSUED) == [2]
    assert told_revoked(2) == {5}


def test_bits_go_there_and_back() -> None:
    bitmap = bytearray(SIZE // 8)
    bits.put(bitmap, [0, 7, 8, SIZE - 1])
    assert bitmap[:2] == b"\x81\x80"
    assert list(bits.indexes(bytes(bitmap))) == [0, 7, 8, SIZE - 1]
    assert bits.decode(bits.encode(bytes(bitmap)), SIZE) == bytes(bitmap)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "u",
        "z" + bits.encode(bytes(SIZE // 8))[1:],
        bits.encode(bytes(SIZE // 8 - 1)),
        bits.encode(bytes(SIZE // 8 + 1)),
        bits.encode(bytes(10_000_000)),
        bits.encode(bytes(SIZE // 8))[:-8],
        "u" + "A" * (SIZE // 4),
        "u¡!",
    ],
)
def test_what_is_no_list_of_this_size_is_refused(text: str) -> None:
    with pytest.raises(bits.NotABitstring):
        bits.decode(text, SIZE)
