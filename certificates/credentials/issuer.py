"""Signing in the issuer's name: the year's credential key, and the bytes that go out."""

import json
from datetime import datetime
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.credentials import data_integrity, did
from certificates.keys import custody
from certificates.keys.models import SigningKey


def signed(document: dict[str, Any], *, issuer: str, at: datetime) -> bytes:
    """The document with the proof of this DID's key of the time, as JSON: the same input, the same bytes.

    Raises keys.errors.KeyProblem, and linked_data.UndefinedTerm for a term that would stay outside the
    signature.
    """
    signer = custody.signer(SigningKey.Purpose.CREDENTIAL, at)
    key = cast(Ed25519PrivateKey, signer.private)  # custody loads no other kind for credentials
    secured = data_integrity.sign(document, key=key, method=did.method(issuer, signer.kid), created=at)
    return json.dumps(secured, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
