"""What is taught: course, modules, lessons as Wagtail pages, and the frozen versions people learn from."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.forms import RadioSelect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

from courses.pages.blocks import LESSON_BLOCKS, OBJECTIVE_BLOCKS, TEXT_FEATURES
from courses.pages.lesson_form import LessonForm
from courses.pages.neutral import NeutralPageForm
from courses.pages.panels import ChecksPanel, LearningNowPanel, ReviewedPanel, name_panels, tabs
from courses.pages.reviewing import APPROVED, HIDE, KEEP, SOON, text_digest
from courses.pages.sources import SOURCE_BLOCKS
from courses.records import AppendOnly, AppendOnlyQuerySet


def same_everywhere(*names: str) -> list[BaseTranslatableField]:
    """Fields that are the same in every language: addresses and codes stay neutral."""
    return [SynchronizedField(name, overridable=False) for name in names]


def of_its_own(*names: str) -> list[BaseTranslatableField]:
    """Fields that each language has for itself: neither copied from the original nor translated."""
    return [BaseTranslatableField(name) for name in names]


class CourseQuerySet(PageQuerySet):
    def originals(self) -> "CourseQuerySet":
        """Each course once: not its translations, which no cohort is opened on."""
        before = self.model.objects.filter(
            translation_key=models.OuterRef("translation_key"), pk__lt=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(before))


class CoursePage(Page):
    """A course («diplomado»): modules with their lessons."""

    code = models.CharField(_("code"), max_length=20, help_text=_("Short and neutral, e.g. EPS-120."))
    public_title = models.CharField(
        _("public title"),
        max_length=200,
        help_text=_("Printed on the diploma. Neutral: it names no group of people."),
    )
    introduction = RichTextField(_("introduction"), blank=True, features=TEXT_FEATURES)

    base_form_class = NeutralPageForm
    edit_handler = tabs(
        *Page.content_panels, FieldPanel("code"), FieldPanel("public_title"), FieldPanel("introduction")
    )
    private_page_options: list[str] = []  # who may read is asked of the cohort
    subpage_types = ["courses.ModulePage"]
    template = "courses/pages/course_page.html"
    override_translatable_fields = same_everywhere("slug", "code")

    objects = PageManager.from_queryset(CourseQuerySet)()

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

    edit_handler = tabs(
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
    )
    base_form_class = NeutralPageForm
    private_page_options: list[str] = []
    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage"]
    template = "courses/pages/module_page.html"
    override_translatable_fields = same_everywhere("slug")

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


class State(models.TextChoices):
    """Where the truth of a lesson stands, the most urgent first."""

    OVERDUE = "overdue", _("overdue")
    HIDDEN = "hidden", _("hidden from trainees")
    UNREVIEWED = "unreviewed", _("not reviewed")
    DUE = "due", _("due soon")
    KEPT = "kept", _("overdue, stays for now")
    CURRENT = "current", _("reviewed")


class LessonQuerySet(PageQuerySet):
    def with_state(self, today: date) -> "LessonQuerySet":
        """Each with `state`, `rank` (0 the most urgent) and what was decided last: `last_kind`, `last_until`.

        Overdue content stays with trainees until somebody decides: keep it for a while, or hide it.
        """
        decided = LessonReview.objects.filter(lesson_key=models.OuterRef("translation_key")).order_by("-pk")
        unread = models.Q(reviewed_by="") | models.Q(reviewed_on=None) | models.Q(reviewed_digest="")
        found = {
            State.HIDDEN: models.Q(last_kind=HIDE),
            State.KEPT: models.Q(last_kind=KEEP, last_until__gte=today),
            State.UNREVIEWED: unread,
            State.OVERDUE: models.Q(review_again_by__lt=today),
            State.DUE: models.Q(review_again_by__lte=today + SOON),
        }
        return self.annotate(
            last_kind=models.Subquery(decided.values("kind")[:1]),
            last_until=models.Subquery(decided.values("until")[:1]),
            state=models.Case(
                *[models.When(rule, then=models.Value(state.value)) for state, rule in found.items()],
                default=models.Value(State.CURRENT.value),
            ),
            rank=models.Case(
                *[
                    models.When(state=state.value, then=models.Value(place))
                    for place, state in enumerate(State)
                ],
            ),
        )

    def to_look_at(self) -> "LessonQuerySet":
        """Those that were ever published: trainees may be reading them."""
        return self.filter(first_published_at__isnull=False)


REVIEWED = ("reviewed_by", "reviewed_on", "review_again_by", "reviewed_digest")
REACHING = ("reach", "needs_rereading")


class LessonPage(Page):
    """A lesson: objectives and a body of blocks, what it rests on, and who answers for its truth.

    `owner` (Wagtail's own) looks after it. What a reviewer approved is a text: `reviewed_digest` is that of
    the text she read, so that another text is unreviewed again. Those four fields are written by
    `actions.approve_lesson` alone. `reach` and `needs_rereading` are the author's answer to «does this change
    apply to cohorts that are learning it now?»; they travel with the revision, so that a scheduled one keeps
    them, and are emptied once it is published.
    """

    class Reach(models.TextChoices):
        LATER = "later", _("only cohorts that open from now on")
        RUNNING = "running", _("cohorts that are learning it now, too")

    objectives = StreamField(OBJECTIVE_BLOCKS, verbose_name=_("objectives"), blank=True)
    body = StreamField(LESSON_BLOCKS, verbose_name=_("body"), blank=True)
    credited_minutes = models.PositiveSmallIntegerField(
        _("credited minutes"), default=60, validators=[MinValueValidator(1)]
    )
    sources = StreamField(
        SOURCE_BLOCKS,
        verbose_name=_("sources"),
        blank=True,
        help_text=_("The law, norm or guideline that this lesson rests on, with its year."),
    )
    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=120,
        blank=True,
        help_text=_("Who answers for its medical and legal truth. Empty: the lesson carries a banner."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_again_by = models.DateField(_("review again by"), null=True, blank=True)
    reviewed_digest = models.CharField(max_length=64, blank=True, editable=False)
    reach = models.CharField(_("this change reaches"), max_length=7, choices=Reach, blank=True)
    needs_rereading = models.BooleanField(
        _("they should read it again"),
        default=False,
        help_text=_("Who finished it sees that there is something new. It stays finished."),
    )

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [ChecksPanel(), *Page.content_panels, FieldPanel("objectives"), FieldPanel("body")],
                heading=_("Content"),
            ),
            ObjectList(
                [
                    FieldPanel("owner", heading=_("Owner"), help_text=_("Who looks after this lesson.")),
                    FieldPanel("sources"),
                    ReviewedPanel(),
                    LearningNowPanel(
                        [FieldPanel("reach", widget=RadioSelect), FieldPanel("needs_rereading")],
                        heading=_("Who is learning this now"),
                    ),
                ],
                heading=_("Truth and change"),
            ),
            ObjectList(name_panels(), heading=_("Name and address")),
            ObjectList([FieldPanel("credited_minutes"), *Page.settings_panels], heading=_("Settings")),
        ],
        base_form_class=LessonForm,
    )
    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []
    template = "courses/pages/lesson_page.html"
    # A reviewer answers for the words that she read, in the language in which she read them.
    override_translatable_fields = [*same_everywhere("slug", "sources"), *of_its_own(*REVIEWED, *REACHING)]
    exclude_fields_in_copy = [*REVIEWED, *REACHING]

    objects = PageManager.from_queryset(LessonQuerySet)()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def text_digest(self) -> str:
        """SHA-256 of what a reviewer approves."""
        return text_digest(
            title=self.title,
            objectives=self.objectives.get_prep_value(),
            body=self.body.get_prep_value(),
            sources=self.sources.get_prep_value(),
            language=self.locale.language_code,
        )

    @property
    def is_reviewed(self) -> bool:
        """Somebody approved this very text."""
        return bool(self.reviewed_by and self.reviewed_on and self.reviewed_digest == self.text_digest())

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page as staff preview it; trainees get the frozen version (progress.views.lesson)."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["lesson"] = self
        context["body"] = self.body
        context["content"] = {
            "objectives": self.objectives,
            "sources": self.sources.get_prep_value(),
            "is_reviewed": self.is_reviewed,
        }
        return context


class LessonReviewQuerySet(AppendOnlyQuerySet):
    def newest(self, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, "LessonReview"]:
        """What was decided last of each lesson that somebody decided about. One query."""
        return {one.lesson_key: one for one in self.filter(lesson_key__in=keys).order_by("pk")}

    def hidden(self, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """The lessons among `keys` that trainees do not see until somebody decides again."""
        ever = set(self.filter(lesson_key__in=keys, kind=HIDE).values_list("lesson_key", flat=True))
        return {key for key, one in self.newest(ever).items() if one.kind == HIDE} if ever else set()


class LessonReview(AppendOnly):
    """What was decided about the truth of a lesson, by whom and when: approved, kept for a while, hidden."""

    class Kind(models.TextChoices):
        APPROVED = APPROVED, _("approved")
        KEEP = KEEP, _("stays although overdue")
        HIDE = HIDE, _("hidden from trainees")

    lesson_key = models.UUIDField(db_index=True)
    kind = models.CharField(_("decision"), max_length=8, choices=Kind)
    digest = models.CharField(_("digest of the text"), max_length=64)
    until = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("name"), max_length=120)
    at = models.DateTimeField(_("when"))

    objects = models.Manager.from_queryset(LessonReviewQuerySet)()

    class Meta:
        verbose_name = _("decision about a lesson")
        verbose_name_plural = _("decisions about lessons")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [
            ("review_lesson", _("Can approve lessons for their medical and legal truth")),
            ("see_reviews", _("Can see what is due for review")),
            ("decide_overdue", _("Can keep or hide a lesson whose review is overdue")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ContentVersionQuerySet(AppendOnlyQuerySet):
    def newest(self, keys: Collection[uuid.UUID], language: str) -> dict[uuid.UUID, "ContentVersion"]:
        """The newest version in `language` of each key that has one."""
        found: dict[uuid.UUID, ContentVersion] = {}
        for version in self.filter(key__in=keys, language=language).order_by("number"):
            found[version.key] = version
        return found

    def saying(self, meanings: Mapping[uuid.UUID, str], language: str) -> dict[uuid.UUID, "ContentVersion"]:
        """The newest version in `language` that means exactly this, of each key that has one. One query.

        What another original meant is never told in its place.
        """
        newest = self.filter(key__in=meanings, language=language).order_by("number")
        return {one.key: one for one in newest if one.meaning and one.meaning == meanings[one.key]}


class ContentVersion(AppendOnly):
    """What a lesson, quiz or rubric said at one moment: frozen, hashed, kept for good.

    `key` is the page's `translation_key` or the snippet's own key, so that all versions of one thing
    share it, in whatever language. `content` is JSON as published; `digest` is the SHA-256 of its canonical
    form. `meaning` is what it says: of a translation, the digest of the words that were translated. Versions
    of one key with the same meaning say the same, each in its language.
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
    meaning = models.CharField(_("meaning"), max_length=64, default="")
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
