"""Words that no password of staff may lean on: the school's work, roles and name (docs/signing-in.md)."""

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.home.face import faces

# Documented in docs/signing-in.md, «Words not for passwords»; without accents, in small letters.
LISTED = (
    "promotora promotoras salud comunitaria escuela diplomado diploma diplomas constancia generacion "
    "formadora coordinadora administradora revisora funcionaria observadora alumna maestra "
    "trainer coordinator administrator reviewer officer observer school health course certificate "
    "contrasena clave password secreto entrada equipo acceso bienvenida wagtail django"
)
LETTERS = str.maketrans("013457@$!", "oieastasi")  # what people write for letters
SHORTEST = 4  # a shorter part of a name is in every other word


def plain(text: str) -> str:
    """Small letters without accents, and letters where people write figures for them."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return bare.casefold().translate(LETTERS)


def own_words() -> set[str]:
    """The list, and what this very school is called: its name, its hosts, the prefixes of its registers."""
    hosts = [urlsplit(settings.PUBLIC_BASE_URL).hostname or "", *settings.ALLOWED_HOSTS]
    names = [settings.SITE_NAME, *(face.name for face in faces().values())]
    told = " ".join([*names, *hosts]).replace(".", " ").replace("-", " ").split()
    found = {plain(word) for word in told}
    return {plain(word) for word in LISTED.split()} | {word for word in found if len(word) >= SHORTEST}


class SchoolWordsValidator:
    """What is left without such words must still be long enough to be a password."""

    def __init__(self, min_length: int = 8) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        left, is_found = plain(password), False
        for word in sorted(own_words(), key=len, reverse=True):
            is_found |= word in left
            left = left.replace(word, "")
        if is_found and len("".join(filter(str.isalnum, left))) < self.min_length:
            raise ValidationError(
                _("This password leans on a word of the school. Choose other words."), code="school_word"
            )

    def get_help_text(self) -> str:
        return _("Your password cannot be made of the school's name, its roles or words of its work.")
