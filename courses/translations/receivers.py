"""What follows when an original is published or a translation is made (ADR 16).

wagtail-localize saves the translation of a test without any form of ours: that it wrote its log is the only
moment at which it tells.
"""

from typing import Any

from django.db.models.signals import post_save
from wagtail.signals import page_published
from wagtail_localize.models import TranslationLog

from courses.assessments.actions import freeze_examined
from courses.assessments.models import QuestionBank, Quiz, Rubric
from courses.pages.translating import is_whole, refresh_source


def note_published_original(*, instance: Any, **_kwargs: Any) -> None:
    """What translations of this page lack now shows wherever they are listed."""
    refresh_source(instance)


def freeze_translation(*, instance: TranslationLog, created: bool, **_kwargs: Any) -> None:
    """A test or rubric that was translated to its last word: women who read that language get it."""
    if not created or instance.source.specific_content_type.model_class() not in {Quiz, QuestionBank, Rubric}:
        return
    made = instance.source.get_translated_instance(instance.locale)
    if is_whole(made):
        freeze_examined(made)


def connect() -> None:
    """Listen for published pages and for translations that were made."""
    page_published.connect(note_published_original, dispatch_uid="note-published-original")
    post_save.connect(freeze_translation, sender=TranslationLog, dispatch_uid="freeze-translation")
