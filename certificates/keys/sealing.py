"""Sealing what names a person, so that erasing her is destroying one small key.

AES-256-GCM under a key of its own for each record; that key is wrapped (AES-KW, RFC 3394) by the
installation's master key, which is never in the database. The context (the record's id) is authenticated,
so that a sealed name cannot be moved to another record.
"""

import os
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.utils.translation import gettext as _

from certificates.keys import secrets
from certificates.keys.models import SealingKey

NONCE = 12


class Erased(Exception):
    """The key was destroyed: nobody can read this any more."""


class SealBroken(Exception):
    """The sealed bytes were altered, belong to another record, or the master key is not the right one."""


def new_key() -> SealingKey:
    """A fresh key, not saved yet."""
    return SealingKey(wrapped=aes_key_wrap(secrets.master_keys()[0], AESGCM.generate_key(256)))


def seal(key: SealingKey, plain: bytes, *, context: str) -> bytes:
    """`plain` encrypted: nonce, ciphertext, tag. Raises `Erased`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_unwrapped(key)).encrypt(nonce, plain, context.encode())


def unseal(key: SealingKey, sealed: bytes, *, context: str) -> bytes:
    """What was sealed for this record. Raises `Erased` or `SealBroken`."""
    try:
        return AESGCM(_unwrapped(key)).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except InvalidTag as error:
        raise SealBroken(str(key.pk)) from error


def open_text(key: SealingKey, sealed: bytes, *, context: str) -> str:
    """A sealed text for a screen, or words that say it was erased."""
    try:
        return unseal(key, sealed, context=context).decode()
    except Erased:
        return _("(name erased)")


def destroy(key: SealingKey, at: datetime) -> None:
    """Make everything under this key unreadable, for ever."""
    SealingKey.objects.filter(pk=key.pk, wrapped__isnull=False).update(wrapped=None, destroyed_at=at)


def _unwrapped(key: SealingKey) -> bytes:
    if key.wrapped is None:
        raise Erased(str(key.pk))
    for master in secrets.master_keys():
        try:
            return aes_key_unwrap(master, bytes(key.wrapped))
        except InvalidUnwrap:
            continue
    raise SealBroken(str(key.pk))
