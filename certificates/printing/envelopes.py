"""The signatures of a PDF as they lie in its bytes, found without reading the PDF.

A signature (ISO 32000-1, 12.8.1) covers the whole file but a hole, in which it lies itself. What the file
shows is of no concern here, so that bytes from anybody can be looked at in little time.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 8  # signatures looked at: ours, the authority's, and a timestamp of each
LARGEST = 65_536  # bytes of one signature
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2})+")
DATE = re.compile(rb"/M\s*\(D(?::|\\072)(\d{14})(Z?)")  # we write UTC
NEAR = 600  # bytes around the hole in which the rest of the signature's dictionary stands


@dataclass(frozen=True)
class Envelope:
    """One signature: where its hole lies, where what it covers ends, and its CMS bytes (RFC 5652)."""

    hole_starts: int
    hole_ends: int
    ends: int
    cms: bytes
    is_padded_with_zeros: bool
    written_at: str  # what the signature's dictionary says, such as 20261121073454Z; "" for nothing

    def digest(self, pdf: bytes) -> bytes:
        """SHA-256 of what it covers."""
        digest = hashlib.sha256(memoryview(pdf)[: self.hole_starts])
        digest.update(memoryview(pdf)[self.hole_ends : self.ends])
        return digest.digest()


def mentions(pdf: bytes) -> bool:
    """Does the file speak of a signature at all?"""
    return b"/ByteRange" in pdf


def found(pdf: bytes) -> Iterator[Envelope]:
    """The signatures that lie where they say, in the order of what they cover."""
    seen = (_envelope(pdf, *map(int, match.groups())) for match in _matches(pdf))
    yield from sorted((one for one in seen if one), key=lambda one: one.ends)


def _matches(pdf: bytes) -> Iterator[re.Match[bytes]]:
    for number, match in enumerate(BYTE_RANGE.finditer(pdf)):
        if number >= MOST:
            return
        yield match


def _envelope(pdf: bytes, starts: int, ends: int, rest: int) -> Envelope | None:
    """The signature between these, None where there is no string of hexadecimal digits."""
    if not (starts + 2 < ends <= ends + rest <= len(pdf) and ends - starts <= 2 * LARGEST):
        return None
    if pdf[starts : starts + 1] != b"<" or pdf[ends - 1 : ends] != b">":
        return None
    digits = pdf[starts + 1 : ends - 1]
    if not HEXADECIMAL.fullmatch(digits):
        return None
    content = bytes.fromhex(digits.decode())
    length = _der_length(content)
    if length is None:
        return None
    around = pdf[max(0, starts - NEAR) : starts] + b" " + pdf[ends : min(ends + NEAR, ends + rest)]
    date = DATE.search(around)
    return Envelope(
        hole_starts=starts,
        hole_ends=ends,
        ends=ends + rest,
        cms=content[:length],
        is_padded_with_zeros=not any(content[length:]),
        written_at=(date[1] + date[2]).decode("latin-1") if date else "",
    )


def _der_length(content: bytes) -> int | None:
    """How long the DER sequence at the start of `content` is; None if there is none."""
    if len(content) < 4 or content[0] != 0x30:
        return None
    if content[1] < 0x80:
        return 2 + content[1]
    size = content[1] & 0x7F
    length = 2 + size + int.from_bytes(content[2 : 2 + size], "big")
    return length if 1 <= size <= 3 and length <= len(content) else None
