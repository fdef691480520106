"""What a lesson says, drawn once for each version and language, and kept in the cache for a while.

Nothing of hers is in it, and nobody reaches it but through the views, which ask each time whether she may.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.pages.bodies import shown_blocks
from courses.pages.languages import written_in
from courses.pages.models import ContentVersion

SECONDS = 600  # a service that moved shows its new number after that long, at the latest
FRESH = 3  # to be raised when a template of a block changes: old drawings are then left alone


@dataclass(frozen=True)
class Reading:
    """The readable part of a lesson, and what stands above it."""

    html: SafeString
    minutes: int
    is_reviewed: bool


def reading_of(digest: str) -> Reading:
    """The lesson with this content in the active language. In the cache it costs no query."""
    key = f"reading:{FRESH}:{digest}:{get_language()}"
    found: Reading | None = cache.get(key)
    if found is None:
        found = draw(ContentVersion.objects.filter(digest=digest)[0])
        cache.set(key, found, SECONDS)
    return found


def draw(version: ContentVersion) -> Reading:
    """The same without the cache."""
    content: dict[str, Any] = version.content
    html = drawn([version], offline=False)[0]
    return Reading(html, content["credited_minutes"], bool(content["is_reviewed"]))


def drawn(versions: Sequence[ContentVersion], *, offline: bool) -> list[SafeString]:
    """The HTML of each lesson. The same pictures and sounds are asked for once, for all of them."""
    bodies, texts = shown_blocks([version.content["body"] for version in versions]), []
    for version, body in zip(versions, bodies, strict=True):
        context = {
            "content": version.content,
            "body": body,
            "keeps_place": not offline,
            "offline": offline,
        }
        with written_in(version.language):
            texts.append(render_to_string("courses/progress/lesson_body.html", context))
    return texts
