"""Sealing legal names: AES-256-GCM under a key derived (HKDF-SHA256) from the installation's master key.

The person's id is authenticated: a sealed name cannot be moved to somebody else. The newest master key seals,
all of them open, so that it can be changed.
"""

import os
from base64 import urlsafe_b64decode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

INFO = b"courses.people.legal-name v1"
NONCE = 12


class SealBroken(Exception):
    """The sealed bytes were altered or moved, or the master key is not the right one."""


def _keys() -> list[AESGCM]:
    found = (urlsafe_b64decode(key) for key in settings.MASTER_KEYS)
    return [AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(key)) for key in found]


def seal(name: str, *, person_id: UUID) -> bytes:
    """`name` encrypted for this person: nonce, ciphertext, tag."""
    nonce = os.urandom(NONCE)
    return nonce + _keys()[0].encrypt(nonce, name.encode(), person_id.bytes)


def unseal(sealed: bytes, *, person_id: UUID) -> str:
    """The name that was sealed for this person. Raises SealBroken."""
    for key in _keys():
        try:
            return key.decrypt(sealed[:NONCE], sealed[NONCE:], person_id.bytes).decode()
        except InvalidTag:
            continue
    raise SealBroken(str(person_id))
