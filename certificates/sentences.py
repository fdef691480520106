"""The sentences that a design writes itself, with variables in braces. Pure.

«con duración de {duration}» is filled in once, when an award is made, and frozen with it. A sentence whose
variable has no value in an award — an oficio where there is none — is not printed; the usual words take
its place.
"""

from collections.abc import Mapping
from string import Formatter

# What may stand in braces. Her name is filled in when the paper is printed and never stored with the rest.
VARIABLES = (
    "name",
    "title",
    "duration",
    "span",
    "issued",
    "issuer",
    "ally",
    "authority",
    "oficio",
    "oficio_date",
    "folio",
    "book",
    "page",
    "code",
)
NAME = "{name}"
# The sentences that a design may write itself, by where they stand; the last two have no usual words.
FRONT = ("awards", "heading", "to", "for_having", "span", "issued", "closing")
BACK = "notes"


class UnknownVariable(ValueError):
    """Braces around something that is not a variable."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BadBraces(ValueError):
    """A brace that is opened and not closed, closed and not opened, or empty."""


def variables_of(text: str) -> set[str]:
    """The variables in `text`. Raises `UnknownVariable` or `BadBraces`."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise BadBraces(text) from error
    found = set()
    for literal, name, form, conversion in parts:
        if "{" in literal or "}" in literal or name == "":
            raise BadBraces(text)
        if name is None:
            continue
        if name not in VARIABLES or form or conversion:
            written = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            raise UnknownVariable(written)
        found.add(name)
    return found


def resolve(texts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The sentences with their variables filled in, all but her name; without those that lack a value."""
    known = {name: value for name, value in values.items() if value} | {"name": NAME}
    return {
        key: text.format_map(known)
        for key, text in texts.items()
        if text.strip() and variables_of(text) <= known.keys()
    }
