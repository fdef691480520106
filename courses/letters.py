"""Letters without accents and capitals, for whatever is compared or looked for. Pure."""

import unicodedata


def bare(text: str) -> str:
    """Small letters without accents: «Ñáñez» is «nanez». It may be longer or shorter than the text."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def bare_in_place(text: str) -> str:
    """The same sign by sign: each keeps its place. Give it composed letters (NFC)."""
    return text.translate({ord(sign): (bare(sign) or sign)[0] for sign in set(text)})
