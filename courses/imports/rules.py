"""What the headings of a list mean, and what is wrong with a line. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from courses.people.rules import LONGEST_NAME, begins_a_formula, likeness, looks_like_contact, tidy

NAME, LANGUAGE, USERNAME, LEGAL = "name", "language", "username", "legal_name"
LONGEST_USERNAME = 60
HEADINGS = {
    NAME: ["name", "nombre", "nombres", "nom", "nome", "non", "nombre que usa", "name she uses"],
    LANGUAGE: ["language", "idioma", "lengua", "langue", "língua", "lang"],
    USERNAME: [
        "user name",
        "username",
        "user",
        "usuario",
        "usuaria",
        "nombre de usuario",
        "nombre de usuaria",
    ],
    LEGAL: ["legal name", "nombre legal", "nombre oficial", "nom légal", "nome legal"],
}
LANGUAGES = {
    "es": ["es", "español", "castellano", "spanish", "espagnol", "espanhol"],
    "en": ["en", "inglés", "english", "anglais"],
    "fr": ["fr", "francés", "french", "français"],
    "pt": ["pt", "portugués", "portuguese", "português"],
    "ht": ["ht", "criollo haitiano", "criollo", "haitian creole", "kreyòl", "kreyòl ayisyen", "creole"],
}
ERROR_VALUES = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!")
UNREAD = "\x00formula"  # a formula whose value the file does not hold
_KINDS = {likeness(word): kind for kind, words in HEADINGS.items() for word in words}
_SPOKEN = {likeness(word): code for code, words in LANGUAGES.items() for word in words}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one column of a line: a code (imports/wording.py says it) and what it is about."""

    column: str
    code: str
    about: str = ""


@dataclass
class Line:
    """A line as it was understood."""

    number: int
    name: str = ""
    language: str = ""
    username: str = ""
    legal_name: str = ""
    problems: list[Problem] = field(default_factory=list)


def kinds_of(headings: Sequence[str]) -> list[str]:
    """The kind of each column, or nothing for one that is not read; the first of a kind wins."""
    found: list[str] = []
    for heading in headings:
        kind = _KINDS.get(likeness(heading), "") if heading.strip() else ""
        found.append("" if kind in found else kind)
    return found


def understand(number: int, cells: Mapping[str, str], default_language: str) -> Line:
    """A line from its cells by kind, with everything that is wrong with it."""
    line = Line(number)
    for kind, cell in cells.items():
        code = _unreadable(cell)
        if code:
            line.problems.append(Problem(kind, code))
    bad = {problem.column for problem in line.problems}
    if NAME not in bad:
        line.name = tidy(cells.get(NAME, ""))
        line.problems += _name_problems(NAME, line.name)
    if LEGAL not in bad:
        line.legal_name = tidy(cells.get(LEGAL, ""))
        line.problems += _name_problems(LEGAL, line.legal_name) if line.legal_name else []
    if USERNAME not in bad:
        line.username = cells.get(USERNAME, "").strip()
        line.problems += _username_problems(line.username)
    if LANGUAGE not in bad:
        spoken = tidy(cells.get(LANGUAGE, ""))
        line.language = _SPOKEN.get(likeness(spoken), "") if spoken else default_language
        if not line.language:
            line.problems.append(Problem(LANGUAGE, "language"))
    return line


def _unreadable(cell: str) -> str:
    if cell == UNREAD or cell.strip() in ERROR_VALUES:
        return "formula"
    if "\n" in cell.strip() or "\r" in cell.strip():
        return "line_break"
    return "control" if any(ord(c) < 32 and c != "\t" for c in cell.strip()) else ""


def _name_problems(column: str, name: str) -> list[Problem]:
    if not name:
        return [Problem(column, "empty")]
    if len(name) > LONGEST_NAME:
        return [Problem(column, "too_long", str(LONGEST_NAME))]
    if begins_a_formula(name):
        return [Problem(column, "formula_start", name[0])]
    if looks_like_contact(name):
        return [Problem(column, "contact")]
    if not any(character.isalpha() for character in name):
        return [Problem(column, "no_letters")]
    return []


def _username_problems(username: str) -> list[Problem]:
    if len(username) > LONGEST_USERNAME:
        return [Problem(USERNAME, "too_long", str(LONGEST_USERNAME))]
    if looks_like_contact(username):
        return [Problem(USERNAME, "contact")]
    if any(not (character.isalnum() or character in "._-") for character in username):
        return [Problem(USERNAME, "username_letters")]
    return []
