"""What is known of each person of a cohort, gathered in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import PENDING
from courses.assessments.models import Attempt, Observation
from courses.assessments.rules import Score
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import MADE_UP
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.cohorts.models import Requirement as RequirementRow
from courses.pages.models import ContentVersion
from courses.progress import rules
from courses.progress.models import LessonProgress
from courses.progress.rules import Credit, Record, Requirement, Verdict

CLASS, OUTING = ClassSession.Modality.CLASS, ClassSession.Modality.OUTING
Source = tuple[str, str | None]
Owners = Mapping[UUID, UUID]  # an enrolment → the one of this cohort for which its record counts


@dataclass
class _Tally:
    """One person's record while it is being counted."""

    attended: int = 0
    made_up: int = 0
    outings: int = 0
    lessons: int = 0
    minutes: int = 0
    scores: dict[str, Score] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
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
    """The standing of each enrolment, in the order given. Some ten queries, however many people.

    What somebody did in the cohort that she was transferred from counts too (rules.credited).
    """
    requirements = requirements_of(cohort)
    planned = set(ClassSession.objects.required().filter(cohort=cohort).values_list("number", flat=True))
    tallies: dict[UUID, _Tally] = {enrolment.pk: _Tally() for enrolment in enrolments}
    owners = Enrolment.objects.all().chains(enrolments)
    _count_attendance(cohort, planned, owners, tallies)
    _count_attempts(owners, tallies)
    _count_observations(owners, tallies)
    _count_lessons(cohort, owners, tallies)
    return [
        Standing(
            enrolment=enrolment,
            verdicts=rules.decide(_record(tallies[enrolment.pk], len(planned), enrolment), requirements),
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
        unread=frozenset(tally.unread),
        practicals=frozenset(tally.practicals),
        ethics=has_accepted,
        sources={key: tuple(ids) for key, ids in tally.sources.items()},
    )


def _count_attendance(cohort: Cohort, planned: set[int], owners: Owners, tallies: dict[UUID, _Tally]) -> None:
    records: Iterable[AttendanceRecord] = (
        AttendanceRecord.objects.current()
        .filter(enrolment__in=owners, counts=True, session__cancelled_at__isnull=True)
        .select_related("session")
        .order_by("session__starts_at", "pk")
    )
    credits: dict[UUID, list[Credit]] = defaultdict(list)
    for record in records:
        credits[owners[record.enrolment_id]].append(_credit(record, cohort))
    for owner, hers in credits.items():
        tally, credited = tallies[owner], rules.credited(hers, planned)
        tally.minutes += credited.minutes
        tally.attended, tally.made_up, tally.outings = credited.attended, credited.made_up, credited.outings
        tally.sources[(rules.ATTENDANCE, None)].extend(credited.class_sources)
        tally.sources[(rules.OUTINGS, None)].extend(credited.outing_sources)


def _credit(record: AttendanceRecord, cohort: Cohort) -> Credit:
    session = record.session
    return Credit(
        source=f"attendance:{record.pk}",
        is_own=session.cohort_id == cohort.pk,
        is_class=session.modality == CLASS and session.is_planned,
        is_outing=session.modality == OUTING,
        meeting=(session.modality, session.number),
        is_made_up=record.status == MADE_UP,
        minutes=record.minutes,
    )


def _count_attempts(owners: Owners, tallies: dict[UUID, _Tally]) -> None:
    """The best result of each test. One that nobody read to the end yet is no result: nothing rests on it."""
    attempts = Attempt.objects.submitted().filter(enrolment__in=owners).order_by("started_at", "number")
    handed_in = list(
        attempts.only("enrolment_id", "quiz_key", "submitted_at", "correct", "total", "has_passed")
    )
    results = result_in_force(handed_in)
    for attempt in handed_in:
        tally, key, result = tallies[owners[attempt.enrolment_id]], str(attempt.quiz_key), results[attempt.pk]
        if result.why == PENDING:
            tally.unread.add(key)
            continue
        score, best = Score(result.correct, result.total), tally.scores.get(key)
        if best is None or score.correct * best.total > best.correct * score.total:
            tally.scores[key] = score
            tally.sources[(rules.QUIZ, key)] = [
                f"attempt:{attempt.pk}",
                *([result.row] if result.row else []),
            ]


def _count_observations(owners: Owners, tallies: dict[UUID, _Tally]) -> None:
    seen = Observation.objects.filter(enrolment__in=owners).order_by("at", "pk")
    for observation in seen.only("enrolment_id", "rubric_key", "has_passed"):
        tally, key = tallies[owners[observation.enrolment_id]], str(observation.rubric_key)
        tally.sources[(rules.PRACTICAL, key)].append(f"observation:{observation.pk}")
        if observation.has_passed:
            tally.practicals.add(key)


def _count_lessons(cohort: Cohort, owners: Owners, tallies: dict[UUID, _Tally]) -> None:
    """Each lesson once; those of a former cohort when this one uses them too."""
    pins = CohortContent.objects.filter(cohort=cohort, kind=ContentVersion.Kind.LESSON)
    used = set(pins.values_list("key", flat=True)) if len(owners) > len(tallies) else set()
    counted: set[tuple[UUID, UUID]] = set()
    done = LessonProgress.objects.filter(enrolment__in=owners, completed_at__isnull=False).order_by("pk")
    for pk, enrolment_id, key, minutes in done.values_list(
        "pk", "enrolment_id", "lesson_key", "version__content__credited_minutes"
    ):
        owner = owners[enrolment_id]
        if (owner, key) in counted or (owner != enrolment_id and key not in used):
            continue
        counted.add((owner, key))
        tally = tallies[owner]
        tally.lessons += 1
        tally.minutes += int(minutes or 0)
        tally.sources[(rules.LESSONS, None)].append(f"lesson:{pk}")
