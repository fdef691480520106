"""Pure facts about content: its canonical form, what it refers to, where a story leads, what a file is."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from courses.canonical import canonical_json

REFERENCES = {  # key of a stored block value → kind of the row that it names by number
    "image": "image",
    "audio": "media",
    "video": "media",
    "captions": "document",
    "document": "document",
    "terms": "term",
    "service": "service",
}
SAID = "said"  # what a shared text or service said when the version was frozen
OPEN_XML, OPEN_DOCUMENT = {"docx", "pptx", "xlsx"}, {"odt", "odp", "ods"}


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def references(content: Any) -> set[tuple[str, int]]:
    """Everything of the library that stored content names: (kind, number), wherever it stands in it."""
    return set(_references(content))


def _references(content: Any) -> Iterator[tuple[str, int]]:
    if isinstance(content, list):
        for one in content:
            yield from _references(one)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key in REFERENCES:
                yield from ((REFERENCES[key], pk) for pk in _numbers(value))
            if key != SAID:
                yield from _references(value)


def _numbers(value: Any) -> Iterator[int]:
    """The row, or the rows of a list; each may be wrapped, as an item (`value`) or with facts (`pk`)."""
    for one in value if isinstance(value, list) else [value]:
        number = one.get("value", one.get("pk")) if isinstance(one, dict) else one
        if isinstance(number, int) and not isinstance(number, bool):
            yield number


# --- stories that branch ---------------------------------------------------------------------------------

Steps = Sequence[
    tuple[str, Sequence[str]]
]  # name of a step, and where each of its choices leads ("": the end)


def repeated_names(steps: Steps) -> list[str]:
    """Names that more than one step has."""
    names = [name for name, _ways in steps]
    return sorted({name for name in names if names.count(name) > 1})


def missing_steps(steps: Steps) -> list[str]:
    """Names that a choice leads to and no step has."""
    names = {name for name, _ways in steps}
    return sorted({way for _name, ways in steps for way in ways if way and way not in names})


def unreachable_steps(steps: Steps) -> list[str]:
    """Steps that no way from the first one reaches, in order."""
    ways = {name: set(targets) for name, targets in steps}
    reached = _closure({steps[0][0]} if steps else set(), ways)
    return [name for name, _ways in steps if name not in reached]


def endless_steps(steps: Steps) -> list[str]:
    """Steps from which no end can be reached, in order. A step without choices is an end."""
    back: dict[str, set[str]] = {}
    for name, targets in steps:
        for target in targets:
            back.setdefault(target, set()).add(name)
    ending = _closure({name for name, targets in steps if not targets or "" in targets}, back)
    return [name for name, _ways in steps if name not in ending]


def _closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    """`start` and all that can be reached from it."""
    reached, heads = set(start), list(start)
    while heads:
        for way in ways.get(heads.pop(), set()) - reached:
            reached.add(way)
            heads.append(way)
    return reached


# --- what a file is, whatever it is called ---------------------------------------------------------------


def is_what_it_says(extension: str, content: bytes) -> bool:
    """Does the content of a sound, video or document begin as files with this extension do?"""
    head = content[:64]
    if extension in OPEN_XML | OPEN_DOCUMENT:
        return _is_office(extension, content)
    if extension in {"vtt", "txt"}:
        return is_captions(content) if extension == "vtt" else _is_plain_text(content)
    return {
        "pdf": head.startswith(b"%PDF-"),
        "mp3": head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0"),
        "m4a": head[4:8] == b"ftyp",
        "mp4": head[4:8] == b"ftyp",
        "ogg": head.startswith(b"OggS"),
        "webm": head.startswith(b"\x1a\x45\xdf\xa3"),
    }.get(extension, False)


def is_captions(content: bytes) -> bool:
    """A WebVTT file (https://www.w3.org/TR/webvtt1/) with at least one caption."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    first, *rest = text.splitlines() or [""]
    return (first == "WEBVTT" or first.startswith(("WEBVTT ", "WEBVTT\t"))) and any(
        "-->" in line for line in rest
    )


def _is_plain_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _is_office(extension: str, content: bytes) -> bool:
    """A text, table or slides in an archive that names its parts as it should, and holds no program."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names):
        return False
    return ("[Content_Types].xml" if extension in OPEN_XML else "mimetype") in names
