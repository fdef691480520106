"""Files of any origin: what is said of them, and that nothing they hold stops the answer."""

import io
import random
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from certificates.keys import custody
from certificates.keys.identity import Identity, chain_pem, public_pem
from certificates.keys.models import SigningKey
from certificates.printing import envelopes, inspection, pades
from certificates.printing.cades import HeldKeySigner
from certificates.printing.inspection import Problem
from tests.certificates.keys import pki
from tests.certificates.printing import tsa
from tests.certificates.printing.tampering import overlaid, plain_diploma, stamped_by_anybody

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SUFFIX = b"\n1 0 obj\n<</Type /Sig /ByteRange [0 %d %d %d] /Contents <%s>>>\nendobj\nstartxref\n0\n%%%%EOF\n"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return plain_diploma()


@pytest.fixture(scope="module")
def health() -> Identity:
    return pki.authority("Autoridad del Estado").identity("Secretaría ficticia de Salud")


@pytest.fixture(scope="module")
def module_rows(django_db_setup: None, django_db_blocker: Any) -> Any:
    return django_db_blocker


@pytest.fixture(scope="module")
def signed(plain: bytes, module_rows: Any) -> bytes:
    with module_rows.unblock():
        return pades.sign(plain, at=AT)


@pytest.fixture(scope="module")
def awaiting(plain: bytes, module_rows: Any) -> bytes:
    """Signed, with a field for the authority."""
    with module_rows.unblock():
        return pades.sign(plain, at=AT, with_authority_field=True)


@pytest.fixture(scope="module")
def anybody() -> Any:
    """A timestamp authority that nobody trusts."""
    identity = pki.authority("X").identity("X", key=pki.rsa_key(), usages=(pki.TIMESTAMPING,))
    return tsa.stamper(identity)


@pytest.fixture
def known(health: Identity) -> None:
    """The authority has countersigned here: her certificate stands in the register."""
    SigningKey.objects.create(
        purpose=SigningKey.Purpose.AUTHORITY,
        kid="2026-1",
        algorithm=health.algorithm,
        public_key=public_pem(health.certificate),
        chain=chain_pem(health.chain),
        starts_at=AT,
    )


def test_our_file_is_good_and_tells_who_when_and_what(signed: bytes, plain: bytes) -> None:
    seen = inspection.inspect(signed)
    assert seen.is_good
    assert (seen.is_pdf, seen.is_ours, seen.is_intact, seen.covers_whole_file) == (True,) * 4
    assert not seen.changed_after_signing
    assert seen.signer == "DEMOSTRACIÓN – Sello de diplomas 2026"
    assert (seen.signed_at, seen.timestamped_at, seen.authority) == (AT, None, "")
    assert seen.sha256 == seen.signed_sha256
    assert seen.credential is not None
    assert seen.credential.startswith(b'{"type": ["VerifiableCredential"]')


def test_it_takes_one_query(signed: bytes) -> None:
    with CaptureQueriesContext(connection) as queries:
        inspection.inspect(signed)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.NOT_PDF),
        (b"PK\x03\x04 a letter", Problem.NOT_PDF),
        (b"<html>", Problem.NOT_PDF),
        (b"\n%PDF-1.7\n", Problem.NOT_PDF),
        (b"%PDF-1.7\n", Problem.UNSIGNED),
        (b"%PDF-1.7\n/ByteRange [0 1 2 3]", Problem.SIGNATURE_DAMAGED),
        (b"%PDF-1.7\n/ByteRange [0 9999999999 9999999999 9999999999]", Problem.SIGNATURE_DAMAGED),
        (b"%PDF-1.7\n" + b"/ByteRange [0 1 9 9]" * 100_000, Problem.SIGNATURE_DAMAGED),
        (b"%PDF-1.7\n/ByteRange" + b" " * 1_000_000, Problem.SIGNATURE_DAMAGED),
    ],
)
def test_what_is_no_signed_pdf_is_told_at_once(content: bytes, problem: Problem) -> None:
    begun = time.process_time()
    seen = inspection.inspect(content)
    assert time.process_time() - begun < 1
    assert seen.problem == problem
    assert not seen.is_good
    assert seen.is_pdf == (problem != Problem.NOT_PDF)


