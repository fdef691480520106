"""What a design refuses to take, in words: sentences with wrong variables, letters that cannot be printed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certificates import payload, sentences
from certificates.printing import fonts

COLOUR = re.compile(r"#[0-9a-f]{6}")


def in_braces(names: tuple[str, ...]) -> str:
    """The variables as they are written: {title}, {duration}, …"""
    return ", ".join(f"{{{name}}}" for name in names)


def validate_sentence(text: str) -> None:
    """Only known variables, every brace closed, every letter in the typefaces."""
    try:
        sentences.variables_of(text)
    except sentences.UnknownVariable as error:
        raise ValidationError(
            _("«{%(name)s}» is not a variable. These are: %(names)s."),
            params={"name": error.name, "names": in_braces(sentences.VARIABLES)},
        ) from error
    except sentences.BadBraces as error:
        raise ValidationError(
            _("A brace is opened and not closed, or closed and not opened. Write variables such as {title}.")
        ) from error
    validate_printable(text)


def validate_printable(text: str) -> None:
    """Nothing invisible or deceiving, and a glyph for every letter."""
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        try:
            payload.printable(line)
        except ValueError as error:
            raise ValidationError(_("This text has characters that cannot be printed.")) from error
    if lacking := fonts.missing("".join(lines)):
        raise ValidationError(
            _("The typeface of the diploma lacks: %(characters)s"), params={"characters": " ".join(lacking)}
        )


def validate_colour(value: str) -> None:
    """A colour as browsers write it: #0f5c5c."""
    if not COLOUR.fullmatch(value):
        raise ValidationError(_("Write the colour as # and six digits, such as #0f5c5c."))
