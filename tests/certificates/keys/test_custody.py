"""Keys: made once in a demo, one a year, registered for ever; refused where they must not sign."""

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from certificates.keys import custody, keyfiles
from certificates.keys.errors import KeyExpired, KeyIsDemo, KeyMissing, KeyUnreadable
from certificates.keys.models import SigningKey
from certificates.keys.register import KeyConflict
from tests.certificates.keys import pki
from tests.stack import database_url_of_this_test

pytestmark = pytest.mark.django_db
Purpose = SigningKey.Purpose
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEXT_YEAR = NOW.replace(year=2027)
OF_FILES = (Purpose.CREDENTIAL, Purpose.QR, Purpose.LOG)


@pytest.fixture(autouse=True)
def _no_keys(db: None, keys_dir: Path) -> None:
    """Every test here starts without keys, in the folder and in the register."""
    SigningKey.objects.all().delete()


@pytest.fixture
def bought(tmp_path: Path, settings: Any, authority: pki.Authority) -> Any:
    """A PDF key from outside, named by the settings; no demo any more."""
    settings.IS_DEMO = False
    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "sello.p12", authority.identity("Registro de diplomas"))
    return settings


@pytest.mark.parametrize("purpose", OF_FILES)
def test_a_demo_makes_each_key_at_first_use_and_keeps_it(purpose: str, keys_dir: Path) -> None:
    first = custody.signer(purpose, NOW)
    custody._signer.cache_clear()  # as in the next process
    second = custody.signer(purpose, NOW)
    assert first is not second
    assert first.public == second.public
    (file,) = keys_dir.iterdir()
    assert file.name == f"{purpose}-2026-1.demo.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_is_held_once_per_process(keys_dir: Path) -> None:
    held = custody.signer(Purpose.LOG, NOW)
    pdf = custody.pdf_signer(NOW)
    for file in keys_dir.iterdir():
        file.unlink()
    with CaptureQueriesContext(connection) as queries:
        assert custody.signer(Purpose.LOG, NOW) is held
        assert custody.pdf_signer(NOW) is pdf
        assert held.kid == "2026-1"
    assert len(queries) == 0


def test_each_year_has_its_key_and_old_public_keys_stay() -> None:
    for at in (NOW, NEXT_YEAR):
        custody.signer(Purpose.CREDENTIAL, at)
    rows = custody.public_keys(Purpose.CREDENTIAL)
    assert [row.kid for row in rows] == ["2027-1", "2026-1"]
    assert len({row.public_key for row in rows}) == 2
    assert custody.signer(Purpose.CREDENTIAL, NOW).kid == "2026-1"


def test_the_year_turns_in_utc() -> None:
    tijuana = datetime.fromisoformat("2026-12-31T20:00:00-08:00")
    assert custody.signer(Purpose.LOG, tijuana).kid == "2027-1"


def test_the_register_never_holds_a_private_key() -> None:
    custody.ensure_keys(NOW)
    texts = [row.public_key + row.chain for row in SigningKey.objects.all()]
    assert not any("PRIVATE" in text for text in texts)


def test_the_demo_certificate_says_so_and_may_sign_documents() -> None:
    signer, authority = custody.pdf_signer(NOW).identity.chain
    assert isinstance(signer.public_key(), EllipticCurvePublicKey)
    assert "CN=DEMOSTRACIÓN – Sello de diplomas 2026" in signer.subject.rfc4514_string()
    signer.verify_directly_issued_by(authority)
    usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    extended = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert {one.dotted_string for one in extended} == {"1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"}
    row = SigningKey.objects.get(purpose=Purpose.PDF)
    assert row.is_demo
    assert x509.load_pem_x509_certificates(row.chain.encode()) == [signer, authority]


