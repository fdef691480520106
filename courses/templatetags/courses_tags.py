"""`{% load courses_tags %}`: moments and lengths in words; a test to be tried; what an editor offers."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.core.cache import caches
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.assessments.models import QuestionBank, Quiz
from courses.assessments.trying import trial_of
from courses.translations.access import may_publish

register = template.Library()
LIGHT = 2_000_000  # bytes; a module with its sounds weighs at most 5 MB


def _local(moment: datetime | date) -> datetime | date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def long_day(moment: datetime | date) -> str:
    """«martes 13 de enero», in the active time zone; of another year, with the year."""
    return day_in_words(moment, today=timezone.localdate())


@register.filter
def dated_day(moment: datetime | date) -> str:
    """«martes 13 de enero de 2026», for papers and for what is kept: whoever reads it in years knows when."""
    # Translators: a date format of Django, as in «martes 13 de enero de 2026»
    return date_format(_local(moment), _("l, F j, Y"))


def day_in_words(moment: datetime | date, *, today: date) -> str:
    """The day as somebody reads it on `today`: without the year where it goes without saying."""
    day = _local(moment)
    if day.year != today.year:
        return dated_day(moment)
    # Translators: a date format of Django, as in «martes 13 de enero»
    return date_format(day, _("l, F j"))


@register.filter
def hour(moment: datetime) -> str:
    """«5:00 p.m.», in the active time zone."""
    # Translators: a time format of Django, as in «5:00 p.m.»
    return date_format(_local(moment), _("g:i a"))


@register.filter
def minutes_of(media: Any) -> int:
    """The length of a sound in whole minutes, at least one; 0 when it is not known."""
    seconds = int(media.duration or 0)
    return -(-seconds // 60)


@register.filter
def size_of(media: Any) -> str:
    """«850 KB»: what it costs to load a sound, video or document; empty when it is not there.

    Asked of the storage once an hour: a new recording is a new file with a new name.
    """
    size = _known_bytes(media)
    return filesizeformat(size) if size else ""


@register.filter
def is_light(media: Any) -> bool:
    """Is a video small enough to be taken along on a phone?"""
    return 0 < _known_bytes(media) <= LIGHT


def _known_bytes(media: Any) -> int:
    size = caches["local"].get_or_set(f"media-size:{media.file.name}", lambda: _bytes_of(media), 3600)
    return int(size or 0)


def _bytes_of(media: Any) -> int:
    try:
        return int(media.file.size)
    except OSError:
        return 0


@register.filter
def narration_place(body: Any) -> int:
    """Where the lesson's first sound stands among its blocks, from 0; -1 when it has none."""
    return next((place for place, block in enumerate(body) if block.block_type == "audio"), -1)


@register.filter
def offered_to(props: str, user: Any) -> str:
    """What the translation editor offers, as its JSON: who may not publish sends for review instead.

    Without it her first button would throw the translation away.
    """
    if may_publish(user):
        return props
    told = json.loads(props)
    told["perms"]["canPublish"] = True  # the button; translations.views.edit_page says what it does for her
    told["links"]["convertToAliasUrl"] = None
    return json.dumps(told)


@register.simple_tag
def trial(tried: Quiz | QuestionBank) -> dict[str, Any]:
    """A test or a bank to be tried in the editor's preview."""
    return trial_of(tried)
