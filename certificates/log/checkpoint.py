"""Signed tree heads as the world writes them: C2SP tlog-checkpoint inside a C2SP signed-note. No Django here.

A checkpoint is three lines — origin, size, root in base64 — and a signed note adds an empty line and one
line for each signature: `— NAME BASE64(key id ‖ Ed25519 signature)`. See https://c2sp.org/tlog-checkpoint
and https://c2sp.org/signed-note.
"""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
KEY_ID_BYTES = 4
ROOT_BYTES = 32
LONGEST_NOTE = 64_000
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class BadNote(Exception):
    """This is not a checkpoint, or none of the keys signed it."""


@dataclass(frozen=True)
class Checkpoint:
    """What a tree head says: whose log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed, each with its line feed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_id(name: str, public: Ed25519PublicKey) -> bytes:
    """The four bytes that tell a verifier which key signed."""
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + _raw(public)).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, public: Ed25519PublicKey) -> str:
    """A public key as verifiers of signed notes take it: name, key id and key."""
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + _raw(public)).decode()}"


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint. The key's name is the log's origin."""
    signature = private.sign(checkpoint.text.encode())
    token = b64encode(key_id(checkpoint.origin, private.public_key()) + signature).decode()
    return f"{checkpoint.text}\n— {checkpoint.origin} {token}\n"


def read(note: str) -> Checkpoint:
    """What a note says, whoever signed it. Raises `BadNote`."""
    body, separator, _signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(note) > LONGEST_NOTE or len(lines) < 3:  # origin, size, root
        raise BadNote
    origin, size, encoded = lines[:3]
    root = _decoded(encoded)
    if not origin or len(root) != ROOT_BYTES or not SIZE.fullmatch(size):
        raise BadNote
    return Checkpoint(origin, int(size), root)


def is_signed_by(note: str, public: Ed25519PublicKey) -> bool:
    """Did this key, under the name of the note's own origin, sign the note? Raises `BadNote`."""
    origin = read(note).origin
    body, _separator, signatures = note.partition("\n\n")
    wanted = key_id(origin, public)
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        name, _, token = rest.rpartition(" ")
        signed = _decoded(token)
        if mark != "—" or name != origin or signed[:KEY_ID_BYTES] != wanted:
            continue
        try:
            public.verify(signed[KEY_ID_BYTES:], f"{body}\n".encode())
        except InvalidSignature:
            continue
        return True
    return False


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _decoded(text: str) -> bytes:
    """What this base64 stands for; nothing when it is none."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
