"""How easily a Spanish text reads: the Szigriszt-Pazos index on the INFLESZ scale. Pure.

Francisco Szigriszt Pazos, «Sistemas predictivos de legilibilidad del mensaje escrito», 1993; the scale is
Inés Barrio Cantalejo's, 2008: below 40 very hard, 40–55 somewhat hard, 55–65 normal, 65–80 quite easy, above
80 very easy. Why no library: docs/adr/0017-truth-over-time.md.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

FEWEST_WORDS = 30  # below that the index says nothing
NORMAL = 55  # what the scale asks of texts for patients
WORD = re.compile(r"[^\W_]+", re.UNICODE)
SENTENCE = re.compile(r"[.!?…]+")
SILENT_U = re.compile(r"(?<=q)u(?=[eiéí])|(?<=g)u(?=[eiéí])")
VOWELS = re.compile(r"[aeiouáéíóúü]+")
NUCLEI = frozenset("aeoáéóíú")  # each is the heart of a syllable; i, u and ü join what stands beside them


def syllables(word: str) -> int:
    """How many syllables a Spanish word has; at least one."""
    said = SILENT_U.sub("", word.lower())
    if said.endswith("y"):
        said = said[:-1] + "i"
    return max(1, sum(max(1, sum(sign in NUCLEI for sign in run)) for run in VOWELS.findall(said)))


def reading_ease(parts: Iterable[str]) -> int | None:
    """The index, rounded; each part holds at least one sentence. None when there are too few words."""
    sentences = [words for part in parts for piece in SENTENCE.split(part) if (words := WORD.findall(piece))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    total = Decimal(sum(map(syllables, words)))
    index = Decimal("206.835") - Decimal("62.3") * total / len(words) - Decimal(len(words)) / len(sentences)
    return int(index.to_integral_value())
