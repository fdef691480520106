"""What is known of each person of a cohort, gathered in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from courses.assessments.models import Attempt, Observation
from courses.assessments.rules import Score
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import MADE_UP
from courses.cohorts.models import Cohort, Enrolment
from courses.cohorts.models import Requirement as RequirementRow
from courses.progress import rules
from courses.progress.models import LessonProgress
from courses.progress.rules import Record, Requirement, Verdict

CLASS, OUTING = ClassSession.Modality.CLASS, ClassSession.Modality.OUTING
Source = tuple[str, str | None]


@dataclass
class _Tally:
    """One person's record while it is being counted."""

    attended: int = 0
    made_up: int = 0
    outings: int = 0
    lessons: int = 0
    minutes: int = 0
    scores: dict[str, Score] = field(default_factory=dict)
    practicals: set[str] = field(default_factory=set)
    sources: dict[Source, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Standing:
    """A person's verdicts and the minutes credited to her so far."""

    enrolment: Enrolment
    verdicts: list[Verdict]
    minutes: int

    @property
    def is_complete(self) -> bool:
        return rules.is_complete(self.verdicts)


def requirements_of(cohort: Cohort) -> list[Requirement]:
    """The cohort's rule set as the pure rule wants it."""
    return [
        Requirement(
            kind=row.kind,
            label=row.label,
            target=row.target,
            subject=str(row.subject) if row.subject else None,
            make_up_limit=row.make_up_limit,
        )
        for row in RequirementRow.objects.filter(cohort=cohort)
    ]


def standings(cohort: Cohort, enrolments: Sequence[Enrolment]) -> list[Standing]:
    """The standing of each enrolment, in the order given. Eight queries, however many people."""
    requirements = requirements_of(cohort)
    planned = ClassSession.objects.filter(
        cohort=cohort, modality=CLASS, is_planned=True, cancelled_at__isnull=True
    ).count()
    tallies: dict[UUID, _Tally] = {enrolment.pk: _Tally() for enrolment in enrolments}
    _count_attendance(cohort, tallies)
    _count_attempts(tallies)
    _count_observations(tallies)
    _count_lessons(tallies)
    return [
        Standing(
            enrolment=enrolment,
            verdicts=rules.decide(_record(tallies[enrolment.pk], planned, enrolment), requirements),
            minutes=tallies[enrolment.pk].minutes,
        )
        for enrolment in enrolments
    ]


def _record(tally: _Tally, planned: int, enrolment: Enrolment) -> Record:
    has_accepted = enrolment.ethics_accepted_at is not None
    if has_accepted:
        tally.sources[(rules.ETHICS, None)].append(f"enrolment:{enrolment.pk}")
    return Record(
        planned=planned,
        attended=tally.attended,
        made_up=tally.made_up,
        outings=tally.outings,
        lessons=tally.lessons,
        scores=tally.scores,
        practicals=frozenset(tally.practicals),
        ethics=has_accepted,
        sources={key: tuple(ids) for key, ids in tally.sources.items()},
    )


def _count_attendance(cohort: Cohort, tallies: dict[UUID, _Tally]) -> None:
    records: Iterable[AttendanceRecord] = (
        AttendanceRecord.objects.for_cohort(cohort)
        .filter(enrolment__in=tallies, counts=True, session__cancelled_at__isnull=True)
        .order_by("session__starts_at", "pk")
    )
    for record in records:
        tally, session = tallies[record.enrolment_id], record.session
        tally.minutes += record.minutes
        if session.modality == OUTING:
            tally.outings += 1
            tally.sources[(rules.OUTINGS, None)].append(f"attendance:{record.pk}")
        elif session.modality == CLASS and session.is_planned:
            tally.made_up += record.status == MADE_UP
            tally.attended += record.status != MADE_UP
            tally.sources[(rules.ATTENDANCE, None)].append(f"attendance:{record.pk}")


def _count_attempts(tallies: dict[UUID, _Tally]) -> None:
    attempts = Attempt.objects.submitted().filter(enrolment__in=tallies).order_by("number")
    for attempt in attempts.only("enrolment_id", "quiz_key", "correct", "total"):
        tally, key = tallies[attempt.enrolment_id], str(attempt.quiz_key)
        score, best = Score(attempt.correct or 0, attempt.total), tally.scores.get(key)
        if best is None or score.correct * best.total > best.correct * score.total:
            tally.scores[key] = score
            tally.sources[(rules.QUIZ, key)] = [f"attempt:{attempt.pk}"]


def _count_observations(tallies: dict[UUID, _Tally]) -> None:
    seen = Observation.objects.filter(enrolment__in=tallies).order_by("at", "pk")
    for observation in seen.only("enrolment_id", "rubric_key", "has_passed"):
        tally, key = tallies[observation.enrolment_id], str(observation.rubric_key)
        tally.sources[(rules.PRACTICAL, key)].append(f"observation:{observation.pk}")
        if observation.has_passed:
            tally.practicals.add(key)


def _count_lessons(tallies: dict[UUID, _Tally]) -> None:
    done = LessonProgress.objects.filter(enrolment__in=tallies, completed_at__isnull=False).order_by("pk")
    for pk, enrolment_id, minutes in done.values_list(
        "pk", "enrolment_id", "version__content__credited_minutes"
    ):
        tally = tallies[enrolment_id]
        tally.lessons += 1
        tally.minutes += int(minutes or 0)
        tally.sources[(rules.LESSONS, None)].append(f"lesson:{pk}")
