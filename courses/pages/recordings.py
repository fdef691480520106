"""What a telephone writes into its sounds and videos, the place among it, is forgotten. Pure.

MP4 and M4A are boxes of length, name and content (ISO/IEC 14496-12). A box that tells of the making becomes
free space where it stands, so that nothing else moves and no quality is lost.
"""

import os
from collections.abc import Iterator
from typing import IO

BOXED = {"mp4", "m4a"}
HOLDERS = {b"moov", b"trak"}
TELLING = {b"udta", b"meta", b"uuid"}  # title, maker, and where it was taken (©xyz)
MOST_BOXES = 10_000
CHUNK = 1024 * 1024


class Damaged(ValueError):
    """Boxes that do not fit into each other."""


def forget_making(file: IO[bytes]) -> None:
    """Overwrite what an MP4 tells of its making. Raises Damaged before anything is written."""
    found = list(_telling(file, 0, file.seek(0, os.SEEK_END)))
    if len(found) > MOST_BOXES:
        raise Damaged
    for name, begin, end in found:
        file.seek(name)
        file.write(b"free")
        file.seek(begin)
        for start in range(begin, end, CHUNK):
            file.write(bytes(min(CHUNK, end - start)))
    file.seek(0)


def _telling(file: IO[bytes], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Of each box that tells: where its name stands, and where its content begins and ends."""
    number = 0
    while start + 8 <= end:
        number += 1
        file.seek(start)
        header = file.read(16)
        size, name, begin = int.from_bytes(header[:4]), header[4:8], start + 8
        if size == 1:
            size, begin = int.from_bytes(header[8:16]), start + 16
        elif size == 0:
            size = end - start  # the last one goes to the end
        if size < begin - start or start + size > end or number > MOST_BOXES:
            raise Damaged
        if name in HOLDERS:
            yield from _telling(file, begin, start + size)
        elif name in TELLING:
            yield start + 4, begin, start + size
        start += size
