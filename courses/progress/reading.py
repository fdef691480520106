"""What a lesson says, drawn once for each version and language, and kept in the cache for a while.

Nothing of hers is in it, and nobody reaches it but through the views, which ask each time whether she may.
"""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.pages.models import ContentVersion

SECONDS = 600  # a picture that is replaced by another shows after that long
FRESH = 1  # to be raised when a template of a block changes: old drawings are then left alone


@dataclass(frozen=True)
class Reading:
    """The readable part of a lesson, and what stands above it."""

    html: SafeString
    minutes: int
    is_reviewed: bool


def reading_of(digest: str) -> Reading:
    """The lesson with this content in the active language. No query while it is in the cache, else three."""
    key = f"reading:{FRESH}:{digest}:{get_language()}"
    found: Reading | None = cache.get(key)
    if found is None:
        found = draw(ContentVersion.objects.filter(digest=digest)[0])
        cache.set(key, found, SECONDS)
    return found


def draw(version: ContentVersion) -> Reading:
    """The same without the cache."""
    content: dict[str, Any] = version.content
    body = ContentVersion.lesson_values([version])[0]
    html = render_to_string(
        "courses/progress/lesson_body.html", {"content": content, "body": body, "keeps_place": True}
    )
    return Reading(html, content["credited_minutes"], bool(content["is_reviewed"]))
