"""What travels of each model: a list of its fields. A new field that should travel is one line here.

What never travels: numbers of rows, accounts (owner, author), dates of publishing, collections, permissions.
A field without a place here keeps what the other installation gives to a new row.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, TranslatableMixin
from wagtailmedia.models import get_media_model

from courses.assessments.models import QuestionBank, Quiz, Rubric
from courses.moving import package
from courses.pages.library import GlossaryTerm, ReferralService
from courses.pages.models import CoursePage, LessonPage, ModulePage

HOUSE = uuid.UUID("6f7a2b9e-6c0e-5b0a-9d63-5f0f0a7f8c11")  # namespace of keys made from names and contents
PAGE = ("title", "slug", "seo_title", "search_description")


@dataclass(frozen=True)
class Kind:
    """A folder of the package: its model and the fields that travel."""

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]

    @property
    def is_translated(self) -> bool:
        """Has it a row for each language?"""
        return issubclass(self.model, TranslatableMixin)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(package.COURSES, CoursePage, (*PAGE, "code", "public_title", "introduction")),
        Kind(
            package.MODULES,
            ModulePage,
            (
                *PAGE,
                "neutral_title",
                "class_minutes",
                "lesson_minutes",
                "outing_minutes",
                "tutoring_minutes",
                "introduction",
            ),
        ),
        Kind(package.LESSONS, LessonPage, (*PAGE, "objectives", "body", "credited_minutes", "sources")),
        Kind(
            package.QUIZZES,
            Quiz,
            (
                "module",
                "title",
                "slug",
                "tags",
                "pass_mark",
                "draw",
                "attempts",
                "wait_hours",
                "allows_offline",
                "moment",
                "is_required",
                "questions",
            ),
        ),
        Kind(package.RUBRICS, Rubric, ("module", "code", "title", "scale", "pass_score", "levels", "steps")),
        Kind(package.BANKS, QuestionBank, ("title", "tags", "questions")),
        Kind(package.TERMS, GlossaryTerm, ("key", "term", "definition")),
        Kind(
            package.SERVICES,
            ReferralService,
            (
                "key",
                "name",
                "kind",
                "phone",
                "hours",
                "cost",
                "asks",
                "language",
                "is_open",
                "reviewed_on",
                "reviewed_by",
            ),
        ),
        Kind(
            package.IMAGES,
            get_image_model(),
            (
                "title",
                "description",
                "tags",
                "focal_point_x",
                "focal_point_y",
                "focal_point_width",
                "focal_point_height",
            ),
        ),
        Kind(package.MEDIA, get_media_model(), ("title", "type", "duration", "width", "height", "tags")),
        Kind(package.DOCUMENTS, get_document_model(), ("title", "tags")),
    )
}


def kind_of(row: Any) -> Kind | None:
    """The kind of a row that can travel; None for any other, such as a page that is no part of a course."""
    own = row.specific_class if isinstance(row, Page) else type(row)
    return next((kind for kind in KINDS.values() if kind.model is own), None)


def key_of(row: Any) -> uuid.UUID:
    """What it is called in every installation: of a service, made from its own short key."""
    if isinstance(row, TranslatableMixin):
        key: uuid.UUID = row.translation_key
        return key
    own = row.key
    return own if isinstance(own, uuid.UUID) else uuid.uuid5(HOUSE, str(own))


def path_of(kind: Kind, row: Any) -> str:
    """Where it stands in a package."""
    language = f".{row.locale.language_code}" if kind.is_translated else ""
    return f"{kind.name}/{key_of(row)}{language}.json"
