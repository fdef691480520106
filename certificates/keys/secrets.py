"""The installation's own secrets: the master key that wraps sealing keys, and the keys of name hashes."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NAME_KEY_BYTES = 16


@cache
def _decoded(keys: tuple[str, ...]) -> tuple[bytes, ...]:
    decoded = tuple(urlsafe_b64decode(key) for key in keys)
    if not decoded or any(len(key) != KEY_BYTES for key in decoded):
        raise ImproperlyConfigured("MASTER_KEYS holds keys of 32 bytes in URL-safe base64, the newest first.")
    return decoded


def master_keys() -> tuple[bytes, ...]:
    """The master keys, the newest first: it wraps, all of them unwrap."""
    return _decoded(tuple(settings.MASTER_KEYS))


def name_key(award: str) -> bytes:
    """The 16 bytes that the name of one award is hashed under; printed in its QR code, kept nowhere."""
    secret = urlsafe_b64decode(settings.NAME_SECRET)
    return hmac.digest(secret, f"promotora name {award}".encode(), hashlib.sha256)[:NAME_KEY_BYTES]
