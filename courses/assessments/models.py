"""Who knows and can do what: tests taken, practicals observed."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin, TranslatableMixin

from courses.assessments.blocks import (
    FROM_BANK,
    QUESTION_BLOCKS,
    QUIZ_BLOCKS,
    RUBRIC_LEVEL_BLOCKS,
    RUBRIC_STEP_BLOCKS,
)
from courses.assessments.kinds import is_answered
from courses.cohorts.models import Enrolment
from courses.pages.models import ContentVersion, ModulePage, same_everywhere
from courses.records import AppendOnly, AppendOnlyQuerySet

COMMENT, DEVICE = 200, 40  # characters


class Examined(TranslatableMixin):
    """A test, a bank or a rubric: one row for each language. All belong to the module of the original."""

    class Meta(TranslatableMixin.Meta):
        abstract = True

    @property
    def key(self) -> uuid.UUID:
        """What it is called in every language, as in ContentVersion."""
        key: uuid.UUID = self.translation_key
        return key


class Tried(PreviewableMixin):
    """What can be tried in the editor's preview: answered and graded, and nothing of it is kept (trying)."""

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "courses/admin/trial_preview.html"


class QuestionBank(Tried, Examined):
    """Questions that tests draw from («banco de preguntas»)."""

    title = models.CharField(_("title"), max_length=160)
    tags = TaggableManager(verbose_name=_("tags"), blank=True)
    questions = StreamField(QUESTION_BLOCKS, verbose_name=_("questions"))

    panels = [FieldPanel("title"), FieldPanel("tags"), FieldPanel("questions")]

    class Meta(Examined.Meta):
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @admin.display(description=_("questions"))
    def question_count(self) -> int:
        """How many questions it holds."""
        return len(self.questions)

    @admin.display(description=_("tags"))
    def tag_names(self) -> str:
        """Its tags in one line."""
        return ", ".join(sorted(tag.name for tag in self.tags.all()))


