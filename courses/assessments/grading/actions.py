"""Reading answers, changing a result by hand, and putting a question right for all who had it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from courses.assessments.actions import finish, sheet_key
from courses.assessments.grading.models import (
    FEEDBACK,
    AnswerReading,
    QuestionFix,
    Regrade,
    RegradeLine,
    ResultOverride,
    fixes_of,
    readings_of,
    result_in_force,
)
from courses.assessments.grading.rules import (
    BY_HAND,
    DIFFER,
    DONE,
    PENDING,
    REGRADED,
    Fix,
    Reading,
    Result,
    grade_sheet,
    may_read,
    points_of,
    state_of,
)
from courses.assessments.kinds import asks_the_same, is_words, key_of, may_accept
from courses.assessments.models import Attempt
from courses.assessments.rules import Score, plain
from courses.cohorts.models import CohortContent
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.trail import actions as trail

AT_ONCE = 500  # attempts regraded in one go


@transaction.atomic
def read_answer(
    *,
    attempt: Attempt,
    question: str,
    points: int,
    by: Any,
    at: datetime,
    feedback: str = "",
    asks_second: bool = False,
    decides: bool = False,
) -> AnswerReading:
    """Give an answer a point or none; with the last one the attempt gets its result.

    `decides` settles an answer whose two readers differ. Raises Refused for an answer that does not wait
    for this reader, other points, or words that are too long.
    """
    attempt = _locked(attempt)
    written = {one["id"] for one in attempt.questions if is_words(one)}
    if not attempt.is_pending or question not in written:
        raise Refused(_("This answer does not wait to be read any more."))
    if points not in {0, 1}:
        raise Refused(_("Choose whether the answer counts or not."))
    feedback = plain(feedback)
    if len(feedback) > FEEDBACK:
        raise Refused(_("What you tell her is too long: %(most)d characters at most.") % {"most": FEEDBACK})
    readings = readings_of([attempt.pk])
    _check_turn(readings[attempt.pk, question], by.pk, decides)
    is_first = not readings[attempt.pk, question]
    made = AnswerReading.objects.create(
        attempt=attempt,
        question=question,
        points=points,
        feedback=feedback,
        asks_second=asks_second and is_first,
        is_decision=decides,
        by=by,
        at=at,
    )
    reading = Reading(points, by.pk, asks_second=made.asks_second, is_decision=decides)
    readings[attempt.pk, question].append(reading)
    finish(attempt, {one: points_of(readings[attempt.pk, one]) for one in written})
    trail.note(trail.Deed.ANSWER_READ, about=made, by=by, at=at)
    return made


def _check_turn(readings: Sequence[Reading], reader: int, decides: bool) -> None:
    state = state_of(readings)
    if state == DONE:
        raise Refused(_("This answer does not wait to be read any more."))
    if decides != (state == DIFFER):
        raise Refused(_("Two readers see this answer differently: the coordinator decides."))
    if not decides and not may_read(readings, reader):
        raise Refused(_("You have read this answer already. A colleague reads it now."))


def _locked(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",)).select_related("version").get(pk=attempt.pk)


@transaction.atomic
def override_result(*, attempt: Attempt, correct: int, reason: str, by: Any, at: datetime) -> ResultOverride:
    """Set how many answers count as right, with a reason from the list; what was counted stays beside it.

    Raises Refused for an attempt without result, a number that cannot be, another reason, or no change.
    """
    attempt = _locked(attempt)
    now = result_in_force([attempt]).get(attempt.pk)
    if now is None or now.why == PENDING:
        raise Refused(_("This attempt has no result yet."))
    if reason not in ResultOverride.Reason:
        raise Refused(_("Choose a reason from the list."))
    if not 0 <= correct <= now.total:
        raise Refused(_("Write a number of right answers between 0 and %(total)d.") % {"total": now.total})
    if correct == now.correct:
        raise Refused(_("That is the result she has. Nothing was changed."))
    made = ResultOverride.objects.create(
        attempt=attempt,
        correct=correct,
        total=now.total,
        has_passed=Score(correct, now.total).reaches(attempt.version.content["pass_mark"]),
        reason=reason,
        by=by,
        at=at,
    )
    trail.note(trail.Deed.RESULT_OVERRIDDEN, about=made, by=by, at=at)
    return made


@dataclass(frozen=True)
class Change:
    """What a fix would make of one attempt."""

    attempt: UUID
    before: Result
    after: Result

    @property
    def gains(self) -> bool:
        return self.after.correct * self.before.total > self.before.correct * self.after.total

    @property
    def loses(self) -> bool:
        return self.after.correct * self.before.total < self.before.correct * self.after.total


@dataclass(frozen=True)
class Preview:
    """A fix tried out, nothing written: what would change, and how many attempts there are."""

    question: str
    fix: Fix
    changes: tuple[Change, ...]
    attempts: int
    by_hand: int

    @property
    def gained(self) -> int:
        return sum(change.gains for change in self.changes)

    @property
    def lost(self) -> int:
        return sum(change.loses for change in self.changes)

    @property
    def digest(self) -> str:
        """The same as long as the same fix would change the same in the same way."""
        facts: list[Any] = [self.question, sorted(self.fix.accepted), self.fix.leaves_out]
        facts += [
            [str(one.attempt), one.before.correct, one.before.total, one.after.correct, one.after.total]
            for one in self.changes
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def versions_asking(version: ContentVersion, question: str) -> list[ContentVersion]:
    """Every version of this test that asks exactly this question and that a cohort uses or somebody answered.

    Raises Refused where the test does not ask it.
    """
    asked = _question_of(version, question)
    if asked is None:
        raise Refused(_("This question is not in this test."))
    pinned = CohortContent.objects.filter(version=OuterRef("pk"))
    answered = Attempt.objects.filter(version=OuterRef("pk"))
    used = Q(Exists(pinned)) | Q(Exists(answered)) | Q(pk=version.pk)
    versions = ContentVersion.objects.filter(used, key=version.key, language=version.language)
    return [
        one
        for one in versions.order_by("pk")
        if (other := _question_of(one, question)) is not None and asks_the_same(asked, other)
    ]


def _question_of(version: ContentVersion, question: str) -> dict[str, Any] | None:
    return next((one for one in version.content["questions"] if one["id"] == question), None)


def try_fix(*, version: ContentVersion, question: str, fix: Fix) -> Preview:
    """What this fix would change, for every attempt at a version that asks this question. Writes nothing.

    A result set by hand stays; what is not read yet is counted with the fix later. Raises Refused for a
    fix that cannot be.
    """
    tried = [_try_in(one, question, fix) for one in versions_asking(version, question)]
    return Preview(
        question,
        fix,
        changes=tuple(change for one in tried for change in one.changes),
        attempts=sum(one.attempts for one in tried),
        by_hand=sum(one.by_hand for one in tried),
    )


def _try_in(version: ContentVersion, question: str, fix: Fix) -> Preview:
    """What this fix would change in one version of the test."""
    fixes = fixes_of(version)
    _check_fix(version, question, fix, fixes)
    fixes[question] = fix
    attempts = iter(
        Attempt.objects.submitted()
        .filter(version=version, has_passed__isnull=False)
        .order_by("pk")
        .iterator(chunk_size=AT_ONCE)
    )
    found: list[Change] = []
    seen = by_hand = 0
    while some := list(islice(attempts, AT_ONCE)):
        results = result_in_force(some)
        seen += len(some)
        by_hand += sum(result.why == BY_HAND for result in results.values())
        found += _changes(some, version, results, fixes)
    return Preview(question, fix, changes=tuple(found), attempts=seen, by_hand=by_hand)


def _changes(
    attempts: Sequence[Attempt], version: ContentVersion, results: dict[UUID, Result], fixes: dict[str, Fix]
) -> Iterator[Change]:
    """The attempts whose result another one takes the place of."""
    readings = readings_of([attempt.pk for attempt in attempts])
    for attempt in attempts:
        attempt.version = version
        before = results[attempt.pk]
        key = sheet_key(attempt)
        points = {one: points_of(readings[attempt.pk, one]) for one, right in key.items() if right is None}
        score = grade_sheet(key, attempt.answers, points, fixes)
        if score is None or before.why == BY_HAND:
            continue
        has_passed = score.reaches(version.content["pass_mark"])
        after = Result(score.correct, score.total, has_passed, REGRADED)
        if (after.correct, after.total) != (before.correct, before.total):
            yield Change(attempt.pk, before, after)


def _check_fix(version: ContentVersion, question: str, fix: Fix, fixes: dict[str, Fix]) -> None:
    content = version.content
    asked = {one["id"]: one for one in content["questions"]}
    if fix == fixes.get(question, as_written(asked[question])):
        raise Refused(_("That is how the question counts now. Nothing would change."))
    if fix.leaves_out:
        others = [one for one, known in fixes.items() if known.leaves_out and one != question]
        if len(others) + 1 >= min(content["draw"], len(asked)):
            raise Refused(_("Someone would be left without any question. Mark the right answers instead."))
        return
    if not may_accept(asked[question], fix.accepted):  # where she wrote: what readers gave counts again
        raise Refused(_("Mark at least one answer as right, or leave the question out."))


def as_written(question: dict[str, Any]) -> Fix:
    """What counts in a question that nobody put right."""
    key = key_of(question)
    return Fix(accepted=key.accepted if key else frozenset())


@transaction.atomic
def apply_fix(
    *, version: ContentVersion, question: str, fix: Fix, seen: str, by: Any, at: datetime
) -> Regrade:
    """Put a question right: new results beside the old, for all that `seen` (a Preview's digest) showed.

    Raises Refused when something else would change by now, and as `try_fix` does.
    """
    asking = [one.pk for one in versions_asking(version, question)]
    list(ContentVersion.objects.select_for_update(no_key=True).filter(pk__in=asking).order_by("pk"))
    preview = try_fix(version=version, question=question, fix=fix)
    if preview.digest != seen:
        raise Refused(_("Meanwhile more tests were handed in or changed. Look at the new list, then apply."))
    made = QuestionFix.objects.create(
        version=version,
        question=question,
        accepted=sorted(fix.accepted),
        leaves_out=fix.leaves_out,
        by=by,
        at=at,
    )
    regrade = Regrade.objects.create(fix=made, gained=preview.gained, lost=preview.lost, by=by, at=at)
    RegradeLine.objects.bulk_create(_lines(regrade, preview.changes), batch_size=AT_ONCE)
    told = {"gained": preview.gained, "lost": preview.lost}
    trail.note(trail.Deed.TEST_REGRADED, about=regrade, by=by, at=at, **told)
    return regrade


def _lines(regrade: Regrade, changes: Iterable[Change]) -> Iterator[RegradeLine]:
    for change in changes:
        yield RegradeLine(
            regrade=regrade,
            attempt_id=change.attempt,
            correct=change.after.correct,
            total=change.after.total,
            has_passed=change.after.has_passed,
            correct_before=change.before.correct,
            total_before=change.before.total,
            passed_before=change.before.has_passed,
        )
