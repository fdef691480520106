"""What a page or snippet is a translation of. How far it is, wagtail-localize knows."""

from collections.abc import Callable
from typing import Any

from wagtail_localize.models import Translation, TranslationSource

from courses.pages.meaning import bones_of, meaning_of
from courses.pages.models import ContentVersion


def translation_of(instance: Any) -> Translation | None:
    """The translation that keeps this page or snippet up to date; None for an original."""
    found: Translation | None = (
        Translation.objects.filter(
            source__object_id=instance.translation_key,
            target_locale_id=instance.locale_id,
            enabled=True,
        )
        .select_related("source")
        .first()
    )
    return found


def is_whole(instance: Any) -> bool:
    """Is every word in its own language? Nobody learns from half a translation, or a place kept for one."""
    if getattr(instance, "alias_of_id", None) is not None:
        return False
    translation = translation_of(instance)
    if translation is None:
        return True
    total, translated = translation.get_progress()
    return bool(total == translated)


def meaning(instance: Any, content_of: Callable[[Any], dict[str, Any]], *, is_judged_by: bool = False) -> str:
    """What it means: the words of its original as they were when they were translated, or its own.

    A translation that somebody goes on writing by hand says what the newest version of the original says.
    Where people are judged by it, one with other questions, answers or rules says something of its own.
    """
    content = content_of(instance)
    title, original = _original_of(instance)
    if original is None:
        return meaning_of(instance.title, content)
    told = original if isinstance(original, dict) else content_of(original)
    if is_judged_by and bones_of(told) != bones_of(content):
        return meaning_of(instance.title, content)
    return meaning_of(title, told)


def _original_of(instance: Any) -> tuple[str, Any]:
    """Title, and the original as it was translated, or its newest frozen content; None for an original."""
    translation = translation_of(instance)
    if translation is not None:
        original = translation.source.as_instance()
        return original.title, original
    versions = ContentVersion.objects.filter(key=instance.translation_key)
    first = versions.order_by("number").first()
    if first is None or first.language == instance.locale.language_code:
        return "", None
    newest = versions.filter(language=first.language).latest("number")
    return newest.title, newest.content


def refresh_source(instance: Any) -> None:
    """Take an original that changed to its translations: they wait for the words that are new."""
    source = TranslationSource.objects.get_for_instance_or_none(instance)
    if source is not None and source.locale_id == instance.locale_id:
        source.update_from_db()