def test_an_unsigned_diploma_is_unsigned(plain: bytes) -> None:
    assert inspection.inspect(plain).problem == Problem.UNSIGNED


def test_somebody_elses_signature_is_not_ours(plain: bytes, health: Identity) -> None:
    signer = HeldKeySigner(health)
    metadata = signers.PdfSignatureMetadata(field_name="Firma", subfilter=SigSeedSubFilter.PADES)
    target = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(plain)), metadata, signer=signer, bytes_reserved=9000
    )
    seen = inspection.inspect(target.getvalue())
    assert seen.problem == Problem.NOT_OURS
    assert not seen.is_ours


def test_a_key_that_is_no_more_in_the_register_is_not_ours(signed: bytes) -> None:
    SigningKey.objects.filter(purpose=SigningKey.Purpose.PDF).update(chain="")
    assert inspection.inspect(signed).problem == Problem.NOT_OURS


def test_an_old_key_of_the_register_stays_ours(signed: bytes) -> None:
    custody.pdf_signer(AT.replace(year=2027))
    assert inspection.inspect(signed).is_good


@pytest.mark.parametrize("suffix", [b"\n", b" ", b"%%EOF\n", b"\0" * 4096])
def test_what_was_added_is_told_and_the_original_is_found_in_it(signed: bytes, suffix: bytes) -> None:
    seen = inspection.inspect(signed + suffix)
    assert seen.problem == Problem.ADDED
    assert seen.is_ours
    assert seen.is_intact
    assert not seen.covers_whole_file
    assert seen.changed_after_signing
    assert seen.signed_sha256 == inspection.inspect(signed).sha256 != seen.sha256


def test_what_was_cut_off_or_put_before_is_told(signed: bytes) -> None:
    assert inspection.inspect(signed[:-1]).problem == Problem.SIGNATURE_DAMAGED
    assert inspection.inspect(b"%PDF-1.7\n" + signed).problem in {
        Problem.ALTERED,
        Problem.SIGNATURE_DAMAGED,
    }


def test_no_flipped_bit_anywhere_gets_through(signed: bytes) -> None:
    """At 400 places of the whole file and at 400 of the signature itself."""
    (envelope,) = envelopes.found(signed)
    chance = random.Random(7)
    places = [chance.randrange(len(signed)) for _ in range(400)]
    places += [chance.randrange(envelope.hole_starts, envelope.hole_ends) for _ in range(400)]
    good = inspection.inspect(signed)
    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 1 << chance.randrange(8)
        seen = inspection.inspect(bytes(changed))
        same_digits = bytes(changed).lower() == signed.lower()  # «a» for «A»: the hash in the log tells
        assert not seen.is_good or same_digits, place
        assert seen.sha256 != good.sha256


