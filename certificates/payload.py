"""The facts of an award as printed, frozen as plain data with one canonical form. Pure: no Django here.

A payload holds every printed fact but her name, of which it has a keyed hash: so it may be shown on the
verification page, kept after an erasure, and hashed without telling who. Nothing else goes in: no score,
no place, no day, nothing about the person. `with_name` adds her name for printing.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from certificates import codes, sentences, wording
from courses.canonical import canonical_json

VERSION = 2
KINDS = ("diploma", "statement")
LONGEST_NAME = 120
# What stands on the paper, for whoever compares it: all public, since `texts` say {name} where she is named
# (`with_name` fills it in). The rest of a payload is about the award, not on the paper.
PRINTED = (
    "kind",
    "issuer",
    "ally",
    "recognition",
    "title",
    "duration",
    "span",
    "issued",
    "folio",
    "book",
    "page",
    "code",
    "signatories",
    "modules",
    "texts",
    "is_demo",
)
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
class Signatory:
    """Who stands under the words: a name and a post."""

    name: str
    post: str


@dataclass(frozen=True)
class ModuleFacts:
    """A module by its neutral title and the minutes it lasts."""

    title: str
    minutes: int


def build(
    *,
    kind: str = "diploma",
    award: str,
    folio: str,
    book: str,
    page: int,
    code: str,
    base_url: str,
    did: str,
    design: str,
    signatories: Sequence[Signatory] = (),
    texts: Mapping[str, str] | None = None,
    language: str,
    is_demo: bool,
    issuer: str,
    ally: str | None,
    recognition: RecognitionFacts | None,
    name_hash: str,
    title: str,
    minutes: int,
    starts_on: date,
    ends_on: date,
    issued_on: date,
    modules: Sequence[ModuleFacts],
) -> dict[str, Any]:
    """Everything a diploma says, in the words of `language`; raises ValueError for what cannot be printed.

    `texts` are the sentences of its design (certificates/sentences.py); they take the place of the usual
    words, and are what is in `language` where we have no usual words in it.
    """
    if ends_on < starts_on:
        raise ValueError("The course ends before it starts.")
    if codes.normalise(code) != code:
        raise ValueError("The code is not in its stored form.")
    if kind not in KINDS:
        raise ValueError("There is no such kind of award.")
    speech = wording.for_language(language, has_texts=bool(texts))
    facts: dict[str, Any] = {
        "v": VERSION,
        "kind": kind,
        "design": design,
        "award": printable(award),
        "folio": printable(folio),
        "book": printable(book),
        "page": page,
        "code": code,
        "did": printable(did),
        "verify_url": f"{printable(base_url).rstrip('/')}/v/{code}/",
        "language": language,
        "words_language": speech.language,
        "is_demo": is_demo,
        "issuer": printable(issuer),
        "ally": printable(ally) if ally else None,
        "recognition": _recognition(recognition, speech) if recognition else None,
        "name_hash": name_hash,
        "signatories": [{"name": printable(one.name), "post": printable(one.post)} for one in signatories],
        "title": printable(title),
        **_hours(minutes, speech),
        "from": speech.month(starts_on),
        "to": speech.month(ends_on),
        "span": speech.span(starts_on, ends_on),
        "issued": speech.month(issued_on),
        "issued_month": f"{issued_on:%Y-%m}",
        "modules": [
            {"title": printable(module.title), **_hours(module.minutes, speech)} for module in modules
        ],
    }
    usual = speech.words(facts, starts_on, ends_on)
    own = {key: _paragraphs(text) for key, text in sentences.resolve(texts or {}, _values(facts)).items()}
    return facts | {"texts": own, "words": usual | own}


def _values(facts: dict[str, Any]) -> dict[str, str]:
    """What the variables of a design's sentences stand for in this award; empty where it has none."""
    recognition = facts["recognition"] or {}
    same = ("title", "duration", "span", "issued", "issuer", "ally", "folio", "book")
    return {name: facts[name] or "" for name in same} | {
        "page": str(facts["page"]),
        "code": codes.display(facts["code"]),
        "authority": recognition.get("authority", ""),
        "oficio": recognition.get("oficio_number", ""),
        "oficio_date": recognition.get("oficio_date", ""),
    }


def canonical(payload: dict[str, Any]) -> bytes:
    """The one spelling of a payload: UTF-8 JSON, sorted keys, no spaces, no floats (after RFC 8785)."""
    _refuse_floats(payload)
    return canonical_json(payload)


def digest(payload: dict[str, Any]) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def _hours(minutes: int, speech: wording.Speech) -> dict[str, Any]:
    """Whole hours, the minutes left over, and both in words; an hour is never rounded up."""
    if minutes <= 0:
        raise ValueError("Minutes must be more than nothing.")
    hours, left = divmod(minutes, 60)
    return {"hours": hours, "minutes": left, "duration": speech.duration(hours, left)}


def _recognition(recognition: RecognitionFacts, speech: wording.Speech) -> dict[str, str]:
    return {
        "authority": printable(recognition.authority),
        "oficio_number": printable(recognition.oficio_number),
        "oficio_date": speech.month(recognition.oficio_date),
    }


def with_name(payload: dict[str, Any], name: str) -> dict[str, Any]:
    """The payload with her name, as it is printed; never stored so."""
    clean = printable_name(name)
    own = {key: text.replace(sentences.NAME, clean) for key, text in payload["texts"].items()}
    return {**payload, "name": clean, "texts": own, "words": payload["words"] | own}


def printable_name(name: str) -> str:
    """`name` composed (NFC) and without needless spaces; raises ValueError if it cannot be printed."""
    clean = printable(name)
    if len(clean) > LONGEST_NAME:
        raise ValueError("The name is too long to print.")
    return clean


def printable(text: str) -> str:
    """`text` composed (NFC), without needless spaces; raises ValueError when empty or not printable."""
    for character in text:
        if is_unseen(character):
            raise ValueError(f"A character cannot be printed: U+{ord(character):04X}.")
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if not clean:
        raise ValueError("A text is empty.")
    return clean


def is_unseen(character: str) -> bool:
    """Whether nobody would see it on paper: a control, an unassigned one, or one that hides or reorders."""
    return unicodedata.category(character) in UNPRINTABLE or character in DECEIVING


def _paragraphs(text: str) -> str:
    """The same line by line, for a text of several paragraphs."""
    return "\n".join(printable(line) for line in text.splitlines() if line.strip())


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A payload holds no floats.")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _refuse_floats(child)
