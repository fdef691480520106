"""Freezing what is published into content versions, and answering for the truth of lessons."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.errors import Refused
from courses.pages import translating
from courses.pages.blocks.media import RENDITIONS
from courses.pages.blocks.shared import SharedBlock
from courses.pages.checks.gather import check_lesson
from courses.pages.library import ContentUse
from courses.pages.meaning import meaning_of
from courses.pages.models import ContentVersion, LessonPage, LessonReview
from courses.pages.rules import SAID, digest, references
from courses.people.rules import account_name
from courses.trail import actions as trail


@transaction.atomic
def freeze(
    *, kind: str, key: uuid.UUID, language: str, title: str, content: dict[str, Any], meaning: str = ""
) -> ContentVersion:
    """The version of `key` that says exactly `content` in this language: the newest, or a new one.

    `meaning` is told of a translation; the numbers of a key go on through all its languages.
    """
    meaning = meaning or meaning_of(title, content)
    fingerprint = digest({"kind": kind, "language": language, "title": title, "content": content})
    versions = ContentVersion.objects.filter(key=key).order_by("-number")
    newest = versions.filter(language=language).first()
    if newest is not None and (newest.digest, newest.meaning) == (fingerprint, meaning):
        return newest
    last = versions.first()
    version: ContentVersion = ContentVersion.objects.create(
        kind=kind,
        key=key,
        number=last.number + 1 if last else 1,
        language=language,
        title=title,
        content=content,
        digest=fingerprint,
        meaning=meaning,
    )
    note_uses(version=version)
    return version


def note_uses(*, version: ContentVersion) -> None:
    """Write down what a version shows of the library: it stays there while a cohort uses the version."""
    ContentUse.objects.bulk_create(
        ContentUse(version=version, **{f"{kind}_id": row.pk})
        for kind, row in _rows(references(version.content))
    )


def _rows(found: Iterable[tuple[str, int]]) -> list[tuple[str, Any]]:
    """What stored content names and the library has, by kind and number."""
    models = {field.name: field.related_model for field in ContentUse.things()}
    rows: list[tuple[str, Any]] = []
    for kind in sorted({kind for kind, _pk in found}):
        numbers = [pk for its_kind, pk in found if its_kind == kind]
        rows += [(kind, row) for row in models[kind].objects.filter(pk__in=numbers).order_by("pk")]
    return rows


def freeze_lesson(*, lesson: LessonPage) -> ContentVersion:
    """Freeze a published lesson. Stable under republishing without changes."""
    body = frozen_body(lesson.body)
    return freeze(
        kind=ContentVersion.Kind.LESSON,
        key=lesson.translation_key,
        language=lesson.locale.language_code,
        title=lesson.title,
        content={
            **_words_of(lesson),
            "body": body,
            "files": files_of(body),
            "credited_minutes": lesson.credited_minutes,
            "is_reviewed": lesson.is_reviewed,
            "sources": lesson.sources.get_prep_value(),
            "review_again_by": lesson.review_again_by.isoformat() if lesson.review_again_by else None,
        },
        meaning=translating.meaning(lesson, _words_of),
    )


def _words_of(lesson: LessonPage) -> dict[str, Any]:
    """What a translation of it tells."""
    return {
        "objectives": [str(block.value) for block in lesson.objectives],
        "body": lesson.body.get_prep_value(),
    }


def frozen_body(body: Any) -> list[dict[str, Any]]:
    """A body as stored, with what the words and services that it shares say now (`said`)."""
    stored: list[dict[str, Any]] = body.get_prep_value()
    for item, child in zip(stored, body, strict=True):
        if isinstance(child.block, SharedBlock):
            item["value"] = {**item["value"], SAID: child.block.say(child.value)}
    return stored


def files_of(body: Any) -> list[dict[str, Any]]:
    """The files that a stored body shows: which row, which file, and the hash of what was in it."""
    return [
        {"kind": kind, "pk": row.pk, "name": row.file.name, "sha256": _hash_of(row.file)}
        for kind, row in _rows(references(body))
        if kind in {"image", "media", "document"}
    ]


def changed_files(version: ContentVersion) -> list[str]:
    """Files of a frozen version that are gone or hold something else now, by the name they had."""
    return [
        file["name"]
        for file in version.content.get("files", [])
        if not any(
            row.file.name == file["name"] and _hash_of(row.file) == file["sha256"]
            for _kind, row in _rows({(file["kind"], file["pk"])})
        )
    ]


def draw_pictures(*, version: ContentVersion) -> None:
    """Make what phones will ask for of each picture, so that no reader waits for it."""
    for use in version.uses.filter(image__isnull=False).select_related("image"):
        if not use.image.is_svg():
            use.image.get_renditions(*RENDITIONS[:-1])


def _hash_of(file: Any) -> str:
    """SHA-256 of a stored file; empty when it is not there."""
    try:
        with file.storage.open(file.name) as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def has_written(user: Any, page: Any) -> bool:
    """Is any of what waits for review her own: the page, or words changed since it was last published?

    Saving a draft that says the same is no writing.
    """
    if page.owner_id == user.pk:
        return True
    since = page.live_revision.created_at if page.live_revision else None
    drafts = page.revisions.filter(created_at__gt=since) if since else page.revisions.all()
    if not drafts.filter(user=user).exists():
        return False
    before = _text_of(page.live_revision) if page.live_revision else ""
    for draft in drafts.order_by("created_at", "pk"):
        words = _text_of(draft)
        if draft.user_id == user.pk and words != before:
            return True
        before = words
    return False


def _text_of(revision: Any) -> str:
    """What a revision says; of a page that is no lesson, the revision itself."""
    page = revision.as_object()
    return page.text_digest() if isinstance(page, LessonPage) else f"revision {revision.pk}"


@transaction.atomic
def approve_lesson(
    *, lesson: LessonPage, by: Any, at: datetime, again_by: date, note: str = ""
) -> LessonReview:
    """Somebody else than the author answers for the newest draft, until that day; it is not yet published.

    The approval is written into that very revision, and belongs to its text. Raises PermissionDenied for the
    author and who may not review, Refused while checks stop it or the day is not ahead.
    """
    lesson = LessonPage.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    if not by.has_perm("courses.review_lesson") or has_written(by, lesson):
        raise PermissionDenied
    today = timezone.localdate(at)
    if again_by <= today:
        raise Refused(_("The day to review it again must lie ahead."))
    revision = lesson.get_latest_revision() or lesson.save_revision()
    draft = revision.as_object()
    if any(finding.is_error for finding in check_lesson(draft)):
        raise Refused(_("Checks keep this lesson from being published. Ask for changes."))
    text, name = draft.text_digest(), account_name(by)[:120]
    revision.content |= {
        "reviewed_by": name,
        "reviewed_on": today.isoformat(),
        "review_again_by": again_by.isoformat(),
        "reviewed_digest": text,
    }
    revision.save(update_fields=["content"])
    return _decide(lesson, LessonReview.Kind.APPROVED, text, again_by, note, by, at)


@transaction.atomic
def decide_overdue(
    *, lesson: LessonPage, kind: str, until: date | None, note: str, by: Any, at: datetime
) -> LessonReview:
    """Keep a lesson that nobody reviewed again, until that day, or hide it from trainees. Raises Refused."""
    if kind == LessonReview.Kind.KEEP and (until is None or until <= timezone.localdate(at)):
        raise Refused(_("Say until which day it stays; that day must lie ahead."))
    if not note.strip():
        raise Refused(_("Write why: who reads this later must understand it."))
    until = until if kind == LessonReview.Kind.KEEP else None
    return _decide(lesson, LessonReview.Kind(kind), lesson.text_digest(), until, note, by, at)


def _decide(
    lesson: LessonPage, kind: str, text: str, until: date | None, note: str, by: Any, at: datetime
) -> LessonReview:
    review: LessonReview = LessonReview.objects.create(
        lesson_key=lesson.translation_key,
        kind=kind,
        digest=text,
        until=until,
        note=note.strip()[:300],
        by=by,
        by_name=account_name(by)[:120],
        at=at,
    )
    if review.kind == LessonReview.Kind.APPROVED:
        trail.note(trail.Deed.LESSON_APPROVED, about=review, by=by, at=at)
    else:
        trail.note(trail.Deed.OVERDUE_DECIDED, about=review, by=by, at=at, outcome=review.kind)
    return review
