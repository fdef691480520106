"""The status lists: indexes drawn at random, revoked ones told in a signed file that anybody may keep.

https://www.w3.org/TR/vc-bitstring-status-list/ Neighbours in time are not neighbours in the list, and a new
list begins when one is half full: what a visitor asks for tells nobody whose credential it was.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from certificates.credentials import bits, data_integrity, did, issuer, linked_data
from certificates.credentials.models import SIZE, StatusList, no_bits
from certificates.keys.errors import KeyProblem
from courses.api import Deed, note

VALID_FOR = timedelta(days=92)  # should nobody sign for that long, verifiers learn that nothing is sure
SIGN_EVERY = timedelta(days=1)
CACHE_SECONDS = 300

log = logging.getLogger(__name__)
Index = tuple[int, int]


@transaction.atomic
def take_indexes(count: int) -> list[Index]:
    """`count` (list, index) pairs that nobody had or will have; the same few queries for any number.

    Call it inside the transaction that stores them: the list stays locked until it ends.
    """
    pairs: list[Index] = []
    row = StatusList.objects.select_for_update().order_by("-number").first() or _locked(1)
    while len(pairs) < count:
        free = SIZE // 2 - row.issued
        if free <= 0 or row.did != settings.ISSUER_DID:
            row = _locked(row.number + 1)
            continue
        bitmap = bytearray(row.taken)
        drawn = _draw(bitmap, min(count - len(pairs), free))
        row.taken, row.issued = bytes(bitmap), row.issued + len(drawn)
        row.save(update_fields=["taken", "issued"])
        pairs += [(row.number, index) for index in drawn]
    return pairs


@transaction.atomic
def revoke(number: int, index: int, *, at: datetime) -> None:
    """Say that the credential at this index is revoked, from now on and in the signed list.

    Call it in the transaction of the revocation or replacement. Without a key on this machine the bit is set
    and the list is signed by the next `refresh` where a key is: a revocation never waits for a key.
    """
    row = _locked(number)
    for name in ("taken", "revoked"):
        bitmap = bytearray(getattr(row, name))
        bits.put(bitmap, [index])
        setattr(row, name, bytes(bitmap))
    row.is_stale = True
    row.save(update_fields=["taken", "revoked", "is_stale"])
    _sign(row, at)


def refresh(at: datetime) -> int:
    """Sign every list that changed unsigned or was signed a day ago. How many were signed.

    Changes nothing the second time.
    """
    due = StatusList.objects.exclude(is_stale=False, made_at__gt=at - SIGN_EVERY)
    signed = 0
    for number in list(due.values_list("number", flat=True)):
        with transaction.atomic():
            row = due.select_for_update().filter(number=number).first()
            signed += row is not None and _sign(row, at)
    return signed


def revoked() -> set[Index]:
    """Every (list, index) that the lists call revoked. One query."""
    rows = StatusList.objects.values_list("number", "revoked")
    return {(number, index) for number, bitmap in rows for index in bits.indexes(bytes(bitmap))}


def taken() -> set[Index]:
    """Every (list, index) that was given out. One query."""
    rows = StatusList.objects.values_list("number", "taken")
    return {(number, index) for number, bitmap in rows for index in bits.indexes(bytes(bitmap))}


@transaction.atomic
def rebuild(*, taken: Iterable[Index], revoked: Iterable[Index], at: datetime) -> list[int]:
    """Make the lists say what the register says, after a crash or a restored copy. Which lists changed.

    An index once given out is not given out again, even if the register does not know it.
    """
    wanted = {number: (bytearray(no_bits()), bytearray(no_bits())) for number in _numbers()}
    for place, pairs in enumerate((taken, revoked)):
        grouped: defaultdict[int, list[int]] = defaultdict(list)
        for number, index in pairs:
            grouped[number].append(index)
        for number, found in grouped.items():
            maps = wanted.setdefault(number, (bytearray(no_bits()), bytearray(no_bits())))
            bits.put(maps[place], found)
    return [number for number, maps in sorted(wanted.items()) if _correct(number, *maps, at)]


def document(issuer_did: str, number: int, bitmap: bytes, *, at: datetime) -> dict[str, Any]:
    """The status list credential before its proof."""
    address = f"{did.base_url(issuer_did)}/status/{number}"
    return {
        "@context": [linked_data.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did,
        "validFrom": data_integrity.timestamp(at),
        "validUntil": data_integrity.timestamp(at + VALID_FOR),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits.encode(bitmap),
            "ttl": CACHE_SECONDS * 1000,
        },
    }


def _numbers() -> list[int]:
    return list(StatusList.objects.values_list("number", flat=True))


def _correct(number: int, taken: bytearray, revoked: bytearray, at: datetime) -> bool:
    row = _locked(number)
    bits.put(taken, [*bits.indexes(bytes(row.taken)), *bits.indexes(bytes(revoked))])
    if bytes(row.taken) == bytes(taken) and bytes(row.revoked) == bytes(revoked):
        return False
    row.taken, row.revoked, row.is_stale = bytes(taken), bytes(revoked), True
    row.issued = sum(byte.bit_count() for byte in taken)
    row.save(update_fields=["taken", "revoked", "issued", "is_stale"])
    _sign(row, at)
    return True


def _locked(number: int) -> StatusList:
    """The list of this number, made if it is not there, locked until the transaction ends."""
    locked = StatusList.objects.select_for_update().filter(number=number)
    row = locked.first()
    if row is None:
        StatusList.objects.get_or_create(number=number, defaults={"did": settings.ISSUER_DID})
        row = locked.get()
    return row


def _draw(taken: bytearray, count: int) -> list[int]:
    """`count` free indexes at random, and their bits set."""
    drawn: list[int] = []
    while len(drawn) < count:
        index = secrets.randbelow(SIZE)
        if not bits.has(taken, index):
            bits.put(taken, [index])
            drawn.append(index)
    return drawn


def _sign(row: StatusList, at: datetime) -> bool:
    """Sign the locked row's list; False, and the old file stays, when no key is here."""
    told = document(row.did, row.number, bytes(row.revoked), at=at)
    try:
        row.document = issuer.signed(told, issuer=row.did, at=at).decode()
    except KeyProblem as error:
        log.error("status list %d waits to be signed: %s", row.number, type(error).__name__)
        return False
    row.made_at, row.is_stale = at, False
    row.save(update_fields=["document", "made_at", "is_stale"])
    note(Deed.STATUS_SIGNED, about=row, by=None, at=at, purpose="credential")
    return True