@given(junk=st.binary(max_size=300), place=st.floats(0, 1), cut=st.integers(0, 300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_junk_anywhere_never_raises_and_never_passes(
    signed: bytes, junk: bytes, place: float, cut: int
) -> None:
    at = int(place * len(signed))
    changed = signed[:at] + junk + signed[at + cut :]
    seen = inspection.inspect(changed)
    assert seen.is_good == (changed == signed) or changed.lower() == signed.lower()


def test_the_authoritys_signature_is_allowed_and_told(awaiting: bytes, health: Identity, known: None) -> None:
    both = pades.countersign(awaiting, health)
    seen = inspection.inspect(both)
    assert seen.is_good
    assert seen.authority == "Secretaría ficticia de Salud"
    assert seen.covers_whole_file
    assert not seen.changed_after_signing
    assert seen.signed_sha256 == inspection.inspect(awaiting).sha256


def test_an_authority_whom_we_do_not_know_is_told(awaiting: bytes, health: Identity) -> None:
    seen = inspection.inspect(pades.countersign(awaiting, health))
    assert seen.problem == Problem.SIGNED_BY_STRANGER
    assert seen.changed_after_signing


def test_the_field_may_wait_empty(awaiting: bytes) -> None:
    assert inspection.inspect(awaiting).is_good


def test_what_the_authority_drew_before_signing_is_told(
    awaiting: bytes, health: Identity, known: None
) -> None:
    both = pades.countersign(overlaid(awaiting), health)
    assert inspection.inspect(both).problem == Problem.ADDED


def test_what_was_added_after_the_authority_is_told(awaiting: bytes, health: Identity, known: None) -> None:
    both = pades.countersign(awaiting, health)
    for changed in (both + b"\n", overlaid(both)):
        assert inspection.inspect(changed).problem == Problem.ADDED


def test_a_bomb_in_the_attachment_is_not_unpacked(signed: bytes) -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    head = b"%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile /Filter /FlateDecode>>\nstream\n"
    content = head + bomb + b"\nendstream\n" + signed
    begun = time.process_time()
    assert inspection._credential(content) is None
    assert time.process_time() - begun < 0.5
    assert not inspection.inspect(content).is_good


def table(at: int, *, previous: int = 5, rows: int = 1) -> bytes:
    """A table of objects as a hostile update brings it."""
    entries = b"0000000000 65535 f \n" * rows
    return b"\nxref\n0 %d\n%strailer\n<</Size %d /Prev %d /Root 2 0 R>>\n" % (rows, entries, rows, previous)


def chain(at: int, length: int) -> tuple[bytes, int]:
    """Many updates, each naming the one before; and where the last lies."""
    tail, previous = b"", 5
    for _number in range(length):
        here = at + len(tail) + 1
        tail, previous = tail + table(here, previous=previous), here
    return tail, previous


def packed_table(at: int, rows: int) -> bytes:
    """A table that unpacks to millions of rows."""
    data = zlib.compress(bytes(rows), 9)
    head = b"\n950 0 obj\n<</Type /XRef /W [0 1 0] /Size %d /Root 2 0 R /Filter /FlateDecode /Length %d>>\n"
    return head % (rows, len(data)) + b"stream\n" + data + b"\nendstream\nendobj\n"


HOSTILE: dict[str, Callable[[int], tuple[bytes, int]]] = {
    "a table that names itself": lambda at: (table(at, previous=at + 1), at + 1),
    "arrays in arrays": lambda at: (b"\n2 0 obj\n" + b"[" * 100_000 + b"\nendobj\n", at + 1),
    "dictionaries in dictionaries": lambda at: (b"\n2 0 obj\n" + b"<</A " * 40_000, at + 1),
    "a table of lies": lambda at: (table(at).replace(b"0 1\n", b"0 999999999\n"), at + 1),
    "a chain of tables": lambda at: chain(at, 3000),
    "a packed table": lambda at: (packed_table(at, 60_000_000), at + 1),
    "too much": lambda at: (b"%" + b" " * 5_000_000, at + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_updates_after_our_signature_are_answered_in_time(
    signed: bytes, name: str, anybody: Any
) -> None:
    """Under a timestamp that holds, which anybody can make, so that the file is read as a PDF at all."""
    tail, last_table = HOSTILE[name](len(signed))
    content = stamped_by_anybody(signed, tail, last_table, anybody)
    _ours, stamp = envelopes.found(content)
    assert stamp.ends == len(content)
    begun = time.process_time()
    seen = inspection.inspect(content)
    assert time.process_time() - begun < 3
    assert seen.problem in {Problem.ADDED, Problem.UNREADABLE}
    assert not seen.is_good


def test_a_second_signature_of_ours_over_more_is_not_taken_for_the_first(
    signed: bytes, plain: bytes, module_rows: Any
) -> None:
    """A signature lies only in the hole that it speaks of: copied elsewhere it proves nothing."""
    (envelope,) = envelopes.found(signed)
    moved = plain[:-7] + b"\n" + signed[envelope.hole_starts : envelope.hole_ends] + b"\n%%EOF\n"
    assert inspection.inspect(moved).problem in {Problem.UNSIGNED, Problem.SIGNATURE_DAMAGED}
