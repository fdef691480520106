"""The Spanish that Wagtail and wagtailmedia do not bring."""

from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation import gettext, override

FOLDER = Path(settings.BASE_DIR) / "cms" / "locale_upstream" / "es" / "LC_MESSAGES"


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Add audio", "Agregar audio"),
        ("Exploring", "Páginas"),
        ("Autosave is paused", "El guardado automático está en pausa"),
    ],
)
def test_words_of_the_admin_are_spanish(english: str, spanish: str) -> None:
    with override("es"):
        assert gettext(english) == spanish


def test_the_compiled_catalogue_holds_the_same_words() -> None:
    def words(entries: list[polib.POEntry]) -> dict[str, tuple[str, ...]]:
        return {e.msgid: (e.msgstr, *e.msgstr_plural.values()) for e in entries}

    written = polib.pofile(str(FOLDER / "django.po"))
    assert words(list(polib.mofile(str(FOLDER / "django.mo")))) == words(list(written))
