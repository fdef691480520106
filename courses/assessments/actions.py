"""Taking a test, observing a practical, and freezing what they are made of."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.assessments.access import assessors
from courses.assessments.grading.models import fixes_of, result_in_force
from courses.assessments.grading.rules import PENDING, Result, grade_sheet
from courses.assessments.models import COMMENT, DEVICE, Attempt, Observation, Quiz, Rubric
from courses.assessments.rules import WORDS, Step, passes, plain
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.actions import freeze
from courses.pages.models import ContentVersion

SHORT_ANSWER = "short_answer"


def freeze_quiz(*, quiz: Quiz) -> ContentVersion:
    """Freeze a quiz with its questions, answers and settings."""
    return freeze(
        kind=ContentVersion.Kind.QUIZ,
        key=quiz.key,
        language=quiz.module.locale.language_code,
        title=quiz.title,
        content={
            "pass_mark": quiz.pass_mark,
            "draw": quiz.draw,
            "attempts": quiz.attempts,
            "wait_hours": quiz.wait_hours,
            "allows_offline": quiz.allows_offline
            and all(child.block_type != SHORT_ANSWER for child in quiz.questions),
            "questions": [
                _frozen_question(item, child.value.get("audio"))
                for item, child in zip(quiz.questions.get_prep_value(), quiz.questions, strict=True)
            ],
            **({"moment": quiz.moment} if quiz.moment else {}),
        },
    )


def _frozen_question(item: dict[str, Any], audio: Any) -> dict[str, Any]:
    """A question with ids of its own and of its options, and its sound if it has one.

    The words of the sound are the question and its answers themselves. A question answered in words has no
    options, and says what a good answer says to who reads it.
    """
    value = item["value"]
    if item["type"] == SHORT_ANSWER:
        asked = {"id": item["id"], "text": value["question"], "feedback": value["feedback"], "options": []}
        return {**asked, "is_text": True, "look_for": value["look_for"]}
    options = [{"id": option["id"], **option["value"]} for option in value["options"]]
    frozen = {"id": item["id"], "text": value["question"], "feedback": value["feedback"], "options": options}
    if audio is not None:
        minutes = -(-int(audio.duration or 0) // 60)
        frozen["audio"] = {"url": audio.url, "title": audio.title, "minutes": minutes}
    return frozen


def freeze_rubric(*, rubric: Rubric) -> ContentVersion:
    """Freeze a rubric with its steps and pass rule."""
    steps = [{"id": item["id"], **item["value"]} for item in rubric.steps.get_prep_value()]
    return freeze(
        kind=ContentVersion.Kind.RUBRIC,
        key=rubric.key,
        language=rubric.module.locale.language_code,
        title=rubric.title,
        content={"scale": rubric.scale, "pass_score": rubric.pass_score, "steps": steps},
    )


def _as_shown(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Questions drawn and shuffled, options shuffled, without saying which is right."""
    dice = secrets.SystemRandom()
    drawn = dice.sample(content["questions"], min(content["draw"], len(content["questions"])))
    return [
        {
            "id": question["id"],
            "text": question["text"],
            "options": [
                {"id": option["id"], "text": option["text"]}
                for option in dice.sample(question["options"], len(question["options"]))
            ],
            **{more: question[more] for more in ("audio", "is_text") if more in question},
        }
        for question in drawn
    ]


@transaction.atomic
def start_attempt(*, enrolment: Enrolment, pin: CohortContent, at: datetime) -> Attempt:
    """The open attempt, or a new one. Raises Refused when she passed, has none left or must wait."""
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    earlier = list(_attempts_of(enrolment).filter(quiz_key=pin.key))
    if earlier and earlier[-1].submitted_at is None:
        return earlier[-1]
    _check_may_start(pin.version.content, earlier, result_in_force(earlier), at)
    questions = _as_shown(pin.version.content)
    return Attempt.objects.create(
        enrolment=enrolment,
        quiz_key=pin.key,
        version=pin.version,
        number=len(earlier) + 1,
        questions=questions,
        total=len(questions),
        started_at=at,
    )


def _attempts_of(enrolment: Enrolment) -> QuerySet[Attempt]:
    """Her attempts in order, with those that she handed in in a cohort she was transferred from."""
    chain_ids = enrolment.chain_ids()
    hers = Q(enrolment=enrolment) | Q(enrolment__in=chain_ids, submitted_at__isnull=False)
    return Attempt.objects.filter(hers).order_by("started_at", "number")


def open_tests(enrolment: Enrolment, pins: Sequence[CohortContent], at: datetime) -> dict[UUID, str]:
    """Each test that she could answer now, by its key: the attempt that is open, or nothing for a new one."""
    earlier: dict[UUID, list[Attempt]] = defaultdict(list)
    attempts = _attempts_of(enrolment).filter(quiz_key__in=[pin.key for pin in pins])
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


def save_answer(*, attempt: Attempt, question: str, option: str, at: datetime) -> Attempt:
    """Keep one answer as it is given; the last one given counts. Raises Refused like `save_answers`."""
    return save_answers(attempt=attempt, answers={question: option}, at=at)


@transaction.atomic
def save_answers(*, attempt: Attempt, answers: Mapping[str, str], at: datetime) -> Attempt:
    """Keep these answers (question id → option id) beside those given before, all of them or none.

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

    An answer in words that she emptied is no answer any more.
    """
    written = {question["id"] for question in attempt.questions if question.get("is_text")}
    sheet = {
        question["id"]: {option["id"] for option in question["options"]} for question in attempt.questions
    }
    given = {key: plain(answer) if key in written else answer for key, answer in answers.items()}
    for question, answer in given.items():
        if question in written:
            if len(answer) > WORDS:
                raise Refused(_("Your answer is too long: %(most)d characters at most.") % {"most": WORDS})
        elif answer not in sheet.get(question, ()):
            raise Refused(_("One of the answers does not belong to this test. Nothing was saved."))
    return {key: answer for key, answer in {**attempt.answers, **given}.items() if answer}


@transaction.atomic
def submit_attempt(*, attempt: Attempt, answers: Mapping[str, str], at: datetime) -> Attempt:
    """Grade her saved answers and these (question id → option id) on the server, once and for good.

    Where she wrote, the result waits until that was read (grading.actions.read_answer). Raises Refused for
    an attempt already handed in, a missing answer, or an answer that is not on the sheet.
    """
    attempt = _locked(attempt)
    given = _with(attempt, answers)
    if len(given) != len(attempt.questions):
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


def sheet_key(attempt: Attempt) -> dict[str, str | None]:
    """The right option of each question shown, from the version it was drawn from; None where she wrote."""
    right = {
        question["id"]: next((option["id"] for option in question["options"] if option["is_correct"]), None)
        for question in attempt.version.content["questions"]
    }
    return {question["id"]: right[question["id"]] for question in attempt.questions}


def answer_key(attempt: Attempt) -> dict[str, str]:
    """The right option of each question shown that has options."""
    return {question: option for question, option in sheet_key(attempt).items() if option is not None}


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
    return Observation.objects.create(
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
