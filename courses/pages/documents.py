"""Documents of the library: nothing in them runs, carries another file, or unpacks without end. Pure."""

import io
import re
import struct
import zipfile
import zlib
from typing import Any

import pikepdf

MAX_UNPACKED, MAX_PARTS, MAX_RATIO, SMALL = 100 * 1024**2, 3000, 200, 64 * 1024
RUNS = re.compile(  # programs inside of office files
    rb"vbaProject|macroEnabled|application/vnd\.ms-office\.activeX|oleObject|attachedTemplate", re.IGNORECASE
)
RUNNING_PARTS = re.compile(
    r"(^|/)(basic|scripts)/|vbaproject\.bin$|activex|oleobject|^object \d|\.(exe|js|dll|com|bat|jar|scr)$",
    re.IGNORECASE,
)
NAMED = ("[Content_Types].xml", "META-INF/manifest.xml")
PDF_RUNS = {"/JS", "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia", "/XFA", "/Movie"}
PDF_CARRIES = {"/EmbeddedFile", "/EmbeddedFiles"}
MAX_PDF_OBJECTS = 200_000


class Locked(ValueError):
    """Nobody can look inside without a password."""


class Runs(ValueError):
    """It holds a program, or fetches one."""


class Bomb(ValueError):
    """It would unpack to far more than it weighs."""


class Damaged(ValueError):
    """It cannot be read."""


def look_into(extension: str, content: bytes) -> None:
    """Raises Locked, Runs, Bomb or Damaged."""
    if extension == "pdf":
        _look_into_pdf(content)
    elif extension in {"docx", "pptx", "xlsx", "odt", "odp", "ods"}:
        _look_into_office(content)


def _look_into_office(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Bomb
            for part in parts:
                if part.flag_bits & 0x1:
                    raise Locked
                if part.file_size > max(SMALL, MAX_RATIO * part.compress_size):
                    raise Bomb
                if RUNNING_PARTS.search(part.filename):
                    raise Runs
            for part in parts:
                is_told = part.filename in NAMED or part.filename.endswith(".rels")
                if is_told and RUNS.search(_read(archive, part)):
                    raise Runs
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, struct.error, zlib.error) as error:
        raise Damaged from error


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, however large its table says it is not."""
    with archive.open(part) as opened:
        content = opened.read(part.file_size + 1)
    if len(content) > part.file_size:
        raise Bomb
    return content


def _look_into_pdf(content: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise Locked
            if len(document.objects) > MAX_PDF_OBJECTS:
                raise Bomb
            for thing in document.objects:
                _look_into_object(thing)
            if not len(document.pages):
                raise Damaged
    except pikepdf.PasswordError as error:
        raise Locked from error
    except (pikepdf.PdfError, RuntimeError, RecursionError) as error:
        raise Damaged from error


def _look_into_object(thing: Any, depth: int = 0) -> None:
    """Whether an object of a PDF, or one written inside of it, acts or carries a file. Raises Runs."""
    if depth > 50:
        raise Damaged
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = set(thing.keys())
        told = [thing.get(key) for key in ("/S", "/Type", "/Subtype")]
        kinds = {str(kind) for kind in told if isinstance(kind, pikepdf.Name)}
        if (keys | kinds) & (PDF_RUNS | PDF_CARRIES):
            raise Runs
        for key in keys:
            _look_into_value(thing.get(key), depth)
    elif isinstance(thing, pikepdf.Array):
        for one in list(thing):
            _look_into_value(one, depth)


def _look_into_value(value: Any, depth: int) -> None:
    if isinstance(value, pikepdf.Object) and not value.is_indirect:
        _look_into_object(value, depth + 1)
