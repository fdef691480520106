"""Finding a word in the lessons that one woman may read, in the language she reads.

What she looks for is kept nowhere: neither in an address nor in a log. Accents and capitals do not count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from courses.letters import bare_in_place
from courses.pages.checks.rules import texts
from courses.pages.models import ContentVersion
from courses.progress.outline import Step

SECONDS = 3600
FRESH = 2  # to be raised when other parts of a lesson are looked into
AROUND = 70  # characters on each side of what was found
MOST_WORDS = 8
# Who did not open a warning sees nothing of what is behind it; a test of oneself does not tell its answers;
# a service is told as it is now, which a frozen text does not know.
LEFT_OUT = frozenset({"self_check", "scenario", "referral"})
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Found:
    """A lesson with the place where the words stand; `hit` is empty where only its title has them."""

    step: Step
    before: str = ""
    hit: str = ""
    after: str = ""


def stem(word: str) -> str:
    """A word as it begins, without the ending of a plural: «condones» finds «condón»."""
    for ending, shortest in (("es", 6), ("s", 5)):
        if word.endswith(ending) and len(word) >= shortest:
            return word.removesuffix(ending)
    return word


def find(steps: Sequence[Step], asked: str) -> list[Found]:
    """The lessons that have every word, those with all of them in the title first. One query, or none."""
    words = [stem(word) for word in WORD.findall(_comparable(asked))][:MOST_WORDS]
    if not words:
        return []
    patterns = [re.compile(rf"\b{re.escape(word)}\w*") for word in words]
    known = told([step.digest for step in steps])
    titled, others = [], []
    for step in steps:
        title, parts = _comparable(step.title), known.get(step.digest, [])
        folded = [bare_in_place(part) for part in parts]
        if all(pattern.search(title) for pattern in patterns):
            titled.append(_shown(step, parts, folded, patterns))
        elif all(any(pattern.search(part) for part in [title, *folded]) for pattern in patterns):
            others.append(_shown(step, parts, folded, patterns))
    return titled + others


def _comparable(text: str) -> str:
    return bare_in_place(unicodedata.normalize("NFC", text))


def _shown(
    step: Step, parts: Sequence[str], folded: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> Found:
    """Where it stands: the piece of text that has the most of the words, the first of them marked."""
    counts = [sum(bool(pattern.search(part)) for pattern in patterns) for part in folded]
    most = max(counts, default=0)
    if not most:
        return Found(step)
    place = counts.index(most)
    hits = [hit for pattern in patterns if (hit := pattern.search(folded[place]))]
    start, end = min(hit.span() for hit in hits)
    text = parts[place]
    return Found(step, _tail(text[:start]), text[start:end], _head(text[end:]))


def _tail(text: str) -> str:
    return text if len(text) <= AROUND else "…" + text[-AROUND:].partition(" ")[2]


def _head(text: str) -> str:
    return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0].rstrip(" .,;:…") + "…"


def told(digests: Sequence[str]) -> Mapping[str, list[str]]:
    """What each frozen lesson says, piece by piece; kept, because it never changes. One query, or none."""
    keys = {f"finding:{FRESH}:{digest}": digest for digest in digests}
    found = {keys[key]: parts for key, parts in cache.get_many(keys).items()}
    missing = [digest for digest in digests if digest not in found]
    if missing:
        rows = ContentVersion.objects.filter(digest__in=missing).values_list("digest", "content")
        new = {digest: pieces(content) for digest, content in rows}
        cache.set_many({f"finding:{FRESH}:{digest}": parts for digest, parts in new.items()}, SECONDS)
        found |= new
    return found


def pieces(content: Mapping[str, Any]) -> list[str]:
    """What a lesson says and a result may show."""
    said: list[str] = [*texts(list(content.get("objectives") or []))]
    for block in content.get("body") or []:
        value = block["value"]
        if block["type"] in LEFT_OUT:
            continue
        if block["type"] == "content_warning":
            value = {name: part for name, part in value.items() if name != "body"}
        said += texts(value)
    return [unicodedata.normalize("NFC", piece) for piece in said if piece.strip()]
