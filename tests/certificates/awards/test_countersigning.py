"""The authority signs the diplomas of an acta with her own key: all, once, in files, register and log."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates import tasks
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import countersigning, erasure, files, life
from certificates.awards.models import Certificate, Countersignature, Revocation
from certificates.errors import Refused
from certificates.keys import custody, sealing
from certificates.keys.identity import Identity
from certificates.keys.models import SigningKey
from certificates.log.models import LogEntry
from certificates.printing import inspection
from tests.certificates.keys import pki

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def health() -> Identity:
    """The health authority's key, as SAT gives them: RSA."""
    return pki.authority("Autoridad del Estado").identity("Secretaría ficticia de Salud", key=pki.rsa_key())


@pytest.fixture
def key_file(tmp_path: Path, health: Identity, monkeypatch: pytest.MonkeyPatch) -> str:
    """Her .p12; its passphrase is in the environment."""
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", pki.PASSPHRASE)
    return pki.write_pkcs12(tmp_path / "salud.p12", health)["pkcs12"]


@pytest.fixture
def awaiting(accepted: Acta, administrator: Any, settings: Any) -> Acta:
    """Two recognised diplomas, made with a place for the authority's signature."""
    settings.AUTHORITY_COUNTERSIGNS = True
    for certificate in awards.issue_acta(acta=accepted, by=administrator, at=timezone.now()):
        tasks.render(str(certificate.pk))
    return accepted


def diplomas(awaiting: Acta) -> list[Certificate]:
    return list(Certificate.objects.with_state().select_related("key").filter(acta=awaiting))


def sign(awaiting: Acta, signer: Identity) -> list[Any]:
    outcomes = countersigning.countersign_acta(acta=awaiting, signer=signer, now=timezone.now)
    return [outcome for _certificate, outcome in outcomes]


