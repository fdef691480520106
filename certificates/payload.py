"""The facts of an award as printed, frozen as plain data with one canonical form. Pure: no Django here.

Everything in a payload except the name may be shown on the verification page; so nothing else goes in:
no score, no place, no day, nothing about the person.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from certificates import codes, wording

VERSION = 1
DESIGN = "diploma/1"
LONGEST_NAME = 120
# Controls, surrogates, private use, unassigned, line and paragraph breaks: nothing that can be printed.
UNPRINTABLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# Invisible characters that reorder or hide others; the joiners of real scripts stay allowed.
DECEIVING = set(
    "\u00ad\u200b\u200e\u200f\u2060\ufeff\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@dataclass(frozen=True)
class RecognitionFacts:
    """The health authority's answer: who recognised the course, by which oficio, when."""

    authority: str
    oficio_number: str
    oficio_date: date


@dataclass(frozen=True)
class ModuleFacts:
    """A module by its neutral title and the minutes it lasts."""

    title: str
    minutes: int


def build(
    *,
    award: str,
    folio: str,
    code: str,
    base_url: str,
    language: str,
    is_demo: bool,
    issuer: str,
    ally: str | None,
    recognition: RecognitionFacts | None,
    name: str,
    title: str,
    minutes: int,
    starts_on: date,
    ends_on: date,
    issued_on: date,
    modules: Sequence[ModuleFacts],
) -> dict[str, Any]:
    """Everything a diploma says, in the words of `language`; raises ValueError for what cannot be printed."""
    if ends_on < starts_on:
        raise ValueError("The course ends before it starts.")
    if codes.normalise(code) != code:
        raise ValueError("The code is not in its stored form.")
    speech = wording.for_language(language)
    facts = {
        "v": VERSION,
        "kind": "diploma",
        "design": DESIGN,
        "award": _text(award),
        "folio": _text(folio),
        "code": code,
        "verify_url": f"{_text(base_url).rstrip('/')}/v/{code}/",
        "language": language,
        "is_demo": is_demo,
        "issuer": _text(issuer),
        "ally": _text(ally) if ally else None,
        "recognition": _recognition(recognition, speech) if recognition else None,
        "name": _name(name),
        "title": _text(title),
        **_hours(minutes, speech),
        "from": speech.month(starts_on),
        "to": speech.month(ends_on),
        "span": speech.span(starts_on, ends_on),
        "issued": speech.month(issued_on),
        "modules": [{"title": _text(module.title), **_hours(module.minutes, speech)} for module in modules],
    }
    return facts | {"words": speech.words(facts, starts_on, ends_on)}


def canonical(payload: dict[str, Any]) -> bytes:
    """The one spelling of a payload: UTF-8 JSON, sorted keys, no spaces, no floats (after RFC 8785)."""
    _refuse_floats(payload)
    return json.dumps(
        payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(payload: dict[str, Any]) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def printed_text(payload: dict[str, Any]) -> str:
    """Every string of a payload in one: what the fonts must be able to show."""

    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for item in value.values() for text in strings(item)]
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [value] if isinstance(value, str) else []

    return "".join(strings(payload))


def _hours(minutes: int, speech: wording.Speech) -> dict[str, Any]:
    """Whole hours, the minutes left over, and both in words; an hour is never rounded up."""
    if minutes <= 0:
        raise ValueError("Minutes must be more than nothing.")
    hours, left = divmod(minutes, 60)
    return {"hours": hours, "minutes": left, "duration": speech.duration(hours, left)}


def _recognition(recognition: RecognitionFacts, speech: wording.Speech) -> dict[str, str]:
    return {
        "authority": _text(recognition.authority),
        "oficio_number": _text(recognition.oficio_number),
        "oficio_date": speech.month(recognition.oficio_date),
    }


def _name(name: str) -> str:
    clean = _text(name)
    if len(clean) > LONGEST_NAME:
        raise ValueError("The name is too long to print.")
    return clean


def _text(text: str) -> str:
    """`text` composed (NFC), without needless spaces; raises ValueError when empty or not printable."""
    for character in text:
        if unicodedata.category(character) in UNPRINTABLE or character in DECEIVING:
            raise ValueError(f"A character cannot be printed: U+{ord(character):04X}.")
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if not clean:
        raise ValueError("A text is empty.")
    return clean


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A payload holds no floats.")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _refuse_floats(child)
