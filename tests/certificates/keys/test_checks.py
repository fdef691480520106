"""What `manage.py check` says of the keys, with the real settings of production; and making keys there."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from certificates.keys import demo, identity, keyfiles
from certificates.keys.custody import ALGORITHMS
from certificates.keys.models import SigningKey
from tests.certificates.keys import pki

THIS_YEAR = datetime.now(UTC).year
Check = Callable[..., tuple[int, str]]


@pytest.fixture
def production(tmp_path: Path, authority: pki.Authority) -> dict[str, str]:
    """The environment of a production that has all its keys."""
    keys = tmp_path / "keys"
    for purpose, algorithm in ALGORITHMS.items():
        keyfiles.make(keys, purpose, algorithm, f"{THIS_YEAR}-1", is_demo=False)
    named = pki.write_pkcs12(tmp_path / "sello.p12", authority.identity("Registro de diplomas"))
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "LANG": "C.UTF-8",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATA_DIR": str(tmp_path / "data"),
        "KEYS_DIR": str(keys),
        "MASTER_KEYS": urlsafe_b64encode(bytes(32)).decode(),
        "NAME_SECRET": urlsafe_b64encode(bytes(32)).decode(),
        "ISSUER_HOST": "diplomas.example",
        "PUBLIC_BASE_URL": "https://verifica.example",
        "ALLOWED_HOSTS": "verifica.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "CACHE_URL": "redis://127.0.0.1:1/1",
        "PDF_PKCS12": named["pkcs12"],
        "PDF_PASSPHRASE": named["passphrase"],
    }


@pytest.fixture
def check(production: dict[str, str]) -> Check:
    """Run `manage.py check` with production's settings and what is passed; its exit code and words."""

    def run(**changes: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", "check"],
            cwd=django_settings.BASE_DIR,
            env={name: value for name, value in (production | changes).items() if value},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    return run


pytestmark = pytest.mark.processes


def test_production_with_all_its_keys_has_nothing_to_say(check: Check) -> None:
    assert check() == (0, "System check identified no issues (0 silenced).\n")


def test_production_refuses_a_demo_certificate(check: Check, tmp_path: Path) -> None:
    private, chain = demo.make_chain(THIS_YEAR)
    named = pki.write_pkcs12(
        tmp_path / "demo.p12", identity.Identity(identity.LocalKey(private), tuple(chain))
    )
    code, words = check(PDF_PKCS12=named["pkcs12"])
    assert code == 1
    assert "(certificates.E010)" in words
    assert "«pdf»" in words


@pytest.mark.parametrize("purpose", ["pdf", "log"])
def test_production_refuses_key_files_of_a_demo(
    check: Check, production: dict[str, str], purpose: str
) -> None:
    keys = Path(production["KEYS_DIR"])
    if purpose == "pdf":
        keyfiles.make_demo_chain(keys, "pdf", f"{THIS_YEAR}-1")
    else:
        keyfiles.make(keys, "log", keyfiles.ED25519, f"{THIS_YEAR}-2", is_demo=True)
    code, words = check()
    assert code == 1
    assert "certificates.E010" in words


def test_an_expired_certificate_is_told_and_the_site_stays_up(
    check: Check, tmp_path: Path, authority: pki.Authority
) -> None:
    ended = datetime.now(UTC) - timedelta(days=1)
    expired = authority.identity("Registro", starts=ended - timedelta(days=400), ends=ended)
    code, words = check(PDF_PKCS12=pki.write_pkcs12(tmp_path / "old.p12", expired)["pkcs12"])
    assert code == 0
    assert "certificates.W010" in words
    assert f"{ended.day} de" in words  # until when it could sign


def test_a_certificate_that_ends_soon_is_told(check: Check, tmp_path: Path, authority: pki.Authority) -> None:
    ending = authority.identity("Registro", ends=datetime.now(UTC) + timedelta(days=20))
    code, words = check(PDF_PKCS12=pki.write_pkcs12(tmp_path / "ending.p12", ending)["pkcs12"])
    assert code == 0
    assert "certificates.W012" in words


def test_missing_keys_are_told_with_the_command_that_makes_them(
    check: Check, production: dict[str, str]
) -> None:
    (log,) = keyfiles.found(Path(production["KEYS_DIR"]), "log")
    log.path.unlink()
    code, words = check(PDF_PKCS12="")
    assert code == 0
    assert words.count("certificates.W010") == 2
    assert "manage.py make_key log" in words


def test_a_key_of_last_year_is_told(check: Check, production: dict[str, str]) -> None:
    (log,) = keyfiles.found(Path(production["KEYS_DIR"]), "log")
    log.path.rename(log.path.with_name(f"log-{THIS_YEAR - 1}-1.pem"))
    code, words = check()
    assert code == 0
    assert "certificates.W011" in words


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"PDF_SIGNATURE_LEVEL": "B-X"}, "E011"),
        ({"PDF_SIGNATURE_LEVEL": "B-T"}, "E012"),
        ({"PDF_SIGNATURE_LEVEL": "B-LTA", "PDF_TIMESTAMP_URL": "https://tsa.example"}, "E013"),
    ],
)
def test_settings_that_contradict_each_other_are_errors(
    check: Check, changes: dict[str, str], expected: str
) -> None:
    code, words = check(**changes)
    assert code == 1
    assert f"certificates.{expected}" in words


@pytest.mark.django_db
def test_the_command_makes_this_years_key_and_then_next_years(keys_dir: Path, settings: object) -> None:
    SigningKey.objects.all().delete()
    call_command("make_key", "log")
    call_command("make_key", "log")
    names = sorted(path.name for path in keys_dir.iterdir())
    assert names == [f"log-{THIS_YEAR}-1.demo.pem", f"log-{THIS_YEAR + 1}-1.demo.pem"]
    assert SigningKey.objects.filter(purpose="log").count() == 2


@pytest.mark.django_db
def test_the_command_replaces_a_key_only_when_told(keys_dir: Path) -> None:
    SigningKey.objects.all().delete()
    call_command("make_key", "qr", "--year", "2026")
    with pytest.raises(CommandError, match="--again"):
        call_command("make_key", "qr", "--year", "2026")
    call_command("make_key", "qr", "--year", "2026", "--again")
    kids = SigningKey.objects.filter(purpose="qr").values_list("kid", flat=True)
    assert sorted(kids) == ["2026-1", "2026-2"]