def test_ensuring_twice_changes_nothing(keys_dir: Path) -> None:
    custody.ensure_keys(NOW)
    files = {path.name: path.read_bytes() for path in keys_dir.iterdir()}
    rows = list(SigningKey.objects.values())
    custody.ensure_keys(NOW)
    assert {path.name: path.read_bytes() for path in keys_dir.iterdir()} == files
    assert list(SigningKey.objects.values()) == rows
    assert len(files) == 4


def test_a_row_that_is_gone_while_the_key_lives_is_written_again() -> None:
    custody.ensure_keys(NOW)
    before = list(SigningKey.objects.values_list("purpose", "kid", "public_key", "chain"))
    SigningKey.objects.all().delete()
    assert [row.kid for row in custody.public_keys(Purpose.LOG)] == ["2026-1"]
    assert custody.signer(Purpose.QR, NOW).row.pk
    custody.ensure_keys(NOW)
    after = SigningKey.objects.values_list("purpose", "kid", "public_key", "chain")
    assert sorted(after) == sorted(before)


def test_a_demo_whose_keys_were_lost_goes_on_with_new_ones_and_keeps_the_old_public_ones(
    tmp_path: Path, settings: Any
) -> None:
    custody.ensure_keys(NOW)
    settings.KEYS_DIR = tmp_path / "other"
    custody.ensure_keys(NOW)
    assert custody.signer(Purpose.LOG, NOW).kid == "2026-2"
    assert custody.pdf_signer(NOW).kid == "2026-2"
    assert [row.kid for row in custody.public_keys(Purpose.PDF)] == ["2026-2", "2026-1"]


