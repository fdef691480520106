"""A stream sealed with a passphrase: scrypt, then AES-256-GCM piece by piece (the STREAM construction).

    8 bytes   SEALED1 and a line feed
    1         log2 of scrypt's N, then one byte each for r and p
    16        salt
    7         beginning of every nonce
    then      pieces of 65,536 bytes and a tag of 16; the last one may be shorter

The nonce of piece n is those 7 bytes, n as four bytes (big-endian), and 1 for the last piece, else 0. Every
piece authenticates the 34 bytes before the first. Nothing can be altered, left out, moved or cut off unseen.
`opening.py` opens it without Promotora.
"""

import os
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.utils.translation import gettext as _

FAMILY, MAGIC = b"SEALED", b"SEALED1\n"
R, P = 8, 1
MOST_LOG_N = 20  # a hostile header may ask for 1 GiB at most
SALT, PREFIX, PIECE, TAG = 16, 7, 65_536, 16
HEADER = len(MAGIC) + 3 + SALT + PREFIX
SHORTEST = 12  # characters of a passphrase


class BadArchive(Exception):
    """The file cannot be used; the message says why, in a sentence."""


def check_passphrase(passphrase: str) -> None:
    """Raises BadArchive for one that could be guessed."""
    if len(passphrase) < SHORTEST:
        raise BadArchive(_("The passphrase needs at least %(count)d characters.") % {"count": SHORTEST})


class Writer:
    """Seals what is written to it into `target`. Close it, or the file has no end."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        check_passphrase(passphrase)
        log_n = settings.BACKUP_LOG_N
        salt, self._prefix = os.urandom(SALT), os.urandom(PREFIX)
        self._header = MAGIC + bytes([log_n, R, P]) + salt + self._prefix
        self._key = AESGCM(_derived(passphrase, salt, log_n, R, P))
        self._target, self._number, self._waiting = target, 0, bytearray()
        target.write(self._header)

    def write(self, plain: bytes) -> int:
        """Take any number of bytes."""
        self._waiting += plain
        while len(self._waiting) > PIECE:  # the last piece is known to be the last only when nothing follows
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(plain)

    def close(self) -> None:
        """Seal the last piece. The target stays open."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, is_last=is_last)
        self._target.write(self._key.encrypt(nonce, plain, self._header))
        self._number += 1


class Reader:
    """Opens a sealed stream from its beginning. Raises BadArchive where it is not what was written."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        self._header = source.read(HEADER)
        if not self._header.startswith(MAGIC) or len(self._header) < HEADER:
            raise BadArchive(_not_ours(self._header))
        log_n, r, p = self._header[len(MAGIC) : len(MAGIC) + 3]
        if not 1 <= log_n <= MOST_LOG_N or r != R or p != P:
            raise BadArchive(_("The beginning of this file is damaged."))
        salt = self._header[len(MAGIC) + 3 : -PREFIX]
        self._prefix = self._header[-PREFIX:]
        self._key = AESGCM(_derived(passphrase, salt, log_n, r, p))
        self._source, self._number, self._plain = source, 0, bytearray()
        self._ahead = source.read(PIECE + TAG)
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end."""
        while not self._is_over and (size < 0 or len(self._plain) < size):
            self._open_next()
        taken = bytes(self._plain if size < 0 else self._plain[:size])
        del self._plain[: len(taken)]
        return taken

    def _open_next(self) -> None:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        self._is_over = not self._ahead
        nonce = _nonce(self._prefix, self._number, is_last=self._is_over)
        try:
            self._plain += self._key.decrypt(nonce, piece, self._header)
        except InvalidTag:
            raise BadArchive(self._what_is_wrong()) from None
        self._number += 1

    def _what_is_wrong(self) -> str:
        if self._number == 0:
            return _("The passphrase is not the one of this file, or the file is damaged at its beginning.")
        return _("The file is damaged or cut off: fetch another copy of it.")


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


def _derived(passphrase: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**log_n, r=r, p=p).derive(passphrase.encode())


def _not_ours(header: bytes) -> str:
    if header.startswith(FAMILY) and len(header) >= len(MAGIC):
        return _("This file was written by a newer version: update Promotora first.")
    return _("This file is no backup, or it is empty or cut off.")
