"""Freezing what is published into content versions."""

import uuid
from typing import Any

from django.db import transaction

from courses.pages.models import ContentVersion, LessonPage
from courses.pages.rules import digest


@transaction.atomic
def freeze(
    *, kind: str, key: uuid.UUID, language: str, title: str, content: dict[str, Any]
) -> ContentVersion:
    """The version of `key` that says exactly `content`: the newest if nothing changed, else a new one."""
    fingerprint = digest({"kind": kind, "language": language, "title": title, "content": content})
    newest = ContentVersion.objects.filter(key=key).order_by("-number").first()
    if newest is not None and newest.digest == fingerprint:
        return newest
    return ContentVersion.objects.create(
        kind=kind,
        key=key,
        number=newest.number + 1 if newest else 1,
        language=language,
        title=title,
        content=content,
        digest=fingerprint,
    )


def freeze_lesson(*, lesson: LessonPage) -> ContentVersion:
    """Freeze a published lesson. Stable under republishing without changes."""
    return freeze(
        kind=ContentVersion.Kind.LESSON,
        key=lesson.translation_key,
        language=lesson.locale.language_code,
        title=lesson.title,
        content={
            "objectives": [str(block.value) for block in lesson.objectives],
            "body": lesson.body.get_prep_value(),
            "credited_minutes": lesson.credited_minutes,
            "is_reviewed": bool(lesson.reviewed_by and lesson.reviewed_on),
        },
    )