MAKE_KEYS = """
import sys, time, django
django.setup()
from datetime import datetime, UTC
from certificates.keys import custody
print("ready", flush=True)
sys.stdin.readline()
custody.ensure_keys(datetime(2026, 11, 21, 12, tzinfo=UTC))
from certificates.keys.models import SigningKey
print(sorted(SigningKey.objects.values_list("purpose", "kid", "public_key")))
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_processes_that_make_the_same_keys_at_once_end_with_one_of_each(tmp_path: Path) -> None:
    connection.close()
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": database_url_of_this_test(),
        "PYTHONPATH": str(django_settings.BASE_DIR),
    }
    SigningKey.objects.all().delete()
    connection.close()
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE_KEYS],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _number in range(4)
    ]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("\n")
        maker.stdin.flush()
    told = {maker.communicate(timeout=60)[0] for maker in makers}
    assert [maker.returncode for maker in makers] == [0] * 4
    assert len(told) == 1
    assert SigningKey.objects.count() == 4
    files = sorted(path.name for path in (tmp_path / "data" / "keys").glob("*.pem"))
    assert files == sorted(f"{purpose}-2026-1.demo.pem" for purpose in ("credential", "log", "pdf", "qr"))
    assert not list((tmp_path / "data" / "keys").glob(".new-*"))


def test_outside_a_demo_a_missing_key_is_told_and_none_is_made(settings: Any, keys_dir: Path) -> None:
    settings.IS_DEMO = False
    with translation.override("en"):
        with pytest.raises(KeyMissing, match="The key «log» is missing on this machine"):
            custody.signer(Purpose.LOG, NOW)
        with pytest.raises(KeyMissing, match="The key «pdf» is missing"):
            custody.pdf_signer(NOW)
    custody.ensure_keys(NOW)
    assert not keys_dir.exists()
    assert not SigningKey.objects.exists()


def test_outside_a_demo_keys_of_a_demo_sign_nothing(settings: Any) -> None:
    custody.ensure_keys(NOW)
    settings.IS_DEMO = False
    for purpose in OF_FILES:
        with pytest.raises(KeyIsDemo):
            custody.signer(purpose, NOW)


def test_a_demo_certificate_bought_back_by_the_settings_signs_nothing(tmp_path: Path, settings: Any) -> None:
    identity = custody.pdf_signer(NOW).identity
    settings.IS_DEMO = False
    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "demo.p12", identity)
    with pytest.raises(KeyIsDemo):
        custody.pdf_signer(NOW)


def test_a_bought_key_is_registered_with_its_chain_under_the_year_it_begins(
    bought: Any, authority: pki.Authority
) -> None:
    held = custody.pdf_signer(datetime.now(UTC))
    row = held.row
    certificate = held.identity.certificate
    assert row.kid == f"{certificate.not_valid_before_utc.year}-1"
    assert (row.is_demo, row.algorithm, row.ends_at) == (False, "P-256", certificate.not_valid_after_utc)
    assert x509.load_pem_x509_certificates(row.chain.encode())[1] == authority.certificate


def test_a_renewed_certificate_is_another_entry_of_the_register(
    bought: Any, tmp_path: Path, authority: pki.Authority
) -> None:
    first = custody.pdf_signer(datetime.now(UTC))
    renewed = authority.identity("Registro de diplomas", key=pki.private_of(first.identity))
    bought.PDF_KEY = pki.write_pkcs12(tmp_path / "renewed.p12", renewed)
    second = custody.pdf_signer(datetime.now(UTC))
    assert second.kid == f"{renewed.certificate.not_valid_before_utc.year}-2"
    assert len(custody.public_keys(Purpose.PDF)) == 2


def test_an_expired_certificate_signs_nothing_and_says_until_when_it_could(
    bought: Any, tmp_path: Path, authority: pki.Authority
) -> None:
    ended = datetime(2025, 3, 9, tzinfo=UTC)
    expired = authority.identity("Registro", starts=ended - timedelta(days=9), ends=ended)
    bought.PDF_KEY = pki.write_pkcs12(tmp_path / "old.p12", expired)
    with translation.override("en"), pytest.raises(KeyExpired, match="until March 9, 2025"):
        custody.pdf_signer(NOW)
    with pytest.raises(KeyExpired):
        custody.pdf_signer(ended - timedelta(days=10))
    assert custody.pdf_signer(ended - timedelta(days=1)).identity.certificate == expired.certificate


def test_outside_a_demo_last_years_key_signs_until_this_years_is_made(settings: Any) -> None:
    settings.IS_DEMO = False
    old = custody.make_key(Purpose.LOG, 2025)
    assert custody.signer(Purpose.LOG, NOW).kid == "2025-1"
    with pytest.raises(KeyMissing):
        custody.signer(Purpose.LOG, NOW.replace(year=2024))
    new = custody.make_key(Purpose.LOG, 2026)
    assert custody.signer(Purpose.LOG, NOW).kid == "2026-1"
    assert isinstance(new.private, Ed25519PrivateKey)
    assert old.public.public_key != new.public.public_key
    assert not SigningKey.objects.filter(is_demo=True).exists()
    again = custody.make_key(Purpose.LOG, 2026)
    assert (again.kid, custody.signer(Purpose.LOG, NOW).kid) == ("2026-2", "2026-2")


def test_a_key_file_that_is_not_the_registered_one_is_refused(settings: Any, keys_dir: Path) -> None:
    settings.IS_DEMO = False
    custody.make_key(Purpose.LOG, 2026)
    (file,) = keyfiles.found(keys_dir, Purpose.LOG)
    file.path.unlink()
    keyfiles.make(keys_dir, Purpose.LOG, keyfiles.ED25519, "2026-1", is_demo=False)
    custody._signer.cache_clear()
    with pytest.raises(KeyConflict):
        custody.signer(Purpose.LOG, NOW)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_file_is_told(settings: Any, keys_dir: Path, content: bytes) -> None:
    settings.IS_DEMO = False
    keys_dir.mkdir()
    (keys_dir / "qr-2026-1.pem").write_bytes(content)
    with pytest.raises(KeyUnreadable):
        custody.signer(Purpose.QR, NOW)


def test_the_authoritys_own_keys_are_never_made(keys_dir: Path) -> None:
    custody.ensure_keys(NOW)
    assert Purpose.AUTHORITY not in {row.purpose for row in SigningKey.objects.all()}
