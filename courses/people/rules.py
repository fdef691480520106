"""Names: written tidily, and compared as people mistake them. Pure."""

import re
import unicodedata
from itertools import combinations
from typing import Any

from courses.letters import bare

LONGEST_NAME, MOST_WORDS = 120, 8
FORMULA_STARTS = "=+-@\t\r"
SOUNDS = [("h", ""), ("v", "b"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("ll", "y"), ("i", "y"), ("j", "g")]


def tidy(text: str) -> str:
    """A name in one form: composed letters, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def account_name(user: Any) -> str:
    """What an account is called where staff read it."""
    return str(user.get_full_name() or user.get_username())


def looks_like_contact(text: str) -> bool:
    """An e-mail address, or so many digits that it is a telephone or a document number: never kept here."""
    return "@" in text or sum(character.isdigit() for character in text) >= 6


def begins_a_formula(text: str) -> bool:
    """What a spreadsheet would carry out instead of showing it."""
    return text.startswith(tuple(FORMULA_STARTS))


def spelling(name: str) -> str:
    """Equal for names that are written the same but for capitals, accents and spaces."""
    return " ".join(bare(name).split())


def is_called(name: str, query: str) -> bool:
    """True when a name has each word of what somebody typed; accents and capital letters do not matter."""
    called = spelling(name)
    return all(word in called for word in spelling(query).split())


def likeness(name: str) -> str:
    """Equal for names that are likely the same: spelled alike, in any order, with alike sounds."""
    plain = spelling(name)
    words = re.findall(r"[^\W\d_]+", plain)
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