def test_the_command_signs_every_diploma_in_files_register_and_log(
    awaiting: Acta, key_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with override("en"):
        call_command("countersign", "--acta", str(awaiting.pk), "--pkcs12", key_file)
    assert "Countersigned now: 2. Before: 0." in capsys.readouterr().out
    for diploma in diplomas(awaiting):
        row = diploma.countersignature
        first = files.read(diploma.document.path, diploma.key, diploma.pk)
        both = files.read(row.path, diploma.key, diploma.pk)
        assert both.startswith(first)
        assert hashlib.sha256(both).hexdigest() == row.pdf_sha256
        assert row.size == len(both)
        assert row.signer == "CN=Secretaría ficticia de Salud,O=Registro ficticio"
        entry = LogEntry.objects.get(award=diploma.pk, type=LogEntry.Type.COUNTERSIGN)
        assert (entry.pdf_sha256, entry.vc_sha256) == (row.pdf_sha256, diploma.document.vc_sha256)
        seen = inspection.inspect(both)
        assert seen.is_good
        assert seen.authority == "Secretaría ficticia de Salud"
        assert seen.signed_sha256 == diploma.document.pdf_sha256


def test_a_second_run_changes_nothing(
    awaiting: Acta, key_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("countersign", "--acta", str(awaiting.pk), "--pkcs12", key_file)
    rows, entries = list(Countersignature.objects.values()), LogEntry.objects.count()
    capsys.readouterr()
    with override("en"):
        call_command("countersign", "--acta", str(awaiting.pk), "--pkcs12", key_file)
    assert "Countersigned now: 0. Before: 2." in capsys.readouterr().out
    assert list(Countersignature.objects.values()) == rows
    assert LogEntry.objects.count() == entries
    assert SigningKey.objects.filter(purpose=SigningKey.Purpose.AUTHORITY).count() == 1


def test_who_downloads_gets_the_file_with_both_signatures(
    awaiting: Acta, health: Identity, administrator: Any, client: Client
) -> None:
    sign(awaiting, health)
    diploma = diplomas(awaiting)[0]
    client.force_login(administrator)
    content = client.get(reverse("certificates:download", args=[diploma.pk])).content
    assert hashlib.sha256(content).hexdigest() == diploma.countersignature.pdf_sha256


def test_it_goes_on_where_it_was_stopped(awaiting: Acta, health: Identity) -> None:
    outcomes = countersigning.countersign_acta(acta=awaiting, signer=health, now=timezone.now)
    next(outcomes)
    outcomes.close()  # as by Ctrl-C
    assert Countersignature.objects.count() == 1
    assert len(sign(awaiting, health)) == 1
    assert Countersignature.objects.count() == 2


def test_what_a_run_that_died_left_behind_is_overwritten(
    awaiting: Acta, health: Identity, storage: Path
) -> None:
    diploma = diplomas(awaiting)[0]
    files.put(countersigning.path_of(diploma.pk), b"half a file")
    assert len(sign(awaiting, health)) == 2
    assert len(list(storage.rglob("*.sealed"))) == 4
    row = Countersignature.objects.get(certificate=diploma)
    content = files.read(row.path, diploma.key, diploma.pk)
    assert hashlib.sha256(content).hexdigest() == row.pdf_sha256


def test_of_two_at_once_one_signs(awaiting: Acta, health: Identity) -> None:
    diploma = countersigning.waiting(awaiting).certificates[0]
    act = partial(countersigning.countersign, certificate=diploma, signer=health, by=None)
    assert act(at=timezone.now()) is not None
    assert act(at=timezone.now()) is None
    assert Countersignature.objects.count() == 1


def test_what_was_revoked_replaced_or_erased_is_left_out(
    awaiting: Acta, health: Identity, administrator: Any
) -> None:
    first, second = diplomas(awaiting)
    life.revoke_certificate(
        certificate=first, reason=Revocation.Reason.ERROR, by=administrator, at=timezone.now()
    )
    erasure.erase(certificate=second, by=administrator, at=timezone.now())
    assert countersigning.waiting(awaiting).certificates == []
    assert sign(awaiting, health) == []


def test_a_diploma_without_a_place_is_told_and_the_others_are_signed(
    accepted: Acta, administrator: Any, settings: Any, key_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for has_place, certificate in zip(
        (True, False),
        awards.issue_acta(acta=accepted, by=administrator, at=timezone.now()),
        strict=True,
    ):
        settings.AUTHORITY_COUNTERSIGNS = has_place
        tasks.render(str(certificate.pk))
    with override("en"), pytest.raises(CommandError, match="1 diploma could not be signed"):
        call_command("countersign", "--acta", str(accepted.pk), "--pkcs12", key_file)
    said = capsys.readouterr()
    assert "no free place for the authority's signature" in said.err
    assert "Countersigned now: 1." in said.out


def test_a_stored_file_that_was_changed_is_not_signed(awaiting: Acta, health: Identity) -> None:
    diploma, other = diplomas(awaiting)
    foreign = files.read(other.document.path, other.key, other.pk)
    files.drop(diploma.document.path)
    sealed = sealing.seal(diploma.key, foreign, context=files.context_of(diploma.pk))
    files.put(diploma.document.path, sealed)
    outcomes = sign(awaiting, health)
    assert sorted(type(one).__name__ for one in outcomes) == ["Countersignature", "FactsAltered"]


def test_a_server_that_does_not_answer_stops_it_in_words_and_nothing_is_half_done(
    awaiting: Acta, key_file: str, settings: Any
) -> None:
    settings.PDF_TIMESTAMP_URL = "http://127.0.0.1:1"
    with override("en"), pytest.raises(CommandError, match="timestamp authority does not answer"):
        call_command("countersign", "--acta", str(awaiting.pk), "--pkcs12", key_file)
    assert not Countersignature.objects.exists()
    assert not LogEntry.objects.filter(type=LogEntry.Type.COUNTERSIGN).exists()


def test_our_own_certificate_is_not_the_authoritys(awaiting: Acta) -> None:
    with pytest.raises(Refused):
        sign(awaiting, custody.pdf_signer(timezone.now()).identity)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--acta", "999"], "no acta with this number"),
        ([], "Name the authority's key"),
        (["--pkcs12", "/nowhere.p12"], "cannot be read"),
        (["--sat-cer", "/nowhere.cer", "--sat-key", "/nowhere.key"], "cannot be read"),
        (["--sat-cer", "/nowhere.cer"], "Name a key"),
    ],
)
def test_a_wrong_call_is_told_in_words(
    awaiting: Acta, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", "x")
    if "--acta" not in arguments:
        arguments = ["--acta", str(awaiting.pk), *arguments]
    with override("en"), pytest.raises(CommandError, match=words):
        call_command("countersign", *arguments)


def test_sats_two_files_sign_as_well(
    awaiting: Acta, health: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", pki.PASSPHRASE)
    named = pki.write_sat(tmp_path, health)
    call_command(
        "countersign",
        "--acta",
        str(awaiting.pk),
        "--sat-cer",
        named["sat_cer"],
        "--sat-key",
        named["sat_key"],
    )
    assert Countersignature.objects.count() == 2
