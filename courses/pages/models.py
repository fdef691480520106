"""What is taught: course, modules, lessons as Wagtail pages, and the frozen versions people learn from."""

import uuid
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses.pages.blocks import LESSON_BLOCKS, OBJECTIVE_BLOCKS, TEXT_FEATURES
from courses.records import AppendOnly, AppendOnlyQuerySet


class CoursePage(Page):
    """A course («diplomado»): modules with their lessons."""

    code = models.CharField(_("code"), max_length=20, help_text=_("Short and neutral, e.g. EPS-120."))
    public_title = models.CharField(
        _("public title"),
        max_length=200,
        help_text=_("Printed on the diploma. Neutral: it names no group of people."),
    )
    introduction = RichTextField(_("introduction"), blank=True, features=TEXT_FEATURES)

    content_panels = [
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("public_title"),
        FieldPanel("introduction"),
    ]
    subpage_types = ["courses.ModulePage"]
    template = "courses/pages/course_page.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def modules(self) -> "models.QuerySet[ModulePage]":
        """The published modules, in order."""
        return ModulePage.objects.child_of(self).live().order_by("path")


class ModulePage(Page):
    """A module: lessons, hours by modality (in minutes) and a neutral title for the diploma."""

    neutral_title = models.CharField(
        _("neutral title"), max_length=120, help_text=_("Printed on the diploma's second page.")
    )
    class_minutes = models.PositiveIntegerField(_("minutes in class"), default=0)
    lesson_minutes = models.PositiveIntegerField(_("minutes of lessons on the phone"), default=0)
    outing_minutes = models.PositiveIntegerField(_("minutes of field outings"), default=0)
    tutoring_minutes = models.PositiveIntegerField(_("minutes of tutoring and assessment"), default=0)
    introduction = RichTextField(_("introduction"), blank=True, features=TEXT_FEATURES)

    content_panels = [
        *Page.content_panels,
        FieldPanel("neutral_title"),
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                FieldPanel("class_minutes"),
                FieldPanel("lesson_minutes"),
                FieldPanel("outing_minutes"),
                FieldPanel("tutoring_minutes"),
            ],
            heading=_("Hours, in minutes"),
        ),
    ]
    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage"]
    template = "courses/pages/module_page.html"

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    @property
    def minutes(self) -> int:
        """All its minutes, whatever the modality."""
        return self.class_minutes + self.lesson_minutes + self.outing_minutes + self.tutoring_minutes

    def lessons(self) -> "models.QuerySet[LessonPage]":
        """The published lessons, in order."""
        return LessonPage.objects.child_of(self).live().order_by("path")


class LessonPage(Page):
    """A lesson: objectives and a body of blocks."""

    objectives = StreamField(OBJECTIVE_BLOCKS, verbose_name=_("objectives"), blank=True)
    body = StreamField(LESSON_BLOCKS, verbose_name=_("body"), blank=True)
    credited_minutes = models.PositiveSmallIntegerField(
        _("credited minutes"), default=60, validators=[MinValueValidator(1)]
    )
    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=120,
        blank=True,
        help_text=_("Who answers for its medical and legal truth. Empty: the lesson carries a banner."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("objectives"), FieldPanel("body")]
    settings_panels = [
        FieldPanel("credited_minutes"),
        MultiFieldPanel([FieldPanel("reviewed_by"), FieldPanel("reviewed_on")], heading=_("Review")),
        *Page.settings_panels,
    ]
    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    template = "courses/pages/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page as staff preview it; trainees get the frozen version (progress.views.lesson)."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["lesson"] = self
        context["body"] = self.body
        context["content"] = {
            "objectives": self.objectives,
            "is_reviewed": bool(self.reviewed_by and self.reviewed_on),
        }
        return context


class ContentVersionQuerySet(AppendOnlyQuerySet):
    def newest(self, keys: list[uuid.UUID]) -> dict[uuid.UUID, "ContentVersion"]:
        """The newest version of each key that has one."""
        found: dict[uuid.UUID, ContentVersion] = {}
        for version in self.filter(key__in=keys).order_by("number"):
            found[version.key] = version
        return found


class ContentVersion(AppendOnly):
    """What a lesson, quiz or rubric said at one moment: frozen, hashed, kept for good.

    `key` is the page's `translation_key` or the snippet's own key, so that all versions of one thing
    share it. `content` is JSON as published; `digest` is the SHA-256 of its canonical form.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", _("lesson")
        QUIZ = "quiz", _("quiz")
        RUBRIC = "rubric", _("rubric")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    key = models.UUIDField(_("key"))
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=255)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = models.Manager.from_queryset(ContentVersionQuerySet)()

    class Meta:
        verbose_name = _("content version")
        verbose_name_plural = _("content versions")
        ordering = ["kind", "title", "number"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="content_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"

    @classmethod
    def lesson_values(cls, versions: list[Self]) -> list[Any]:
        """The bodies of lesson versions as stream values, ready for a template."""
        block = LessonPage._meta.get_field("body").stream_block
        return [block.to_python(version.content["body"]) for version in versions]