class Quiz(Tried, Examined):
    """A test («prueba»): at the end of a module, or one that measures what they know before and after.

    What it asks are questions of its own and questions drawn from banks.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", _("what they know before")
        AFTER = "after", _("what they know after")

    module = models.ForeignKey(
        ModulePage, verbose_name=_("module"), on_delete=models.PROTECT, related_name="quizzes"
    )
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=60, help_text=_("Short and neutral, e.g. t-m3."))
    tags = TaggableManager(verbose_name=_("tags"), blank=True)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (per cent)"), default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    draw = models.PositiveSmallIntegerField(
        _("questions drawn"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many of its own questions she gets. Empty: all. Each bank says how many itself."),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=3, validators=[MinValueValidator(1)])
    wait_hours = models.PositiveSmallIntegerField(_("hours between attempts"), default=12)
    allows_offline = models.BooleanField(
        _("can be taken without signal"),
        default=True,
        help_text=_("Her questions travel to her phone in advance, never the right answers."),
    )
    moment = models.CharField(
        _("measures"),
        max_length=6,
        choices=Moment,
        blank=True,
        help_text=_("For a test given before and another one after: what a cohort gained is shown."),
    )
    is_required = models.BooleanField(
        _("needed for the diploma"),
        default=True,
        help_text=_("If not, she takes it once and nobody fails it. A test given before never counts."),
    )
    questions = StreamField(QUIZ_BLOCKS, verbose_name=_("questions"))

    panels = [
        FieldPanel("module"),
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("tags"),
        FieldRowPanel([FieldPanel("moment"), FieldPanel("is_required")]),
        FieldRowPanel(
            [FieldPanel("pass_mark"), FieldPanel("draw"), FieldPanel("attempts"), FieldPanel("wait_hours")]
        ),
        FieldPanel("allows_offline"),
        FieldPanel("questions"),
    ]

    override_translatable_fields = same_everywhere("module", "slug")

    class Meta(Examined.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "moment", "locale"],
                name="quiz_once_for_each_moment",
                violation_error_message=_("This module has such a test already."),
            ),
            models.UniqueConstraint(fields=["slug", "locale"], name="quiz_address_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def counts(self) -> bool:
        """Whether a woman must pass it for her diploma; otherwise it only measures."""
        return self.is_required and self.moment != self.Moment.BEFORE

    def clean(self) -> None:
        own = [child for child in self.questions if child.block_type != FROM_BANK]
        if self.draw and len(own) < self.draw:
            raise ValidationError(
                {"draw": _("The quiz has fewer questions than it draws. Add questions or draw fewer.")}
            )


class Rubric(Examined):
    """How a practical is judged: steps, some of them critical, and what passes («rúbrica»)."""

    class Scale(models.IntegerChoices):
        YES_NO = 1, _("yes / no")
        LEVELS = 2, _("0 not yet / 1 with help / 2 alone")

    module = models.ForeignKey(
        ModulePage, verbose_name=_("module"), on_delete=models.PROTECT, related_name="rubrics"
    )
    code = models.SlugField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=160)
    scale = models.PositiveSmallIntegerField(_("scale"), choices=Scale, default=Scale.YES_NO)
    pass_score = models.PositiveSmallIntegerField(_("points to pass"), validators=[MinValueValidator(1)])
    levels = StreamField(
        RUBRIC_LEVEL_BLOCKS,
        verbose_name=_("levels in words"),
        blank=True,
        help_text=_("What 0 points are called, then 1 point, and so on. Empty: the usual words."),
    )
    steps = StreamField(RUBRIC_STEP_BLOCKS, verbose_name=_("steps"))

    panels = [
        FieldPanel("module"),
        FieldPanel("code"),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("scale"), FieldPanel("pass_score")]),
        FieldPanel("levels"),
        FieldPanel("steps"),
    ]

    override_translatable_fields = same_everywhere("module", "code")

    class Meta(Examined.Meta):
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code", "locale"], name="rubric_code_once")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if not any(step.value["is_critical"] for step in self.steps):
            raise ValidationError({"steps": _("Mark at least one step as critical.")})
        if self.pass_score and self.scale and self.pass_score > len(self.steps) * self.scale:
            raise ValidationError({"pass_score": _("More points are asked for than the steps can give.")})
        named = [self.levels, *(step.value.get("levels") or [] for step in self.steps)]
        if self.scale and any(len(levels) not in {0, self.scale + 1} for levels in named):
            raise ValidationError(
                {
                    "levels": _("The scale has %(count)d levels: name each, or none.")
                    % {"count": self.scale + 1}
                }
            )


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def submitted(self) -> "AttemptQuerySet":
        return self.filter(submitted_at__isnull=False)


class Attempt(models.Model):
    """One sitting of a quiz («intento»): the questions as shown and the version they came from.

    `version` is what it is graded by, in the language of the course, so that all attempts of a cohort count
    alike; `translation` is what she read, where that was in another language: the same ids, the same rules.

    While it is open it keeps the answers given so far (assessments.actions.save_answer); once it is handed
    in it is final (submit_attempt). It counts as used only then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    quiz_key = models.UUIDField()
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    translation = models.ForeignKey(
        ContentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    questions = models.JSONField(_("questions as shown"))
    answers = models.JSONField(_("answers"), default=dict)
    started_at = models.DateTimeField(_("started"))
    saved_at = models.DateTimeField(_("last answer saved"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    correct = models.PositiveSmallIntegerField(_("correct"), null=True, blank=True)
    total = models.PositiveSmallIntegerField(_("questions"))
    has_passed = models.BooleanField(_("passed"), null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "quiz_key", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "quiz_key"],
                condition=models.Q(submitted_at__isnull=True),
                name="one_open_attempt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_key} #{self.number}"

    @property
    def shown(self) -> ContentVersion:
        """What she read."""
        return self.translation or self.version

    @property
    def answered(self) -> int:
        """How many of its questions have an answer that can be handed in."""
        return sum(is_answered(question, self.answers.get(question["id"])) for question in self.questions)

    @property
    def is_pending(self) -> bool:
        """Handed in, with an answer in her own words that nobody has read to the end yet."""
        return self.submitted_at is not None and self.has_passed is None


class Observation(AppendOnly):
    """A practical watched and scored step by step («observación»). A second one stands beside the first.

    `second` is who assessed beside `by`; the comment is about the practical, never about her life.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="observations")
    rubric_key = models.UUIDField()
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(_("scores"))
    points = models.PositiveSmallIntegerField(_("points"))
    has_passed = models.BooleanField(_("passed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("observed"))
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.CharField(_("comment"), max_length=COMMENT, blank=True)
    device = models.CharField(_("device"), max_length=DEVICE, blank=True)
    event = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.rubric_key} {self.points}"
