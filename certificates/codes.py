"""Verification codes: 15 random Crockford base-32 characters (75 bits) and a check character over GF(32).

The check character finds every single wrong character and every swap of two characters.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LONGEST_INPUT = 64
SEPARATORS = str.maketrans("", "", " \t\u00a0-‐‑‒–—_.")
LOOKALIKES = str.maketrans("OIL", "011")
VALUES = {character: value for value, character in enumerate(ALPHABET)}


class MistypedCode(ValueError):
    """What was typed cannot be a code: a wrong length, a character no code has, or a failing check."""


def _powers() -> list[int]:
    """The powers of 2 in GF(32), modulo the primitive polynomial x^5 + x^2 + 1."""
    powers = [1]
    for _ in range(30):
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 32 else doubled)
    return powers


POWERS = _powers()
LOGARITHMS = {value: exponent for exponent, value in enumerate(POWERS)}


def _weighted(value: int, position: int) -> int:
    """The product of `value` and 2^(position + 1) in GF(32)."""
    return POWERS[(LOGARITHMS[value] + position + 1) % 31] if value else 0


def check_character(body: str) -> str:
    """The sixteenth character for the fifteen of `body`."""
    total = 0
    for position, character in enumerate(body):
        total ^= _weighted(VALUES[character], position)
    return ALPHABET[total]


def new_code() -> str:
    """A new unguessable code in its stored form: 16 characters without dashes."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def normalise(text: str) -> str:
    """The stored form of a code as a person typed it; raises `MistypedCode`.

    Spaces, dashes and lower case do not matter; O is read as 0, I and L as 1.
    """
    if len(text) > LONGEST_INPUT:
        raise MistypedCode("too long")
    code = text.translate(SEPARATORS).upper().translate(LOOKALIKES)
    if len(code) != LENGTH or not VALUES.keys() >= set(code):
        raise MistypedCode("not the form of a code")
    if check_character(code[:-1]) != code[-1]:
        raise MistypedCode("the check character does not fit")
    return code


def count(text: str) -> int:
    """How many characters of a code stand in what was typed: without spaces and dashes."""
    return len(text.translate(SEPARATORS))


def display(code: str) -> str:
    """A stored code as it is printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
