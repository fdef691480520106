"""The languages of content: their rows, and the one in which what is being drawn was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info
from wagtail.models import Locale

_written: ContextVar[str | None] = ContextVar("written", default=None)


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """What is drawn inside was written in `language`, whatever the language of the page round it."""
    token = _written.set(language)
    try:
        yield
    finally:
        _written.reset(token)


def written_language() -> str:
    """The language of what is being drawn; the school's own where nobody said so."""
    return _written.get() or settings.LANGUAGE_CODE


def language_name(code: str) -> str:
    """What a language is called in the language of who reads: «inglés». Raises KeyError."""
    return str(get_language_info(code)["name_translated"])


def spoken(thing: Any) -> str:
    """The same for a page or a snippet: what it is written in."""
    return language_name(thing.locale.language_code)


def ensure_locales() -> None:
    """A row for each language that content may be written in. Changes nothing the second time."""
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
