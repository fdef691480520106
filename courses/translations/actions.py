"""Making a whole translation at once, through wagtail-localize's own rows, and sending one for review."""

import copy
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.fields import StreamField
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from courses.errors import Refused
from courses.pages.checks.gather import check_lesson
from courses.pages.checks.wording import say
from courses.pages.models import LessonPage
from courses.pages.translating import translation_of
from courses.trail import actions as trail


@transaction.atomic
def translate(*, original: Any, locale: Locale, words: Mapping[str, Any]) -> Any:
    """The published translation of `original`: `words` are its fields in the other language.

    A stream is given as it is stored, with the ids and files of the original. Raises Refused where it is not
    built alike: a paragraph more or less, another question.
    """
    source, _is_new = TranslationSource.update_or_create_from_instance(original)
    told = _pair(original, _twin(original, words))
    segments = source.stringsegment_set.select_related("string", "context")
    rows = {
        (segment.context_id, segment.string_id): StringTranslation(
            translation_of=segment.string,
            context=segment.context,
            locale=locale,
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
            data=told[segment.context.path, segment.string.data],
            updated_at=timezone.now(),
        )
        for segment in segments
    }
    StringTranslation.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["locale", "translation_of", "context"],
        update_fields=["data", "updated_at"],
    )
    translation, _is_new = Translation.objects.update_or_create(
        source=source,
        target_locale=locale,
        defaults={"enabled": True, "translations_last_updated_at": timezone.now()},
    )
    translation.save_target(publish=not isinstance(original, Page))
    made = translation.get_target_instance()
    if isinstance(made, Page):
        made.get_latest_revision().publish()
        made = type(made).objects.get(pk=made.pk)
    return made


def _twin(original: Any, words: Mapping[str, Any]) -> Any:
    """The original with other words, never saved."""
    twin = copy.copy(original)
    for name, value in words.items():
        field = original._meta.get_field(name)
        setattr(twin, name, field.to_python(json.dumps(value)) if isinstance(field, StreamField) else value)
    return twin


def _pair(original: Any, twin: Any) -> dict[tuple[str, str], str]:
    """(Where it stands, what is said there) → the same in the words of the twin."""
    here, there = _strings(original), _strings(twin)
    told: dict[tuple[str, str], str] = {}
    for path, strings in here.items():
        if len(strings) != len(there.get(path, [])):
            raise Refused(
                _("The translation of “%(title)s” is built in another way at %(place)s.")
                % {"title": original, "place": path}
            )
        told |= {(path, string): other for string, other in zip(strings, there[path], strict=True)}
    return told


def _strings(instance: Any) -> dict[str, list[str]]:
    """What there is to translate, by where it stands."""
    found: dict[str, list[str]] = defaultdict(list)
    for segment in extract_segments(instance):
        if isinstance(segment, StringSegmentValue):
            found[segment.path].append(segment.string.data)
    return found


def check_words(page: Page) -> None:
    """Raises Refused for a lesson whose newest words a check keeps from being published."""
    if not isinstance(page, LessonPage):
        return
    translation = translation_of(page)
    draft = page.get_latest_revision_as_object()
    if translation is not None:
        draft = translation.source.get_ephemeral_translated_instance(page.locale, fallback=True)
    errors = [say(finding) for finding in check_lesson(draft) if finding.is_error]
    if errors:
        raise Refused(" ".join(errors))


@transaction.atomic
def send_for_review(*, page: Page, by: Any) -> Page:
    """A page with its newest words waits for a reviewer; what waited before gives way to it.

    Raises Refused for a translation that lacks sentences, while a check stops it, and for an original with
    words that are not published: its editor asks whom they reach.
    """
    translation = translation_of(page)
    if translation is not None:
        _check_whole(*translation.get_progress())
    elif page.has_unpublished_changes:
        raise Refused(_("Something in it is not published yet. Open it, and send it from there."))
    check_words(page)
    if translation is not None:
        translation.save_target(user=by, publish=False)
    page = type(page).objects.get(pk=page.pk)
    workflow = page.get_workflow()
    if workflow is None:
        raise Refused(_("Nobody is named to review this. Tell who looks after this house."))
    if page.workflow_in_progress:
        page.current_workflow_state.cancel(user=by)
    if page.get_latest_revision() is None:
        page.save_revision(user=by)
    workflow.start(page, by)
    trail.note(trail.Deed.REVIEW_REQUESTED, about=page, by=by, at=timezone.now())
    return page


def _check_whole(total: int, translated: int) -> None:
    """Nobody answers for half a translation. Raises Refused."""
    missing = total - translated
    if missing:
        raise Refused(
            ngettext(
                "%(count)d sentence is not translated yet. Translate it, then send it for review.",
                "%(count)d sentences are not translated yet. Translate them, then send it for review.",
                missing,
            )
            % {"count": missing}
        )
