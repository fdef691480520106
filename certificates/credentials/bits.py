"""Bitmaps as Bitstring Status List counts them: index 0 is the leftmost bit of the first byte. Pure.

https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-encoding
"""

import gzip
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable, Iterator

GZIP = 16 + zlib.MAX_WBITS


class NotABitstring(ValueError):
    """The text is no encoded list of the size expected."""


def has(bitmap: bytes | bytearray, index: int) -> bool:
    """Whether the bit of `index` is set."""
    return bool(bitmap[index // 8] & 0x80 >> index % 8)


def put(bitmap: bytearray, indexes: Iterable[int]) -> None:
    """Set the bits of these indexes."""
    for index in indexes:
        bitmap[index // 8] |= 0x80 >> index % 8


def indexes(bitmap: bytes) -> Iterator[int]:
    """The indexes whose bit is set, in order."""
    for place, byte in enumerate(bitmap):
        if byte:
            yield from (place * 8 + offset for offset in range(8) if byte & 0x80 >> offset)


def encode(bitmap: bytes) -> str:
    """`encodedList`: gzip, then multibase base64url. The same bits give the same text."""
    return "u" + urlsafe_b64encode(gzip.compress(bitmap, mtime=0)).rstrip(b"=").decode()


def decode(text: str, size: int) -> bytes:
    """The bitmap of `size` bits in `encodedList`, never reading further. Raises NotABitstring."""
    if not text.startswith("u") or len(text) > size // 4:
        raise NotABitstring("Not multibase base64url of a sensible length.")
    try:
        packed = urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj(GZIP)
        bitmap = unpacker.decompress(packed, size // 8 + 1)
    except (Error, ValueError, zlib.error) as error:
        raise NotABitstring("Not gzip in base64url.") from error
    if len(bitmap) != size // 8 or not unpacker.eof:
        raise NotABitstring("Not a list of this size.")
    return bitmap
