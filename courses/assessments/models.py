"""Who knows and can do what: tests taken, practicals observed."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField

from courses.assessments.blocks import RUBRIC_STEP_BLOCKS
from courses.cohorts.models import Enrolment
from courses.pages.blocks import QUESTION_BLOCKS
from courses.pages.models import ContentVersion, ModulePage
from courses.records import AppendOnly, AppendOnlyQuerySet

COMMENT, DEVICE = 200, 40  # characters


class Quiz(models.Model):
    """The test at the end of a module («prueba»)."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("what they know before")
        AFTER = "after", _("what they know after")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.OneToOneField(
        ModulePage, verbose_name=_("module"), on_delete=models.PROTECT, related_name="quiz"
    )
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(
        _("address"), max_length=60, unique=True, help_text=_("Short and neutral, e.g. t-m3.")
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (per cent)"), default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    draw = models.PositiveSmallIntegerField(
        _("questions drawn"),
        default=5,
        validators=[MinValueValidator(1)],
        help_text=_("How many questions she gets."),
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
    questions = StreamField(QUESTION_BLOCKS, verbose_name=_("questions"))

    panels = [
        FieldPanel("module"),
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldRowPanel(
            [FieldPanel("pass_mark"), FieldPanel("draw"), FieldPanel("attempts"), FieldPanel("wait_hours")]
        ),
        FieldPanel("allows_offline"),
        FieldPanel("moment"),
        FieldPanel("questions"),
    ]

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.draw and len(self.questions) < self.draw:
            raise ValidationError(
                {"draw": _("The quiz has fewer questions than it draws. Add questions or draw fewer.")}
            )


class Rubric(models.Model):
    """How a practical is judged: steps, some of them critical, and what passes («rúbrica»)."""

    class Scale(models.IntegerChoices):
        YES_NO = 1, _("yes / no")
        LEVELS = 2, _("0 not yet / 1 with help / 2 alone")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.ForeignKey(
        ModulePage, verbose_name=_("module"), on_delete=models.PROTECT, related_name="rubrics"
    )
    code = models.SlugField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=160)
    scale = models.PositiveSmallIntegerField(_("scale"), choices=Scale, default=Scale.YES_NO)
    pass_score = models.PositiveSmallIntegerField(_("points to pass"), validators=[MinValueValidator(1)])
    steps = StreamField(RUBRIC_STEP_BLOCKS, verbose_name=_("steps"))

    panels = [
        FieldPanel("module"),
        FieldPanel("code"),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("scale"), FieldPanel("pass_score")]),
        FieldPanel("steps"),
    ]

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if not any(step.value["is_critical"] for step in self.steps):
            raise ValidationError({"steps": _("Mark at least one step as critical.")})
        if self.pass_score and self.scale and self.pass_score > len(self.steps) * self.scale:
            raise ValidationError({"pass_score": _("More points are asked for than the steps can give.")})


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def submitted(self) -> "AttemptQuerySet":
        return self.filter(submitted_at__isnull=False)


class Attempt(models.Model):
    """One sitting of a quiz («intento»): the questions as shown and the version they came from.

    While it is open it keeps the answers given so far (assessments.actions.save_answer); once it is handed
    in it is final (submit_attempt). It counts as used only then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    quiz_key = models.UUIDField()
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
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
    def is_pending(self) -> bool:
        """Handed in, with an answer in her own words that nobody has read to the end yet."""
        return self.submitted_at is not None and self.has_passed is None


class ObservationQuerySet(AppendOnlyQuerySet):
    def numbered(self) -> "ObservationQuerySet":
        """Each with `number`: 1 for the first time she showed this practical, by the clock."""
        return self.annotate(
            number=models.Window(
                RowNumber(),
                partition_by=[models.F("enrolment_id"), models.F("rubric_key")],
                order_by=[models.F("at").asc(), models.F("pk").asc()],
            )
        )


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

    objects: Any = models.Manager.from_queryset(ObservationQuerySet)()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.rubric_key} {self.points}"
