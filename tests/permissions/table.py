"""The table as a file: a line for each address and method, in columns that stay where they are."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from tests.permissions import COMMAND, FILE

ROLES: tuple[str, ...] = ("nobody", "trainee", "woman2", "trainer", "trainer2", "reviewer")
ROLES += ("coord", "admin", "officer", "officer2", "observer", "stranger")
HEAD = f"""\
# Who gets in where: kept by `{COMMAND}`, read by people before it is committed.
# trainee, trainer and officer are those whose woman, cohort and authority the address is about;
# woman2, trainer2 and officer2 are others of the same role.
# opens: shown. acts: taken, or its form shown again. asks: sent to sign in. away: sent to her own first
# page, and nothing was written. no: forbidden, or not there for her. none: no such method.
# A method without a line lets nobody in.
"""
OPENS, ACTS, ASKS, AWAY, NO, NONE = "opens", "acts", "asks", "away", "no", "none"
IN = {OPENS, ACTS}
Key = tuple[str, str]  # pattern, method
Answers = dict[Key, dict[str, str]]


@dataclass
class Table:
    """pattern and method → role → word."""

    rows: dict[Key, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Table":
        """Raises ValueError for a line that is no line of the table."""
        table = cls()
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            *words, method, address = line.split(maxsplit=len(ROLES) + 1)
            pattern = address.removeprefix("/")
            if len(words) != len(ROLES) or (pattern, method) in table.rows:
                raise ValueError(f"{FILE.name}: {line!r} is no line, or stands twice")
            table.rows[pattern, method] = dict(zip(ROLES, words, strict=True))
        return table

    def text(self) -> str:
        """The whole file, in sections by the beginning of the address."""
        parts = [HEAD]
        titles = line({role: role for role in ROLES} | {ROLES[0]: f"#{ROLES[0]}"}, "method", "address")
        for section, keys in groupby(sorted(self.rows), key=lambda key: section_of(key[0])):
            parts.append(f"\n# {section}\n{titles}\n")
            parts += [f"{line(self.rows[key], key[1], key[0])}\n" for key in keys]
        return "".join(parts)


def section_of(pattern: str) -> str:
    """`admin/actas/<int:pk>/` stands in the section admin/actas/."""
    pieces = [piece for piece in pattern.split("/")[:-1] if "<" not in piece and "(" not in piece]
    return "/".join(pieces[: 2 if pieces[:1] == ["admin"] else 1]) + "/"


def line(words: Mapping[str, str], method: str, pattern: str) -> str:
    """One line of the file."""
    cells = "".join(f"{words.get(role, '?'):<9}" for role in ROLES)
    return f"{cells}{method:<7}/{pattern}"


def shortened(answers: Mapping[Key, Mapping[str, str]]) -> Table:
    """Without the methods that let nobody in, but for one line of an address that lets nobody in at all."""
    table = Table()
    for _pattern, keys in groupby(sorted(answers), key=lambda key: key[0]):
        asked = sorted(keys, key=lambda key: (NONE in answers[key].values(), key[1] != "GET"))
        for key in [key for key in asked if IN & set(answers[key].values())] or asked[:1]:
            table.rows[key] = dict(answers[key])
    return table


def differences(
    table: Table, answers: Mapping[Key, Mapping[str, str]], roles: Iterable[str]
) -> Iterator[str]:
    """What the file does not say, or no longer should, as sentences with the line to write."""
    known, asked = {pattern for pattern, _method in table.rows}, {pattern for pattern, _method in answers}
    for (pattern, method), told in sorted(shortened(answers).rows.items()):
        if pattern not in known:
            add = line(told, method, pattern)
            yield f"/{pattern} ({method}) has no line. Look at it, then add it:\n{add}"
    for pattern in sorted(known - asked):
        yield f"/{pattern} has a line, and is no address any more"
    for (pattern, method), words in sorted(table.rows.items()):
        if pattern in asked and (pattern, method) not in answers:
            yield f"{method} /{pattern} has a line, and its view knows no such method"
        elif pattern in asked:
            told = answers[pattern, method]
            yield from (
                f"{role}: {method} /{pattern} → {told[role]}, and the table says {words[role]}"
                for role in roles
                if told[role] != words[role]
            )
    for (pattern, method), told in sorted(answers.items()):
        if pattern in known and (pattern, method) not in table.rows:
            yield from (
                f"{role}: {method} /{pattern} → {told[role]}, and there is no line that lets anybody in"
                for role in roles
                if told[role] in IN
            )


def to_json(answers: Answers) -> str:
    """What one process was answered, for another."""
    return json.dumps([[*key, words] for key, words in answers.items()])


def merged(parts: Iterable[str]) -> Answers:
    """The answers of several processes."""
    answers: Answers = {}
    for part in parts:
        for pattern, method, words in json.loads(part):
            answers.setdefault((pattern, method), {}).update(words)
    return answers
