"""The letterbox: phones seal to our public key, only this server opens.

Ephemeral ECDH on P-256, HKDF-SHA256, AES-256-GCM: what Web Crypto has in every browser (docs/adr/0012).
The private half lies in the database, encrypted under a key derived from SECRET_KEY; an old SECRET_KEY that
still stands in SECRET_KEY_FALLBACKS opens it too.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.conf import settings
from django.utils.encoding import force_bytes

from courses.sync.models import SyncKey
from courses.sync.rules import Box

INFO = b"promotora sync v1"
CURVE = ec.SECP256R1()
Ring = Mapping[str, ec.EllipticCurvePrivateKey]


class UnknownKey(Exception):
    """Sealed to a key that this server does not have."""


class Unreadable(Exception):
    """The box was altered, or sealed wrongly."""


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _vault() -> MultiFernet:
    """What encrypts the private keys at rest."""
    found = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = (_derived(force_bytes(secret), b"courses.sync.keys") for secret in found)
    return MultiFernet(Fernet(base64.urlsafe_b64encode(key)) for key in keys)


def b64u(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_key(at: datetime) -> SyncKey:
    """Make the key that phones seal to from now on; the ones before still open what they sealed."""
    private = ec.generate_private_key(CURVE)
    point = private.public_key().public_numbers()
    public = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64u(point.x.to_bytes(32, "big")),
        "y": b64u(point.y.to_bytes(32, "big")),
    }
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SyncKey.objects.create(
        kid=secrets.token_hex(8), public=public, private=_vault().encrypt(der), created_at=at
    )


def current_key(at: datetime) -> SyncKey:
    """The newest key if this server can still open it; else a new one."""
    newest = SyncKey.objects.last()
    return newest if newest is not None and _opened(newest) is not None else new_key(at)


def _opened(key: SyncKey) -> ec.EllipticCurvePrivateKey | None:
    """The private half; None when SECRET_KEY was changed without keeping the old one as a fallback."""
    try:
        private = load_der_private_key(_vault().decrypt(bytes(key.private)), password=None)
    except InvalidToken:
        return None
    return private if isinstance(private, ec.EllipticCurvePrivateKey) else None


def key_ring(kids: Iterable[str]) -> Ring:
    """The private keys of these names, as far as we have them. One query."""
    keys = SyncKey.objects.filter(kid__in=set(kids))
    return {key.kid: private for key in keys if (private := _opened(key)) is not None}


def unseal(box: Box, ring: Ring) -> bytes:
    """What is in the box. Raises UnknownKey or Unreadable."""
    private = ring.get(box.kid)
    if private is None:
        raise UnknownKey(box.kid)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, box.epk)
        key = _derived(private.exchange(ec.ECDH(), theirs), INFO)
        return AESGCM(key).decrypt(box.iv, box.data, str(box.id).encode())
    except (InvalidTag, ValueError) as error:  # a wrong seal; a point that is not on the curve
        raise Unreadable(str(box.id)) from error


def seal(public: Mapping[str, Any], plain: bytes, box: str) -> dict[str, str]:
    """As a phone seals `plain` (the kid apart): the reference of the protocol, used by tests."""
    point = {name: int.from_bytes(base64.urlsafe_b64decode(public[name] + "=")) for name in ("x", "y")}
    ours = ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicNumbers(curve=CURVE, **point).public_key()
    numbers = ours.public_key().public_numbers()
    epk = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    iv = secrets.token_bytes(12)
    data = AESGCM(_derived(ours.exchange(ec.ECDH(), theirs), INFO)).encrypt(iv, plain, box.encode())
    return {"id": box, "epk": b64u(epk), "iv": b64u(iv), "data": b64u(data)}
