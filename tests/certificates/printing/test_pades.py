"""Signatures as others read them: pyHanko, OpenSSL's CMS; and what they leave as it was."""

import asyncio
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms, pem, x509
from asn1crypto.tsp import TimeStampResp
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.keys import custody
from certificates.keys.errors import KeyExpired, KeyIsDemo, KeyMissing
from certificates.keys.identity import Identity
from certificates.printing import envelopes, inspection, pades
from certificates.printing.inspection import Problem
from tests.certificates.keys import pki
from tests.certificates.printing import tsa
from tests.certificates.printing.tampering import apart, plain_diploma

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 34, 56, tzinfo=UTC)


@pytest.fixture(scope="session")
def plain() -> bytes:
    return plain_diploma()


@pytest.fixture(scope="session")
def authority() -> pki.Authority:
    return pki.authority()


@pytest.fixture(scope="session")
def health(authority: pki.Authority) -> Identity:
    """The health authority's own key."""
    return pki.authority("Autoridad certificadora del Estado").identity("Secretaría ficticia de Salud")


@pytest.fixture(scope="session")
def stamps(authority: pki.Authority) -> Identity:
    """The key of a timestamp authority."""
    return authority.identity("Sello de tiempo", key=pki.rsa_key(), usages=(pki.TIMESTAMPING,))


@pytest.fixture
def url(stamps: Identity, settings: Any) -> Iterator[str]:
    """A timestamp authority that answers, named by the settings."""
    with tsa.serving(tsa.honest(stamps)) as address:
        settings.PDF_TIMESTAMP_URL = address
        yield address


def validated(pdf: bytes, number: int = 0, roots: Any = ()) -> PdfSignatureStatus:
    """What pyHanko says of a signature, trusting the register's authorities and `roots`."""
    chain = custody.pdf_signer(AT).row.chain.encode()
    ders = [der for _type, _headers, der in pem.unarmor(chain, multiple=True)][1:]
    trusted = [x509.Certificate.load(der) for der in ders]
    trusted += [tsa.asn1(one) for one in roots]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[number]
    return apart(lambda: validate_pdf_signature(found, signer_validation_context=context))


def test_the_signature_is_intact_trusted_and_covers_the_whole_file(plain: bytes) -> None:
    status = validated(pades.sign(plain, at=AT))
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert status.md_algorithm == "sha256"
    assert status.signer_reported_dt == AT


def test_the_bytes_before_signing_stay_as_they_were(plain: bytes) -> None:
    first, second = pades.sign(plain, at=AT), pades.sign(plain, at=AT)
    assert first.startswith(plain)
    assert second.startswith(plain)
    assert len(first) == len(second)


def test_nothing_may_change_after_us(plain: bytes) -> None:
    signature = PdfFileReader(io.BytesIO(pades.sign(plain, at=AT))).embedded_signatures[0]
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Filter"] == "/Adobe.PPKLite"
    assert "/Location" not in signature.sig_object
    assert "/Reason" not in signature.sig_object


@pytest.mark.parametrize("with_field", [False, True])
def test_the_claims_of_pdf_a_and_pdf_ua_stay(plain: bytes, with_field: bool) -> None:
    signed = pades.sign(plain, at=AT, with_authority_field=with_field)
    added = signed[len(plain) :]
    assert b"/Type /Metadata" not in added
    assert b"/Version" not in added
    before, after = pikepdf.open(io.BytesIO(plain)), pikepdf.open(io.BytesIO(signed))
    assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in after.Root.Metadata.read_bytes()
    for key in ("/MarkInfo", "/Lang", "/StructTreeRoot", "/OutputIntents", "/AF", "/ViewerPreferences"):
        assert key in after.Root, key
    assert after.pdf_version == before.pdf_version == "1.7"
    for widget in after.pages[0].Annots:
        assert [float(side) for side in widget.Rect] == [0, 0, 0, 0]  # invisible: PDF/UA asks for no tag
        assert int(widget.F) & 4  # printable, as PDF/A asks


def test_the_cms_is_der_with_each_certificate_once_and_no_signing_time(plain: bytes) -> None:
    (envelope,) = envelopes.found(pades.sign(plain, at=AT))
    parsed = cms.ContentInfo.load(envelope.cms, strict=True)
    assert parsed.copy().dump(force=True) == envelope.cms
    signed = parsed["content"]
    carried = [one.chosen.dump() for one in signed["certificates"]]
    assert carried == sorted(set(carried))
    assert len(carried) == 2
    (info,) = signed["signer_infos"]
    kinds = [one["type"].native for one in info["signed_attrs"]]
    assert sorted(kinds) == ["content_type", "message_digest", "signing_certificate_v2"]


