"""`{% load courses_tags %}`: moments and lengths in words."""

from datetime import date, datetime
from typing import Any

from django import template
from django.core.cache import caches
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


def _local(moment: datetime | date) -> datetime | date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def long_day(moment: datetime | date) -> str:
    """«martes 13 de enero», in the active time zone."""
    # Translators: a date format of Django, as in «martes 13 de enero»
    return date_format(_local(moment), _("l, F j"))


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
    """«850 KB»: what it costs to load a sound; empty when its file is not there.

    Asked of the storage once an hour: a new recording is a new file with a new name.
    """
    size = caches["local"].get_or_set(f"media-size:{media.file.name}", lambda: _bytes_of(media), 3600)
    return filesizeformat(size) if size else ""


def _bytes_of(media: Any) -> int:
    try:
        return int(media.file.size)
    except OSError:
        return 0


@register.filter
def narration_place(body: Any) -> int:
    """Where the lesson's first sound stands among its blocks, from 0; -1 when it has none."""
    return next((place for place, block in enumerate(body) if block.block_type == "audio"), -1)
