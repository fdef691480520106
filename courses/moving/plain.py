"""Whether a picture is its points and nothing else: no place or day (Exif, XMP), nothing after its end.

The library draws every picture anew (`courses.pages.pictures`), so the pictures of a package are plain when
Promotora wrote it. They are not drawn anew as they come in: a package that is brought in and packed again
must stay the same, byte for byte. What is not plain is refused. Formats: ISO/IEC 10918-1 (JPEG), 15948 (PNG),
23000-22 (AVIF in boxes of 14496-12), RFC 9649 (WebP).
"""

from collections.abc import Callable

PNG_CHUNKS = {  # the longest that each may be; points are as long as they are
    b"IHDR": 13,
    b"PLTE": 768,
    b"tRNS": 256,
    b"IDAT": 2**31,
    b"IEND": 0,
    b"gAMA": 4,
    b"sRGB": 1,
    b"cHRM": 32,
    b"pHYs": 9,
    b"bKGD": 6,
    b"sBIT": 4,
}
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
AVIF_BOXES = {b"ftyp", b"meta", b"mdat", b"free"}
AVIF_PARTS = AVIF_BOXES - {b"free"}
JFIF, ADOBE, START_OF_SCAN, END, STUFFED = 0xE0, 0xEE, 0xDA, 0xD9, 0x00
JPEG_LENGTHS = {JFIF: 16, ADOBE: 14}  # without a thumbnail, without words
LONGEST_BRANDS = 64
RESTARTS = range(0xD0, 0xD8)
FRAMES = set(range(0xC0, 0xD0)) - {0xC8}  # sizes, Huffman and arithmetic tables
JPEG_SEGMENTS = {JFIF, ADOBE, START_OF_SCAN, 0xDB, 0xDC, 0xDD} | FRAMES


def is_plain(extension: str, content: bytes) -> bool:
    """Whether `content`, which begins as a picture of this kind does, holds no more than a picture needs.

    Raises ValueError when it ends too soon.
    """
    try:
        return WALKS[extension](content)
    except IndexError as error:
        raise ValueError("a picture that is cut") from error


def _ends(content: bytes, place: int, is_last: bool = True) -> bool:
    """Whether nothing follows after its end. Raises IndexError when that lies further on."""
    if place > len(content) or not is_last:
        raise IndexError
    return place == len(content)


def _is_plain_png(content: bytes) -> bool:
    place, name = 8, b""
    while place < len(content) and name != b"IEND":
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if length > PNG_CHUNKS.get(name, -1):
            return False
        place += 12 + length
    return _ends(content, place, name == b"IEND")


def _is_plain_webp(content: bytes) -> bool:
    if not _ends(content, int.from_bytes(content[4:8], "little") + 8):
        return False
    place = 12
    while place < len(content):
        length, name = int.from_bytes(content[place + 4 : place + 8], "little"), content[place : place + 4]
        if name not in WEBP_CHUNKS:
            return False
        place += 8 + length + length % 2
    return _ends(content, place)


def _is_plain_avif(content: bytes) -> bool:
    place, seen = 0, set()
    while place < len(content):
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if name not in AVIF_BOXES or length < 8:
            return False
        box = content[place : place + length]
        if name == b"meta" and (b"Exif" in box or b"mime" in box):
            return False
        if (name == b"ftyp" and length > LONGEST_BRANDS) or (name == b"free" and any(box[8:])):
            return False
        seen.add(name)
        place += length
    return _ends(content, place, seen >= AVIF_PARTS)


def _is_plain_jpeg(content: bytes) -> bool:
    place = 2
    while content[place] == 0xFF:
        kind = content[place + 1]
        if kind == END:
            return place + 2 == len(content)
        length = content[place + 2] << 8 | content[place + 3]
        if kind not in JPEG_SEGMENTS or (kind == JFIF and content[place + 4 : place + 9] != b"JFIF\0"):
            return False
        if length != JPEG_LENGTHS.get(kind, length):
            return False
        place += 2 + length
        if kind == START_OF_SCAN:
            place = _end_of_scan(content, place)
    return False


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker stands; a byte of the points that looks like one has a zero after it."""
    while (place := content.find(b"\xff", place)) >= 0:
        if content[place + 1] not in (STUFFED, *RESTARTS):
            return place
        place += 2
    raise IndexError


WALKS: dict[str, Callable[[bytes], bool]] = {
    "jpg": _is_plain_jpeg,
    "jpeg": _is_plain_jpeg,
    "png": _is_plain_png,
    "webp": _is_plain_webp,
    "avif": _is_plain_avif,
}