@pytest.mark.parametrize("key", ["P-256", "RSA-2048"])
@pytest.mark.parametrize("form", ["pkcs12", "sat"])
def test_a_bought_key_signs(
    plain: bytes, authority: pki.Authority, tmp_path: Path, settings: Any, key: str, form: str
) -> None:
    signer = authority.identity("Registro", key=None if key == "P-256" else pki.rsa_key())
    settings.IS_DEMO = False
    settings.PDF_KEY = (
        pki.write_pkcs12(tmp_path / "sello.p12", signer)
        if form == "pkcs12"
        else pki.write_sat(tmp_path, signer)
    )
    signed = pades.sign(plain)
    assert inspection.inspect(signed).is_good
    found = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    assert found.signer_cert.subject.native["common_name"] == "Registro"
    found.compute_integrity_info()
    assert found.summarise_integrity_info()["docmdp_ok"]


def test_a_key_that_cannot_sign_says_why_and_nothing_is_signed(
    plain: bytes, authority: pki.Authority, tmp_path: Path, settings: Any
) -> None:
    expired = authority.identity(
        "Registro", starts=datetime(2020, 1, 1, tzinfo=UTC), ends=datetime(2021, 1, 1, tzinfo=UTC)
    )
    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "old.p12", expired)
    with pytest.raises(KeyExpired):
        pades.sign(plain)
    settings.IS_DEMO, settings.PDF_KEY = False, {}
    with pytest.raises(KeyMissing):
        pades.sign(plain)


def test_a_demo_certificate_signs_nothing_outside_of_a_demo(
    plain: bytes, tmp_path: Path, settings: Any
) -> None:
    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "demo.p12", custody.pdf_signer(AT).identity)
    settings.IS_DEMO = False
    with pytest.raises(KeyIsDemo):
        pades.sign(plain, at=AT)


def test_signing_works_where_an_event_loop_runs(plain: bytes) -> None:
    async def inside() -> bytes:
        return pades.sign(plain, at=AT)

    custody.pdf_signer(AT)
    assert apart(lambda: asyncio.run(inside())).startswith(plain)


def test_with_an_authority_the_signature_carries_its_timestamp(
    plain: bytes, url: str, stamps: Identity
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    signed = pades.sign(plain, at=AT)
    status = validated(signed, roots=stamps.chain[1:])
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.trusted
    seen = inspection.inspect(signed)
    assert seen.is_good
    assert seen.signed_at == AT
    assert seen.timestamped_at is not None
    assert before <= seen.timestamped_at <= datetime.now(UTC)


def test_level_b_b_asks_nobody(plain: bytes, settings: Any) -> None:
    settings.PDF_TIMESTAMP_URL, settings.PDF_SIGNATURE_LEVEL = "http://127.0.0.1:1", "B-B"
    assert inspection.inspect(pades.sign(plain, at=AT)).timestamped_at is None


def test_an_authority_that_is_not_there_delays_and_never_lowers_the_level(
    plain: bytes, settings: Any
) -> None:
    settings.PDF_TIMESTAMP_URL = "http://127.0.0.1:1"
    with pytest.raises(pades.TimestampUnavailable):
        pades.sign(plain, at=AT)
    settings.PDF_TIMESTAMP_URL, settings.PDF_SIGNATURE_LEVEL = "", "B-T"
    with pytest.raises(pades.TimestampUnavailable):
        pades.sign(plain, at=AT)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: (500, "text/plain", b"out of order"),
        lambda _request: (200, tsa.REPLY, b""),
        lambda _request: (200, tsa.REPLY, b"\x30\x03\x02\x01\x05"),
        lambda _request: (200, tsa.REPLY, b"<html>"),
        lambda _request: (200, tsa.REPLY, TimeStampResp({"status": {"status": "rejection"}}).dump()),
    ],
    ids=["error", "empty", "other", "page", "refusal"],
)
def test_an_authority_that_talks_nonsense_delays(plain: bytes, settings: Any, answer: tsa.Answer) -> None:
    with tsa.serving(answer) as address:
        settings.PDF_TIMESTAMP_URL = address
        with pytest.raises(pades.TimestampUnavailable):
            pades.sign(plain, at=AT)


@pytest.mark.parametrize("trick", [tsa.of_another_document, tsa.with_a_broken_signature])
def test_a_timestamp_that_proves_nothing_is_not_taken(
    plain: bytes, settings: Any, stamps: Identity, trick: Any
) -> None:
    with tsa.serving(trick(stamps)) as address:
        settings.PDF_TIMESTAMP_URL = address
        with pytest.raises(pades.TimestampUnavailable):
            pades.sign(plain, at=AT)


