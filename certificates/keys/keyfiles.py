"""Key files in KEYS_DIR: `<purpose>-<year>-<number>.pem`, or `….demo.pem` for a demonstration's own.

A file is complete before its name appears, and a name is taken once: of two processes that make the same
key at once, both end with the key of the first.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certificates.keys import demo
from certificates.keys.identity import PrivateKey, chain_pem

ED25519, P256 = "Ed25519", "P-256"
NAME = re.compile(r"(?P<purpose>[a-z]+)-(?P<year>\d{4})-(?P<number>\d{1,4})(?P<demo>\.demo)?\.pem")
FOLDER_OF_OWNER = 0o700


@dataclass(frozen=True, order=True)
class KeyFile:
    """The name of one key's file says what it is for, since which year, and whether it is a demo's."""

    year: int
    number: int
    purpose: str
    is_demo: bool
    path: Path

    @property
    def kid(self) -> str:
        """Year and number, such as 2026-1."""
        return f"{self.year}-{self.number}"


def found(folder: Path, purpose: str) -> list[KeyFile]:
    """The key files of a purpose, the oldest first."""
    named = ((NAME.fullmatch(path.name), path) for path in folder.glob(f"{purpose}-*.pem"))
    return sorted(
        KeyFile(int(name["year"]), int(name["number"]), purpose, bool(name["demo"]), path)
        for name, path in named
        if name and name["purpose"] == purpose
    )


def make(folder: Path, purpose: str, algorithm: str, kid: str, *, is_demo: bool) -> None:
    """A new key under this name, unless somebody made it meanwhile."""
    private: PrivateKey = (
        Ed25519PrivateKey.generate() if algorithm == ED25519 else generate_private_key(SECP256R1())
    )
    _keep(folder / f"{purpose}-{kid}{'.demo' if is_demo else ''}.pem", _pem(private))


def make_demo_chain(folder: Path, purpose: str, kid: str) -> None:
    """A new key with its demo certificates under this name, unless somebody made it meanwhile."""
    private, chain = demo.make_chain(int(kid.partition("-")[0]))
    _keep(folder / f"{purpose}-{kid}.demo.pem", _pem(private) + chain_pem(chain).encode())


def _pem(private: PrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _keep(path: Path, content: bytes) -> None:
    """Store for the owner's eyes only, durably; an existing file stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OF_OWNER)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # made with mode 600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
