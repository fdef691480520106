"""What a cohort uses, in the language of who reads it."""

from collections.abc import Iterable
from uuid import UUID

from courses.cohorts.models import CohortContent
from courses.pages.models import ContentVersion, ModulePage


def in_language(pins: Iterable[CohortContent], language: str) -> list[CohortContent]:
    """The same pins, each with its translation if there is one, with its body if they have theirs.

    One query; none where all are in `language`.
    A translation of another version than the pinned one would tell something else: then there is none.
    """
    pins = list(pins)
    wanted = {pin.key: pin.version.meaning for pin in pins if pin.version.language != language}
    if wanted:
        without_body = any("content" in pin.version.get_deferred_fields() for pin in pins)
        versions = ContentVersion.objects.defer("content") if without_body else ContentVersion.objects
        found = versions.saying(wanted, language)
        for pin in pins:
            pin.translation = found.get(pin.key)
    return pins


def module_titles(keys: Iterable[UUID | None], language: str) -> dict[UUID | None, str]:
    """The titles of modules, by their key, as they were translated into `language`. One query, or none."""
    wanted = [key for key in keys if key]
    pages = ModulePage.objects.live().filter(
        translation_key__in=wanted, locale__language_code=language, alias_of=None
    )
    return dict(pages.values_list("translation_key", "title")) if wanted else {}
