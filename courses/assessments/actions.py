"""Taking a test, observing a practical, and freezing what they are made of."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.assessments.access import assessors
from courses.assessments.blocks import FROM_BANK
from courses.assessments.freezing import quiz_content, rubric_content
from courses.assessments.grading.models import fixes_of, result_in_force
from courses.assessments.grading.rules import PENDING, Result, grade_sheet
from courses.assessments.kinds import Key, Unreadable, draw, is_answered, key_of, read
from courses.assessments.models import (
    COMMENT,
    DEVICE,
    Attempt,
    Examined,
    Observation,
    QuestionBank,
    Quiz,
    Rubric,
)
from courses.assessments.rules import WORDS, Step, only_measures, passes, plain
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages import translating
from courses.pages.actions import freeze
from courses.pages.models import ContentVersion
from courses.trail import actions as trail


def freeze_quiz(*, quiz: Quiz) -> ContentVersion:
    """Freeze a test with all it may ask, what is right and its settings."""
    return _freeze(ContentVersion.Kind.QUIZ, quiz, quiz_content)


def _freeze(kind: str, examined: Examined, content_of: Callable[[Any], dict[str, Any]]) -> ContentVersion:
    return freeze(
        kind=kind,
        key=examined.key,
        language=examined.locale.language_code,
        title=examined.title,
        content=content_of(examined),
        meaning=translating.meaning(examined, content_of, is_judged_by=True),
    )


def freeze_bank(*, bank: QuestionBank) -> list[ContentVersion]:
    """Freeze every test that draws from this bank again: the next cohort gets what it says now.

    A translated test is frozen once it is whole.
    """
    users = (quiz for quiz in Quiz.objects.select_related("locale") if _draws_from(quiz, bank))
    return [freeze_quiz(quiz=quiz) for quiz in users if translating.is_whole(quiz)]


def _draws_from(quiz: Quiz, bank: QuestionBank) -> bool:
    raw = quiz.questions.get_prep_value()
    return any(item["type"] == FROM_BANK and item["value"]["bank"] == bank.pk for item in raw)


def freeze_rubric(*, rubric: Rubric) -> ContentVersion:
    """Freeze a rubric with its steps and pass rule."""
    return _freeze(ContentVersion.Kind.RUBRIC, rubric, rubric_content)


def freeze_examined(examined: Any) -> list[ContentVersion]:
    """Freeze a test, every test that draws from a bank, or a rubric; nothing for any other snippet."""
    if isinstance(examined, Quiz):
        return [freeze_quiz(quiz=examined)]
    if isinstance(examined, QuestionBank):
        return freeze_bank(bank=examined)
    return [freeze_rubric(rubric=examined)] if isinstance(examined, Rubric) else []


@transaction.atomic
def start_attempt(*, enrolment: Enrolment, pin: CohortContent, at: datetime) -> Attempt:
    """The open attempt, or a new one in the language of `pin.shown`.

    Raises Refused when she passed, has none left or must wait.
    """
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    earlier = list(attempts_of(enrolment).filter(quiz_key=pin.key))
    if earlier and earlier[-1].submitted_at is None:
        return earlier[-1]
    _check_may_start(pin.version.content, earlier, result_in_force(earlier), at)
    questions = draw(pin.shown.content, secrets.SystemRandom())
    return Attempt.objects.create(
        enrolment=enrolment,
        quiz_key=pin.key,
        version=pin.version,
        translation=pin.translation,
        number=len(earlier) + 1,
        questions=questions,
        total=len(questions),
        started_at=at,
    )


def attempts_of(enrolment: Enrolment) -> QuerySet[Attempt]:
    """Her attempts in order, with those that she handed in in a cohort she was transferred from."""
    chain_ids = enrolment.chain_ids()
    hers = Q(enrolment=enrolment) | Q(enrolment__in=chain_ids, submitted_at__isnull=False)
    return Attempt.objects.filter(hers).order_by("started_at", "number")


def open_tests(enrolment: Enrolment, pins: Sequence[CohortContent], at: datetime) -> dict[UUID, str]:
    """Each test that she could answer now, by its key: the attempt that is open, or nothing for a new one."""
    earlier: dict[UUID, list[Attempt]] = defaultdict(list)
    attempts = attempts_of(enrolment).filter(quiz_key__in=[pin.key for pin in pins])
    for attempt in attempts.defer("questions", "answers"):
        earlier[attempt.quiz_key].append(attempt)
    results = result_in_force(chain(*earlier.values()))
    rules = CohortContent.objects.filter(pk__in=[pin.pk for pin in pins]).values_list(
        "key", "version__content__attempts", "version__content__wait_hours"
    )
    found = {}
    for key, count, wait in rules:
        last = earlier[key][-1] if earlier[key] else None
        if last is not None and last.submitted_at is None:
            found[key] = str(last.pk)
            continue
        try:
            _check_may_start({"attempts": count, "wait_hours": wait}, earlier[key], results, at)
        except Refused:
            continue
        found[key] = ""
    return found


def _check_may_start(
    content: dict[str, Any], earlier: list[Attempt], results: Mapping[UUID, Result], at: datetime
) -> None:
    if any(results[attempt.pk].has_passed for attempt in earlier):
        if only_measures(content):
            raise Refused(_("You have already taken this test."))
        raise Refused(_("You have already passed this test."))
    if earlier and results[earlier[-1].pk].why == PENDING:
        raise Refused(_("Your trainer is reading your answers. You will see your result here."))
    if len(earlier) >= content["attempts"]:
        raise Refused(
            _("You have used all your attempts. Talk to your trainer: together you will find a way.")
        )
    if earlier and at < next_attempt_at(content, earlier[-1]):
        raise Refused(
            ngettext(
                "Rest a little: you can try again %(hours)d hour after your last attempt.",
                "Rest a little: you can try again %(hours)d hours after your last attempt.",
                content["wait_hours"],
            )
            % {"hours": content["wait_hours"]}
        )


def next_attempt_at(content: dict[str, Any], last: Attempt) -> datetime:
    """When the attempt after `last` opens."""
    return (last.submitted_at or last.started_at) + timedelta(hours=content["wait_hours"])


def save_answer(*, attempt: Attempt, question: str, answer: str, at: datetime) -> Attempt:
    """Keep one answer as it is given; the last one given counts. Raises Refused like `save_answers`."""
    return save_answers(attempt=attempt, answers={question: answer}, at=at)


@transaction.atomic
def save_answers(*, attempt: Attempt, answers: Mapping[str, str], at: datetime) -> Attempt:
    """Keep these answers (question id → answer) beside those given before, all of them or none.

    Raises Refused for an attempt already handed in, or an answer that is not on the sheet.
    """
    attempt = _locked(attempt)
    attempt.answers, attempt.saved_at = _with(attempt, answers), at
    attempt.save(update_fields=["answers", "saved_at"])
    return attempt


def _locked(attempt: Attempt) -> Attempt:
    """The open attempt, locked until the transaction ends. Raises Refused when it was handed in."""
    locked = Attempt.objects.select_for_update(of=("self",)).select_related("version").get(pk=attempt.pk)
    if locked.submitted_at is not None:
        raise Refused(_("This test was already handed in. Your result is below."))
    return locked


def _with(attempt: Attempt, answers: Mapping[str, str]) -> dict[str, str]:
    """Her saved answers and these. Raises Refused when one of these is not on the sheet, or too long.

    An answer that she emptied is no answer any more.
    """
    sheet = {question["id"]: question for question in attempt.questions}
    kept = dict(attempt.answers)
    for question, answer in answers.items():
        if question not in sheet:
            raise Refused(_("One of the answers does not belong to this test. Nothing was saved."))
        try:
            kept[question] = read(sheet[question], answer)
        except Unreadable as error:
            raise Refused(_refusal(error)) from error
    return {question: answer for question, answer in kept.items() if answer}


def _refusal(error: Unreadable) -> str:
    if error.is_too_long:
        return _("Your answer is too long: %(most)d characters at most.") % {"most": WORDS}
    return _("One of the answers does not belong to this test. Nothing was saved.")


@transaction.atomic
def submit_attempt(*, attempt: Attempt, answers: Mapping[str, str], at: datetime) -> Attempt:
    """Grade her saved answers and these (question id → answer) on the server, once and for good.

    Where she wrote, the result waits until that was read (grading.actions.read_answer). Raises Refused for
    an attempt already handed in, a missing answer, or an answer that is not on the sheet.
    """
    attempt = _locked(attempt)
    given = _with(attempt, answers)
    if not all(is_answered(question, given.get(question["id"])) for question in attempt.questions):
        raise Refused(_("Some questions have no answer yet. Answer all of them, then hand in."))
    ContentVersion.objects.select_for_update(no_key=True).get(pk=attempt.version_id)  # no fix passes by
    attempt.answers, attempt.submitted_at = given, at
    return finish(attempt, {})


def finish(attempt: Attempt, points: Mapping[str, int | None]) -> Attempt:
    """Keep what a handed-in sheet is worth, with the points of what she wrote (question id → points).

    While one of those is missing, only that it was handed in is kept. Call it with the attempt locked.
    """
    score = grade_sheet(sheet_key(attempt), attempt.answers, points, fixes_of(attempt.version))
    if score is not None:
        attempt.correct, attempt.total = score.correct, score.total
        attempt.has_passed = score.reaches(attempt.version.content["pass_mark"])
    attempt.save(update_fields=["answers", "submitted_at", "correct", "total", "has_passed"])
    return attempt


def sheet_key(attempt: Attempt) -> dict[str, Key | None]:
    """What is right in each question shown, from the version it was drawn from; None where she wrote."""
    frozen = {question["id"]: question for question in attempt.version.content["questions"]}
    return {question["id"]: key_of(frozen[question["id"]]) for question in attempt.questions}


def answer_key(attempt: Attempt) -> dict[str, str]:
    """A right answer to each question shown that is counted at once."""
    return {question: key.answer for question, key in sheet_key(attempt).items() if key is not None}


@transaction.atomic
def observe(
    *,
    enrolment: Enrolment,
    pin: CohortContent,
    scores: Mapping[str, int],
    by: Any,
    at: datetime,
    second: Any = None,
    comment: str = "",
    device: str = "",
    event: UUID | None = None,
) -> Observation:
    """Record a practical (step id → points), with who assessed beside `by` and a short comment.

    The same `event` again gives the observation it made. Raises Refused for a wrong cohort, steps, points
    or second assessor, and for a comment that is too long.
    """
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    known = Observation.objects.filter(event=event).first() if event else None
    if known is not None:
        return _same(known, enrolment, pin, by)
    if pin.cohort_id != enrolment.cohort_id or pin.kind != ContentVersion.Kind.RUBRIC:
        raise Refused(_("This practical does not belong to her cohort."))
    judged = _judged(pin.version.content, scores)
    _check_second(enrolment, second, by)
    comment = plain(comment)
    if len(comment) > COMMENT:
        raise Refused(_("The comment is too long: %(most)d characters at most.") % {"most": COMMENT})
    made = Observation.objects.create(
        enrolment=enrolment,
        rubric_key=pin.key,
        version=pin.version,
        scores=dict(scores),
        points=sum(scores.values()),
        has_passed=passes(judged, pin.version.content["pass_score"]),
        by=by,
        at=at,
        second=second,
        comment=comment,
        device=device[:DEVICE],
        event=event,
    )
    trail.note(trail.Deed.OBSERVED, about=made, by=by, at=at)
    return made


def _same(known: Observation, enrolment: Enrolment, pin: CohortContent, by: Any) -> Observation:
    """What this event made before. Raises Refused when it was about something else."""
    if (known.enrolment_id, known.rubric_key, known.by_id) != (enrolment.pk, pin.key, by.pk):
        raise Refused(_("This observation was already saved for someone else. Open the page again."))
    return known


def _judged(content: dict[str, Any], scores: Mapping[str, int]) -> list[Step]:
    """The steps with their points. Raises Refused for wrong steps or points."""
    steps = {step["id"]: step for step in content["steps"]}
    if not any(step["is_critical"] for step in steps.values()):
        raise Refused(_("This rubric has no critical step. Mark one before you observe."))
    if set(scores) != set(steps):
        raise Refused(_("Score every step of the rubric. Nothing was saved."))
    if any(not 0 <= points <= content["scale"] for points in scores.values()):
        raise Refused(_("The points of a step are outside the scale. Nothing was saved."))
    return [Step(points=points, is_critical=steps[key]["is_critical"]) for key, points in scores.items()]


def _check_second(enrolment: Enrolment, second: Any, by: Any) -> None:
    if second is None:
        return
    if second.pk == by.pk:
        raise Refused(_("The second assessor is someone else than you."))
    if not assessors(enrolment.cohort).filter(pk=second.pk).exists():
        raise Refused(_("The second assessor does not belong to this cohort. Choose one from the list."))
