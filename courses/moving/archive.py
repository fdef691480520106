"""A ZIP that strangers may have made: nothing is unpacked before its table of contents is sound. Pure.

Only what this program writes itself is read: no ZIP64 table, no comment, nothing before or behind the
entries, no encryption, no links, no second entry of a name or of the same bytes.
"""

import hashlib
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

END = struct.Struct("<4s4H2LH")  # the end of central directory record (APPNOTE.TXT 4.3.16)
HEADER_BYTES = 30  # of a local file header, before its name
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
CHUNK = 256 * 1024
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
ABOUT = 80  # characters of what is quoted from a file


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which file of the package and which field; a code (wording.py), and about what."""

    where: str
    field: str
    code: str
    about: str = ""


class Broken(Exception):
    """A package that cannot be read or brought in, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where} {one.field} {one.code}" for one in problems[:5]))
        self.problems = problems


@dataclass(frozen=True)
class Limits:
    """How big a package may be, in bytes."""

    entries: int = 6000
    part: int = 2 * 1024**2
    parts: int = 64 * 1024**2
    file: int = 60 * 1024**2
    total: int = 2 * 1024**3
    ratio: int = 200  # unpacked to packed; JSON of ours stays under 40
    small: int = 64 * 1024  # under this any ratio is harmless


def quoted(text: str) -> str:
    """Something from a package, to show: short and printable."""
    return "".join(mark if mark.isprintable() else "�" for mark in text[:ABOUT])


def open_archive(file: IO[bytes], limits: Limits, names: re.Pattern[str] = SAFE_NAME) -> zipfile.ZipFile:
    """The archive in `file`, once its table of contents is sound. Raises Broken."""
    _check_end(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise Broken([Problem("", "", "not_zip")]) from error
    problems = [*_entry_problems(archive, limits, names), *_layout_problems(archive)]
    if problems:
        raise Broken(problems)
    return archive


def _check_end(file: IO[bytes], limits: Limits) -> None:
    """Look at the last record alone: how long the table is, before anybody reads it into memory."""
    size = file.seek(0, os.SEEK_END)
    if size < END.size:
        raise Broken([Problem("", "", "not_zip")])
    file.seek(size - END.size)
    signature, disk, first_disk, here, total, length, offset, comment = END.unpack(file.read(END.size))
    if signature != b"PK\x05\x06" or comment:
        raise Broken([Problem("", "", "not_zip")])
    if total > limits.entries or length > limits.entries * 512:
        raise Broken([Problem("", "", "too_many", str(limits.entries))])
    if disk or first_disk or here != total or offset + length != size - END.size:
        raise Broken([Problem("", "", "damaged")])
    file.seek(0)


def _entry_problems(archive: zipfile.ZipFile, limits: Limits, names: re.Pattern[str]) -> Iterator[Problem]:
    entries = archive.infolist()
    for name, times in Counter(entry.orig_filename.casefold() for entry in entries).items():
        if times > 1:
            yield Problem(quoted(name), "", "twice")
    if sum(entry.file_size for entry in entries) > limits.total:
        yield Problem("", "", "too_big", str(limits.total // 1024**2))
    for entry in entries:
        name, kind = quoted(entry.orig_filename), stat.S_IFMT(entry.external_attr >> 16)
        if not names.fullmatch(entry.orig_filename) or ".." in entry.orig_filename:
            yield Problem(name, "", "bad_name")
        if kind not in {0, stat.S_IFREG, *({stat.S_IFDIR} if name.endswith("/") else ())}:
            yield Problem(name, "", "link")
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
            yield Problem(name, "", "method")
        if entry.file_size > limits.small and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            yield Problem(name, "", "bomb")
        if entry.file_size > limits.file:
            yield Problem(name, "", "too_big", str(limits.file // 1024**2))


def _layout_problems(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """Entries that share bytes unpack to more than any ratio shows (https://www.bamsoftware.com/hacks/zipbomb/)."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    end = 0
    for entry in entries:
        if entry.header_offset < end:
            yield Problem(quoted(entry.orig_filename), "", "damaged")
        end = entry.header_offset + HEADER_BYTES + len(entry.orig_filename.encode()) + entry.compress_size
    if end > archive.start_dir:
        yield Problem("", "", "damaged")


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """What an entry holds, in pieces; never more than its table says. Raises Broken."""
    left = archive.getinfo(name).file_size
    try:
        with archive.open(name) as opened:
            while piece := opened.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    raise Broken([Problem(name, "", "bomb")])
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise Broken([Problem(name, "", "damaged")]) from error
    if left:
        raise Broken([Problem(name, "", "damaged")])


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry in memory. Raises Broken."""
    out = io.BytesIO()
    for piece in chunks(archive, name):
        out.write(piece)
    return out.getvalue()


def digest(archive: zipfile.ZipFile, name: str) -> str:
    """SHA-256 of an entry. Raises Broken."""
    sha = hashlib.sha256()
    for piece in chunks(archive, name):
        sha.update(piece)
    return sha.hexdigest()
