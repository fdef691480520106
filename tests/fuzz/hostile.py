"""Bad input, drawn by Hypothesis: texts, numbers, JSON and files that no honest phone or person sends."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

HUGE = 20_000  # characters; a form of Django's holds 12 MB, which would fuzz the machine and not the code
KNOWN = [
    "", " ", "\x00", "a\x00b", "\ufeff", "\u202e", "\u0000\u0001\u001f", "\r\nSet-Cookie: a=b", "null",
    "None", "true", "-1", "0", "00", "1e999", "-1e999", "NaN", "Infinity", "0x10", "1_000", "٣", "²", "½",
    "１２",
    "9" * 19, "9" * 40, "9" * 5000, "-" + "9" * 40, "2147483648", "9223372036854775808", "1.5", "1,5",
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "2026-13-01T25:61:61", "24:00", "-00:01",
    "00000000-0000-0000-0000-000000000000", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    "' or '1'='1", '"; drop table x; --', "%", "_", "\\", "%s%s%n", "{0.__class__}", "{{ 7|add:7 }}",
    "{% debug %}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "=1+1", "＝1+1", "@a", "\t=1",
    "../../etc/passwd", "..%2f..%2f", "/etc/passwd", "C:\\", "//evil.example/", "https://evil.example/",
    "[]", "{}", "[[" * 400, '{"a":' * 400, "[null]", '[{"type":"zzz","value":[],"id":"x"}]',
    "a" * 256, "á" * HUGE,
    "👩‍⚕️" * 50, "\ud7ff", "İ", "ß", "ﬁ", "\U0010ffff",
]  # fmt: skip

words: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.integers(-(10**22), 10**22).map(str),
    st.dates().map(str),
    st.uuids().map(str),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def spoilt(draw: Any, good: dict[str, Any]) -> dict[str, Any]:
    """A good object in which some values are others, are missing, or stand under another name."""
    told = dict(good)
    for name in draw(st.lists(st.sampled_from(sorted(told)), min_size=1, max_size=3, unique=True)):
        deed = draw(st.sampled_from(["other", "other", "missing", "renamed"]))
        value = told.pop(name)
        if deed == "other":
            told[name] = draw(json_values)
        elif deed == "renamed":
            told[draw(words)] = value
    return told


def cut(raw: bytes, draw: Any) -> bytes:
    """The file until somewhere in its middle."""
    return raw[: draw(st.integers(0, max(0, len(raw) - 1)))]


def flipped(raw: bytes, draw: Any) -> bytes:
    """Some bits of it are others."""
    changed = bytearray(raw or b"\x00")
    for place in draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=12)):
        changed[place] ^= draw(st.integers(1, 255))
    return bytes(changed)


def spliced(raw: bytes, draw: Any) -> bytes:
    """Something strange stands in its middle."""
    place = draw(st.integers(0, len(raw)))
    strange = draw(st.binary(max_size=64) | words.map(lambda text: text.encode("utf-8", "replace")))
    return raw[:place] + strange + raw[place + draw(st.integers(0, 64)) :]


def doubled(raw: bytes, draw: Any) -> bytes:
    """Twice after itself, from somewhere on."""
    return raw + raw[draw(st.integers(0, len(raw))) :]


def other(_raw: bytes, draw: Any) -> bytes:
    """Another file altogether, or none."""
    return draw(st.binary(max_size=200) | st.sampled_from(MAGIC))


def inside(raw: bytes, draw: Any) -> bytes:
    """A ZIP (a package, a workbook, a text document) of which one member was damaged; others as `flipped`."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return flipped(raw, draw)
    name = draw(st.sampled_from(sorted(members)))
    damage = draw(st.sampled_from([cut, flipped, spliced, other]))
    members[name] = damage(members[name], draw)
    if draw(st.booleans()):
        members[draw(st.sampled_from(["../a", "/a", "a/../../b", "CON", "a" * 300, "\u202ea"]))] = b"x"
    told = io.BytesIO()
    with zipfile.ZipFile(
        told, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    ) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return told.getvalue()


MAGIC = [
    b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
    b"GIF89a\xff\xff\xff\xff", b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", b"\x00" * 64,
    b"\x1f\x8b\x08", b"ID3", b"OggS", b"\xef\xbb\xbf", b"\xff\xfe=\x001\x00", b"MZ\x90", b"#!/bin/sh\n",
]  # fmt: skip
DAMAGES: list[Callable[[bytes, Any], bytes]] = [cut, flipped, spliced, doubled, other, inside]


@st.composite
def damaged(draw: Any, raw: bytes) -> bytes:
    """A file that was good once."""
    return draw(st.sampled_from(DAMAGES))(raw, draw)
