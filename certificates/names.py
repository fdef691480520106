"""Comparing a typed name with the printed one without keeping it: one normal form, one keyed hash. Pure.

The same rules stand in the offline verifier (static/certificates/offline/names.js); one table of names
(tests/certificates/names.json) holds both to them. The hash of every issued award depends on the normal
form: what it makes of a name never changes.
"""

import hashlib
import hmac
import unicodedata

HASH_BYTES = 16
# Saltillo, glottal stops and apostrophes are typed in many ways, or not at all: they count for nothing.
APOSTROPHES = str.maketrans("", "", "'’‘‛ʼʻʽʾʿˈˊˋ′`´ꞌꞋ＇")
# Letters that Unicode does not take apart and few keyboards have.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th", "ß": "ss", "ς": "σ"}
)


def normalise(name: str) -> str:
    """`name` without accents, case, punctuation or needless spaces.

    Apostrophes go; NFKD; marks and apostrophes go; each character in lower case by itself; NFKD and marks
    again; PLAIN; whatever is neither letter nor number parts words.
    """
    bare = _bare(name.translate(APOSTROPHES))
    plain = _bare("".join(character.lower() for character in bare)).translate(PLAIN)
    return " ".join("".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain).split())


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).translate(APOSTROPHES)
    return "".join(c for c in decomposed if unicodedata.category(c)[0] != "M")


def keyed_hash(key: bytes, name: str) -> str:
    """HMAC-SHA-256 of the normal form under `key`, the first 16 bytes in hexadecimal."""
    return hmac.digest(key, normalise(name).encode(), hashlib.sha256)[:HASH_BYTES].hex()


def matches(key: bytes, name: str, expected: str) -> bool:
    """Whether `name` is the one that `expected` was made from."""
    return hmac.compare_digest(keyed_hash(key, name), expected)
