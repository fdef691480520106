"""Names: written tidily, and compared as people mistake them. Pure."""

import re
import unicodedata
from itertools import combinations

LONGEST_NAME, MOST_WORDS = 120, 8
FORMULA_STARTS = "=+-@\t\r"
SOUNDS = [("h", ""), ("v", "b"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("ll", "y"), ("i", "y"), ("j", "g")]


def tidy(text: str) -> str:
    """A name in one form: composed letters, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def looks_like_contact(text: str) -> bool:
    """An e-mail address, or so many digits that it is a telephone or a document number: never kept here."""
    return "@" in text or sum(character.isdigit() for character in text) >= 6


def begins_a_formula(text: str) -> bool:
    """What a spreadsheet would carry out instead of showing it."""
    return text.startswith(tuple(FORMULA_STARTS))


def likeness(name: str) -> str:
    """Equal for names that are likely the same: no accents, small letters, any order, alike sounds."""
    plain = unicodedata.normalize("NFD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted(_sound(word) for word in words)) or plain


def word_pairs(key: str) -> set[tuple[str, str]]:
    """Every two words of a likeness: names that share none of them are not alike."""
    return set(combinations(key.split(" "), 2))


def shorter(key: str) -> set[str]:
    """Every likeness that has some of the words of this one, two at least."""
    words = key.split(" ")[:MOST_WORDS]
    return {" ".join(few) for size in range(2, len(words)) for few in combinations(words, size)}


def _sound(word: str) -> str:
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", word)
