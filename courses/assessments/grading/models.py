"""What is decided after a test was handed in: readings, overrides, questions put right. Only added to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.assessments.grading.rules import BY_HAND, COUNTED, PENDING, REGRADED, Fix, Reading, Result
from courses.assessments.kinds import asks_the_same
from courses.assessments.models import Attempt
from courses.pages.models import ContentVersion
from courses.records import AppendOnly, AppendOnlyQuerySet

FEEDBACK = 300  # characters


class Decision(AppendOnly):
    """Who decided, and when."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("decided"))

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        abstract = True


class AnswerReading(Decision):
    """An answer in her own words, read by someone who did not see her name: a point or none («lectura»).

    Who reads first may ask for a second reading; where the two differ, a decision settles it.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="readings")
    question = models.CharField(max_length=64)
    points = models.PositiveSmallIntegerField(_("points"))
    feedback = models.CharField(_("what to tell her"), max_length=FEEDBACK, blank=True)
    asks_second = models.BooleanField(_("a colleague reads it too"), default=False)
    is_decision = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("reading of an answer")
        verbose_name_plural = _("readings of answers")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question", "by"],
                condition=models.Q(is_decision=False),
                name="reader_reads_an_answer_once",
            ),
            models.UniqueConstraint(
                fields=["attempt", "question"],
                condition=models.Q(is_decision=True),
                name="answer_decided_once",
            ),
            models.CheckConstraint(condition=models.Q(points__lte=1), name="answer_is_worth_a_point"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.points}"


class ResultOverride(Decision):
    """A result set by a person, beside the one that was counted. The newest is in force."""

    class Reason(models.TextChoices):
        UNCLEAR = "unclear", _("a question could be understood in two ways")
        SPOKEN = "spoken", _("she answered aloud")
        FAILED = "failed", _("the phone, the light or the signal failed")
        REREAD = "reread", _("an answer was read again")
        MISTAKE = "mistake", _("the change before was a mistake")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="overrides")
    correct = models.PositiveSmallIntegerField(_("right answers"))
    total = models.PositiveSmallIntegerField(_("questions"))
    has_passed = models.BooleanField(_("passed"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)

    class Meta:
        verbose_name = _("result set by hand")
        verbose_name_plural = _("results set by hand")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(correct__lte=models.F("total")), name="override_within_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.correct}/{self.total}"


class QuestionFix(Decision):
    """A question of a frozen test that was wrong: which options are right after all, or that it is left out.

    The newest of a question is in force, for what was handed in before and for what comes (`fixes_of`).
    """

    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=64)
    accepted = models.JSONField(_("right options"), default=list)
    leaves_out = models.BooleanField(_("left out"), default=False)

    class Meta:
        verbose_name = _("question put right")
        verbose_name_plural = _("questions put right")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.question

    @property
    def asked(self) -> dict[str, Any]:
        """The question that was put right, as its version asks it."""
        questions: list[dict[str, Any]] = self.version.content["questions"]
        return next(one for one in questions if one["id"] == self.question)


class Regrade(Decision):
    """What a fix changed when it was applied; the attempts themselves stay as they were."""

    fix = models.OneToOneField(QuestionFix, on_delete=models.PROTECT, related_name="regrade")
    gained = models.PositiveIntegerField(_("who gain"))
    lost = models.PositiveIntegerField(_("who lose"))

    class Meta:
        verbose_name = _("regrading")
        verbose_name_plural = _("regradings")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"+{self.gained} -{self.lost}"


class RegradeLine(AppendOnly):
    """The result of one attempt from a regrading on, and the one in force before."""

    regrade = models.ForeignKey(Regrade, on_delete=models.PROTECT, related_name="lines")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrades")
    correct = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    has_passed = models.BooleanField()
    correct_before = models.PositiveSmallIntegerField()
    total_before = models.PositiveSmallIntegerField()
    passed_before = models.BooleanField()

    objects: Any = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("line of a regrading")
        verbose_name_plural = _("lines of regradings")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="regraded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.correct}/{self.total}"


SOURCES = {REGRADED: "regrade", BY_HAND: "override"}  # how evidence names the row that made a result


def result_in_force(attempts: Iterable[Attempt]) -> dict[UUID, Result]:
    """The result of each attempt handed in, by its pk: by hand, else regraded, else as it was counted.

    Two queries, however many attempts. Reads `submitted_at`, `correct`, `total` and `has_passed` of each.
    """
    results = {
        attempt.pk: Result(
            correct=attempt.correct or 0,
            total=attempt.total,
            has_passed=bool(attempt.has_passed),
            why=PENDING if attempt.has_passed is None else COUNTED,
        )
        for attempt in attempts
        if attempt.submitted_at is not None
    }
    if not results:
        return {}
    for rows, why in ((RegradeLine.objects, REGRADED), (ResultOverride.objects, BY_HAND)):
        later = rows.filter(attempt__in=results).order_by("pk")
        for row, pk, correct, total, has_passed in later.values_list(
            "pk", "attempt_id", "correct", "total", "has_passed"
        ):
            results[pk] = Result(correct, total, has_passed, why, f"{SOURCES[why]}:{row}")
    return results


def fixes_of(version: ContentVersion) -> dict[str, Fix]:
    """What was put right in a frozen test: the newest fix of each question.

    A fix is of a question: it holds in every version of the test that asks exactly the same, so that no newer
    version brings an old mistake back.
    """
    here = {question["id"]: question for question in version.content["questions"]}
    fixes = QuestionFix.objects.filter(version__key=version.key, version__language=version.language)
    return {
        fix.question: Fix(accepted=frozenset(fix.accepted), leaves_out=fix.leaves_out)
        for fix in fixes.select_related("version").order_by("pk")
        if fix.question in here and asks_the_same(here[fix.question], fix.asked)
    }


def readings_of(attempts: Iterable[UUID]) -> dict[tuple[UUID, str], list[Reading]]:
    """What was given to each answer (attempt, question), the oldest reading first. One query."""
    found: dict[tuple[UUID, str], list[Reading]] = defaultdict(list)
    rows = AnswerReading.objects.filter(attempt__in=attempts).order_by("pk")
    for row in rows.only("attempt_id", "question", "points", "by_id", "asks_second", "is_decision"):
        reading = Reading(row.points, row.by_id, asks_second=row.asks_second, is_decision=row.is_decision)
        found[row.attempt_id, row.question].append(reading)
    return found
