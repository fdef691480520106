"""A school in two languages: what is translated here says the same with EN before it."""

from typing import Any

from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

EN = "EN "


def english() -> Locale:
    found: Locale = Locale.objects.get(language_code="en")
    return found


def begin_translation(original: Any) -> Translation:
    """What a click on «Translate this page» makes: the words are still to be written."""
    source, _new = TranslationSource.update_or_create_from_instance(original)
    translation, _new = Translation.objects.get_or_create(source=source, target_locale=english())
    return translation


def write_words(translation: Translation, *, but: int = 0) -> None:
    """Translate every string that has no translation yet, all `but` some of them."""
    segments = translation.source.stringsegment_set.order_by("order").annotate_translation(english())
    waiting = [segment for segment in segments if segment.translation is None]
    for segment in waiting[: len(waiting) - but]:
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=english(),
            defaults={"data": EN + segment.string.data, "translation_type": "manual"},
        )


def publish(translation: Translation) -> Any:
    """What the translation editor's button does, with what Wagtail does once the answer is sent."""
    translation.save_target(publish=True)
    made = translation.get_target_instance()
    if isinstance(made, Page):
        made.get_latest_revision().publish()
        made = type(made).objects.get(pk=made.pk)
    return made


def in_english(original: Any, *, but: int = 0) -> Any:
    """The published translation of a page or a test; `but` some strings that stay in Spanish."""
    translation = begin_translation(original)
    write_words(translation, but=but)
    return publish(translation)
