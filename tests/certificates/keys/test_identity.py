"""Keys as operators get them: PKCS#12, SAT's two files, a token; and what is wrong with each in words."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.utils import translation

from certificates.keys import identity, sources, token
from certificates.keys.errors import KeyUnreadable
from certificates.keys.identity import Identity
from tests.certificates.keys import pki

DATA = b"what is signed"
SOFTHSM = next(
    (
        path
        for path in (
            Path("/usr/lib/softhsm/libsofthsm2.so"),
            Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
        )
        if path.exists()
    ),
    None,
)


@pytest.fixture(params=["P-256", "RSA-2048"])
def signer(request: Any, authority: pki.Authority) -> Identity:
    """An identity of either kind of key."""
    key = None if request.param == "P-256" else pki.rsa_key()
    return authority.identity("Registro de diplomas", key=key)


def works(found: Identity, as_given: Identity) -> bool:
    return found.chain == as_given.chain and found.verifies(found.key.sign(DATA), DATA)


def test_a_pkcs12_file_opens_with_its_passphrase(tmp_path: Path, signer: Identity) -> None:
    found = sources.load(pki.write_pkcs12(tmp_path / "sello.p12", signer))
    assert works(found, signer)
    assert found.algorithm in {"P-256", "RSA-2048"}
    assert len(found.key.sign(DATA)) <= found.signature_size


def test_a_chain_beside_the_pkcs12_file_is_taken_in_order(tmp_path: Path, authority: pki.Authority) -> None:
    signer = authority.identity("Registro")
    alone = Identity(signer.key, signer.chain[:1])
    chain = tmp_path / "chain.pem"
    chain.write_text(identity.chain_pem([pki.authority("otra").certificate, authority.certificate]))
    named = pki.write_pkcs12(tmp_path / "sello.p12", alone) | {"chain": str(chain)}
    assert sources.load(named).chain == (signer.certificate, authority.certificate)


def test_sats_cer_and_key_open_with_their_passphrase(tmp_path: Path, signer: Identity) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text(identity.chain_pem(signer.chain[1:]))
    assert works(sources.load(pki.write_sat(tmp_path, signer) | {"chain": str(chain)}), signer)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("cipher", [("-v2", "des3"), ("-v1", "PBE-SHA1-3DES"), ("-v2", "aes-256-cbc")])
def test_a_key_file_of_any_age_opens(
    tmp_path: Path, authority: pki.Authority, cipher: tuple[str, str]
) -> None:
    signer = authority.identity("Firma", key=pki.rsa_key())
    named = pki.write_sat(tmp_path, signer)
    plain = tmp_path / "plain.pem"
    plain.write_bytes(pki.private_of(signer).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    command: list[str | Path] = ["openssl", "pkcs8", "-topk8", *cipher, "-in", plain, "-outform", "DER"]
    subprocess.run(
        [*command, "-out", named["sat_key"], "-passout", f"pass:{pki.PASSPHRASE}"], check=True, timeout=60
    )
    found = sources.load(named)
    assert found.certificate == signer.certificate
    assert found.verifies(found.key.sign(DATA), DATA)


def wrong_passphrase(folder: Path, signer: Identity) -> dict[str, str]:
    return pki.write_pkcs12(folder / "a.p12", signer) | {"passphrase": "otra"}


def wrong_passphrase_of_sat(folder: Path, signer: Identity) -> dict[str, str]:
    return pki.write_sat(folder, signer) | {"passphrase": "otra"}


def no_passphrase_of_sat(folder: Path, signer: Identity) -> dict[str, str]:
    return pki.write_sat(folder, signer) | {"passphrase": ""}


def missing_file(folder: Path, signer: Identity) -> dict[str, str]:
    return {"pkcs12": str(folder / "nowhere.p12")}


def other_key(folder: Path, signer: Identity) -> dict[str, str]:
    other = pki.authority("otra").identity("Otra")
    return pki.write_sat(folder, Identity(other.key, signer.chain))


def small_key(folder: Path, signer: Identity) -> dict[str, str]:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return pki.write_pkcs12(folder / "small.p12", pki.authority("otra").identity("Corta", key=small))


def odd_curve(folder: Path, signer: Identity) -> dict[str, str]:
    odd = ec.generate_private_key(ec.SECP384R1())
    return pki.write_pkcs12(folder / "odd.p12", pki.authority("otra").identity("Otra curva", key=odd))


def no_certificate(folder: Path, signer: Identity) -> dict[str, str]:
    path = folder / "bare.p12"
    private = pki.private_of(signer)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", private, None, None, NoEncryption()))
    return {"pkcs12": str(path)}


def half_a_token(folder: Path, signer: Identity) -> dict[str, str]:
    return {"pkcs11_module": "/nowhere.so"}


def nothing(folder: Path, signer: Identity) -> dict[str, str]:
    return {}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (wrong_passphrase, "is the passphrase the right one"),
        (wrong_passphrase_of_sat, "is the passphrase the right one"),
        (no_passphrase_of_sat, "is the passphrase the right one"),
        (missing_file, "cannot be read"),
        (other_key, "does not belong to the key"),
        (small_key, "2048 bits or more"),
        (odd_curve, "P-256"),
        (no_certificate, "holds no certificate"),
        (half_a_token, "name its library, the token and the key"),
        (nothing, "Name a key"),
    ],
)
def test_what_is_wrong_is_told_in_words_without_secrets(
    tmp_path: Path,
    authority: pki.Authority,
    make: Callable[[Path, Identity], dict[str, str]],
    words: str,
) -> None:
    named = make(tmp_path, authority.identity("Registro"))
    with translation.override("en"), pytest.raises(KeyUnreadable, match=words) as caught:
        sources.load(named)
    assert pki.PASSPHRASE not in str(caught.value)


def test_without_the_library_for_tokens_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)  # as where it is not installed
    named = {"pkcs11_module": "/nowhere.so", "pkcs11_token": "t", "pkcs11_key": "k"}
    with translation.override("en"), pytest.raises(KeyUnreadable, match="install python-pkcs11"):
        sources.load(named)


@pytest.fixture
def named_token(tmp_path: Path, signer: Identity, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A software token that holds `signer`, and the setting that names it."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: it is optional")
    if SOFTHSM is None or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM is not installed")
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    key = tmp_path / "key.pem"
    key.write_bytes(pki.private_of(signer).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain = tmp_path / "chain.pem"
    chain.write_text(identity.chain_pem(signer.chain))
    tool = ["softhsm2-util", "--module", str(SOFTHSM)]
    label = tmp_path.name[-20:]
    subprocess.run(
        [*tool, "--init-token", "--free", "--label", label, "--pin", "4321", "--so-pin", "8765"], check=True
    )
    subprocess.run(
        [*tool, "--import", key, "--token", label, "--label", "sello", "--id", "01", "--pin", "4321"],
        check=True,
    )
    return {
        "pkcs11_module": str(SOFTHSM),
        "pkcs11_token": label,
        "pkcs11_key": "sello",
        "passphrase": "4321",
        "chain": str(chain),
    }


def run_apart(work: Callable[[], None]) -> int:
    """Run in a child process and return its exit code: a token's library reads its settings once."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_key_in_a_token_signs_and_never_leaves_it(named_token: dict[str, str], signer: Identity) -> None:
    def work() -> None:
        found = sources.load(named_token)
        assert works(found, signer)
        assert isinstance(found.key, token.TokenKey)
        assert "4321" not in repr(found.key)
        assert run_apart(lambda: sign_again(found)) == 0  # a forked worker opens its own session
        sign_again(found)

    def sign_again(found: Identity) -> None:
        assert found.verifies(found.key.sign(DATA), DATA)

    assert run_apart(work) == 0


def test_a_wrong_pin_or_label_is_told(named_token: dict[str, str]) -> None:
    def work() -> None:
        for change in ({"passphrase": "0000"}, {"pkcs11_token": "otro"}, {"pkcs11_key": "otra"}):
            with pytest.raises(KeyUnreadable):
                sources.load(named_token | change)

    assert run_apart(work) == 0
