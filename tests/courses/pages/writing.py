"""What the tests of lessons share: a lesson that is right, and the editor's form as a browser sends it."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.pages.models import LessonPage

NOON = datetime(2026, 2, 2, 18, tzinfo=UTC)
SOURCES = [("source", {"title": "Norma ficticia", "year": 2020, "note": "", "url": ""})]


def form(lesson: LessonPage, body: list[tuple[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """The editor's form of a lesson; `body` as the stream's own form sends it."""
    blocks = body if body is not None else [("key_message", "Lo más importante.")]
    fields = {
        "title": lesson.title,
        "slug": lesson.slug,
        "seo_title": "Lección 1",
        "search_description": "",
        "credited_minutes": str(lesson.credited_minutes),
        "owner": str(lesson.owner_id or ""),
        "objectives": streamfield([]),
        "body": streamfield(blocks),
        "sources": streamfield(SOURCES),
        "comments": inline_formset([]),
        **more,
    }
    return dict(nested_form_data(fields))


def send(client: Client, lesson: LessonPage, data: dict[str, Any], action: str = "") -> Any:
    """Send the form: `action` is "action-publish", "action-submit", or nothing for a draft."""
    sent = {**data, **({action: "1"} if action else {})}
    return client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), sent)


def picture(**value: Any) -> list[tuple[str, Any]]:
    """A heading and a picture."""
    return [("heading", "Para empezar"), ("image", value)]


def task_state(lesson: LessonPage) -> Any:
    """Where the lesson waits in the workflow."""
    lesson = LessonPage.objects.get(pk=lesson.pk)
    return lesson.current_workflow_task_state


def approve(client: Client, lesson: LessonPage, **data: Any) -> Any:
    """Approve from the reviewer's first page, as its window does."""
    names = [lesson.pk, "approve", task_state(lesson).pk]
    sent = {"review_again_by": "2030-01-31", "comment": "", **data}
    return client.post(reverse("wagtailadmin_pages:workflow_action", args=names), sent)
