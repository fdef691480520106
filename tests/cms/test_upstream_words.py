"""The Spanish that Wagtail and wagtailmedia do not bring."""

from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override

FOLDER = Path(settings.BASE_DIR) / "cms" / "locale_upstream" / "es" / "LC_MESSAGES"


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Add audio", "Agregar audio"),
        ("Exploring", "Páginas"),
        ("Autosave is paused", "El guardado automático está en pausa"),
        ("Locked by workflow", "Cerrada por la revisión"),
        ("Awaiting your review", "Esperan su revisión"),
        (
            "The page could not be saved due to validation errors.",
            "La página no se guardó: algo falta o no está bien.",
        ),
    ],
)
def test_words_of_the_admin_are_spanish(english: str, spanish: str) -> None:
    with override("es"):
        assert gettext(english) == spanish


@pytest.mark.parametrize(
    ("english", "spanish"), [("Page", "Página"), ("page", "página"), ("Actions", "Acciones")]
)
def test_no_word_of_ours_changes_one_of_wagtails(english: str, spanish: str) -> None:
    with override("es"):
        assert gettext(english) == spanish


@pytest.mark.django_db
@pytest.mark.usefixtures("school")
def test_the_programs_of_the_desk_speak_spanish(client: Client) -> None:
    words = client.get("/admin/jsi18n/").content.decode()
    assert "Los cambios se guardaron solos." in words
    assert "Acciones" in words  # Wagtail's own are still there


def test_the_buttons_of_a_page_are_announced_in_spanish(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    page = client.get("/admin/people/").content.decode()
    assert '<nav aria-label="Acciones" id="w-slim-header-buttons"' in page


@pytest.mark.django_db
def test_the_editor_of_translations_speaks_spanish(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    words = client.get("/admin/localize/jsi18n/").content.decode()
    assert '"Publish in ": "Publicar en "' in words
    assert '"Download PO file": "Descargar archivo PO"' in words


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_the_compiled_catalogue_holds_the_same_words(name: str) -> None:
    def words(entries: list[polib.POEntry]) -> dict[str, tuple[str, ...]]:
        return {e.msgid: (e.msgstr, *e.msgstr_plural.values()) for e in entries}

    written = polib.pofile(str(FOLDER / f"{name}.po"))
    assert words(list(polib.mofile(str(FOLDER / f"{name}.mo")))) == words(list(written))