def test_an_authority_that_hangs_is_waited_for_as_long_as_the_settings_say(
    plain: bytes, settings: Any
) -> None:
    def hang(_request: bytes) -> tuple[int, str, bytes]:
        time.sleep(3)
        return 500, "text/plain", b""

    settings.PDF_TIMESTAMP_SECONDS = 1
    with tsa.serving(hang) as address:
        settings.PDF_TIMESTAMP_URL = address
        begun = time.monotonic()
        with pytest.raises(pades.TimestampUnavailable):
            pades.sign(plain, at=AT)
        assert time.monotonic() - begun < 2.5


@pytest.fixture
def archival(
    authority: pki.Authority, stamps: Identity, tmp_path: Path, settings: Any
) -> Iterator[dict[str, bytes]]:
    """Level B-LTA: a signer whose authority publishes a list of revocations, and a timestamp authority."""
    lists = {"/authority.crl": authority.revocation_list()}
    with tsa.serving(tsa.honest(stamps), lists) as address:
        signer = authority.identity("Registro", crl_url=f"{address}/authority.crl")
        settings.PDF_KEY = pki.write_pkcs12(tmp_path / "sello.p12", signer)
        settings.PDF_TIMESTAMP_URL, settings.PDF_SIGNATURE_LEVEL = address, "B-LTA"
        roots = tmp_path / "roots.pem"
        roots.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
        settings.PDF_TIMESTAMP_ROOTS = str(roots)
        yield lists


def test_level_b_lta_keeps_the_proofs_and_stamps_the_whole_file(
    plain: bytes, archival: dict[str, bytes]
) -> None:
    signed = pades.sign(plain)
    document = pikepdf.open(io.BytesIO(signed))
    assert len(document.Root.DSS.CRLs) == 1
    claims = document.Root.Metadata.read_bytes()  # written anew by pyHanko, with the same claims
    assert b'pdfuaid:part="1"' in claims
    assert b'pdfaid:part="3"' in claims
    assert b'pdfaid:conformance="A"' in claims
    reader = PdfFileReader(io.BytesIO(signed))
    _ours, stamp = reader.embedded_signatures
    assert stamp.sig_object_type == "/DocTimeStamp"
    assert stamp.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    seen = inspection.inspect(signed)
    assert seen.is_good
    assert seen.covers_whole_file
    assert not seen.changed_after_signing
    assert seen.signed_sha256 != seen.sha256


def test_without_proof_of_the_certificates_level_b_lta_delays(
    plain: bytes, archival: dict[str, bytes]
) -> None:
    archival.clear()
    with pytest.raises(pades.RevocationUnavailable):
        pades.sign(plain)


def test_the_authority_signs_last_and_both_hold(plain: bytes, health: Identity) -> None:
    signed = pades.sign(plain, at=AT, with_authority_field=True)
    both = pades.countersign(signed, health)
    assert both.startswith(signed)
    for number in (0, 1):
        status = validated(both, number, roots=health.chain[1:])
        assert status.bottom_line, status.pretty_print_details()
        assert status.docmdp_ok
    names = [one.field_name for one in PdfFileReader(io.BytesIO(both)).embedded_signatures]
    assert names == [pades.OUR_FIELD, pades.AUTHORITY_FIELD]
    document = pikepdf.open(io.BytesIO(both))
    assert document.Root.Metadata.read_bytes() == pikepdf.open(io.BytesIO(plain)).Root.Metadata.read_bytes()


def test_a_later_edit_breaks_both(plain: bytes, health: Identity) -> None:
    both = pades.countersign(pades.sign(plain, at=AT, with_authority_field=True), health)
    edited = bytearray(both)
    edited[len(plain) // 2] ^= 1
    for number in (0, 1):
        assert not validated(bytes(edited), number, roots=health.chain[1:]).intact
    assert inspection.inspect(bytes(edited)).problem == Problem.ALTERED


def test_a_countersignature_may_be_timestamped(
    plain: bytes, url: str, health: Identity, stamps: Identity
) -> None:
    both = pades.countersign(pades.sign(plain, with_authority_field=True), health)
    status = validated(both, 1, roots=[*health.chain[1:], *stamps.chain[1:]])
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted


@pytest.mark.parametrize("with_field", [False, True])
def test_there_is_no_second_place_for_the_authority(plain: bytes, health: Identity, with_field: bool) -> None:
    signed = pades.sign(plain, at=AT, with_authority_field=with_field)
    if with_field:
        signed = pades.countersign(signed, health)
    with pytest.raises(pades.NoAuthorityField):
        pades.countersign(signed, health)


def test_an_expired_authority_signs_nothing(plain: bytes) -> None:
    signed = pades.sign(plain, at=AT, with_authority_field=True)
    expired = pki.authority("otra").identity(
        "Secretaría", starts=datetime(2020, 1, 1, tzinfo=UTC), ends=datetime(2021, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(KeyExpired):
        pades.countersign(signed, expired)
