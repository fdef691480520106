"""Words that must not stand where somebody looking over her shoulder reads them. Pure."""

import re
from collections.abc import Iterable

from courses.letters import bare

DEFAULT = """\
trabajo sexual
trabajador* sexual*
prostitu*
sexo*
sexual*
vih
sida
hiv
aids
pep
prep
condon*
condom*
anticoncep*
contracep*
abort*
violacion*
violencia*
violence
rape
trata de personas
trafficking
droga*
drug*
sobredosis
overdose
sin papeles
indocument*
"""


def plain(text: str) -> str:
    """Lower case without accents, a space between words whatever parts them."""
    return " ".join(re.findall(r"[^\W_]+", bare(text)))


def words_of(lines: str) -> list[str]:
    """The words or phrases of a list, one on a line; `*` at the end of a word stands for any ending."""
    return [line.strip() for line in lines.splitlines() if plain(line)]


def forbidden(text: str, words: Iterable[str]) -> list[str]:
    """Those of `words` that stand in `text`, as the list writes them."""
    said = plain(text)
    return [word for word in words if re.search(_pattern(word), said)]


def _pattern(word: str) -> str:
    parts = [re.escape(plain(part)) + (r"\w*" if part.endswith("*") else "") for part in word.split()]
    return rf"\b{' '.join(part for part in parts if part)}\b"
