"""Signed heads follow the C2SP formats to the letter, so that other people's tools read them."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.log import checkpoint
from certificates.log.checkpoint import BadNote, Checkpoint

# The example of golang.org/x/mod/sumdb/note, from which the signed-note format comes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = Checkpoint("diplomas.example/log", 42, bytes(32))


def test_the_key_id_is_the_one_that_other_tools_compute() -> None:
    name, key_id, encoded = PETER.split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])
    assert checkpoint.key_id(name, public).hex() == key_id
    assert checkpoint.verifier_key(name, public) == PETER


def test_a_note_of_another_tool_is_signed_as_ours_are() -> None:
    """Its body is no checkpoint, so the signature alone is compared: over the body with its line feed."""
    _name, _key_id, encoded = PETER.split("+", 2)
    body, _, signature = PETERS_NOTE.partition("\n\n")
    Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:]).verify(
        b64decode(signature.split()[-1])[4:], f"{body}\n".encode()
    )


def test_a_head_is_written_in_three_lines_an_empty_one_and_a_signature() -> None:
    lines = checkpoint.sign(HEAD, KEY).split("\n")
    assert lines[:4] == ["diplomas.example/log", "42", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ""]
    assert lines[4].startswith("— diplomas.example/log ")
    assert lines[5:] == [""]


def test_what_was_signed_is_read_back() -> None:
    note = checkpoint.sign(HEAD, KEY)
    assert checkpoint.read(note) == HEAD
    assert checkpoint.is_signed_by(note, KEY.public_key())


def test_another_key_or_another_word_is_found_out() -> None:
    note = checkpoint.sign(HEAD, KEY)
    stranger = Ed25519PrivateKey.generate()
    assert not checkpoint.is_signed_by(note, stranger.public_key())
    assert not checkpoint.is_signed_by(note.replace("\n42\n", "\n43\n"), KEY.public_key())
    assert not checkpoint.is_signed_by(note.replace("diplomas", "diploma"), KEY.public_key())
    forged = note.partition("\n\n")[0] + "\n\n" + checkpoint.sign(HEAD, stranger).partition("\n\n")[2]
    assert not checkpoint.is_signed_by(forged, KEY.public_key())


def test_a_witness_s_own_signature_beside_ours_does_no_harm() -> None:
    note = checkpoint.sign(HEAD, KEY) + "— testigo.example c2lnbmF0dXJl\n"
    assert checkpoint.is_signed_by(note, KEY.public_key())


@pytest.mark.parametrize(
    "note",
    [
        "",
        "one line",
        "o\n1\nAAAA\n\n— o x\n",
        "o\n01\n" + "A" * 43 + "=\n\n— o x\n",
        "o\n-1\n" + "A" * 43 + "=\n\n— o x\n",
        "o\n1\nno base64\n\n— o x\n",
        "\n1\n" + "A" * 43 + "=\n\n— o x\n",
        "o\n" + "9" * 5000 + "\n" + "A" * 43 + "=\n\n— o x\n",
        "o\n1\n" + "A" * 43 + "=\n\n" + "x" * 70_000,
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        checkpoint.read(note)
