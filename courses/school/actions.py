"""Running the school: opening a cohort from its course and laying out its sessions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.assessments.models import Quiz, Rubric
from courses.attendance.models import ClassSession
from courses.cohorts import rules
from courses.cohorts.actions import Pin, RequirementFacts, open_cohort
from courses.cohorts.models import Cohort, Requirement
from courses.errors import Refused
from courses.pages.models import ContentVersion, CoursePage
from courses.school.models import ChosenRule, SchoolChange
from courses.school.plan import NoSuchHour, ends_after, moment
from courses.school.rules import PERCENT, take_over
from courses.trail import actions as trail

Kind = Requirement.Kind


def pins_of(course: CoursePage) -> list[Pin]:
    """Every published lesson, quiz and rubric of a course, in order."""
    modules = list(course.modules())
    quizzes = list(Quiz.objects.filter(module__in=modules, locale=course.locale).order_by("slug"))
    pins: list[Pin] = []
    for number, module in enumerate(modules, start=1):
        tests = [quiz for quiz in quizzes if quiz.module_id == module.pk]
        members: list[tuple[str, object, str]] = [
            *[_test(quiz) for quiz in tests if quiz.moment == Quiz.Moment.BEFORE],
            *[
                (ContentVersion.Kind.LESSON, lesson.translation_key, lesson.slug)
                for lesson in module.lessons()
            ],
            *[_test(quiz) for quiz in tests if quiz.moment != Quiz.Moment.BEFORE],
        ]
        members += [
            (ContentVersion.Kind.RUBRIC, rubric.key, rubric.code)
            for rubric in Rubric.objects.filter(module=module, locale=course.locale)
        ]
        pins += [
            Pin(
                kind=kind,
                key=key,  # type: ignore[arg-type]  # Wagtail's translation_key is untyped
                slug=slug,
                module_number=number,
                module_title=module.title,
                module_key=module.translation_key,
                position=position,
            )
            for position, (kind, key, slug) in enumerate(members)
        ]
    return pins


def _test(quiz: Quiz) -> tuple[str, object, str]:
    return ContentVersion.Kind.QUIZ, quiz.key, quiz.slug


def default_requirements(course: CoursePage, pins: Sequence[Pin]) -> list[RequirementFacts]:
    """The school's rule: 80 % of planned sessions, tests, outings, lessons, practicals, ethics."""
    lessons = sum(pin.kind == ContentVersion.Kind.LESSON for pin in pins)
    asked = {"module__in": course.modules(), "locale": course.locale}
    quizzes = Quiz.objects.filter(**asked).order_by("slug")
    rubrics = Rubric.objects.filter(**asked).order_by("code")
    return [
        RequirementFacts(
            Kind.ATTENDANCE, _("Attendance"), rules.ATTENDANCE_PERCENT, make_up_limit=rules.MAKE_UP_LIMIT
        ),
        *[
            RequirementFacts(Kind.QUIZ, quiz.title, quiz.pass_mark, str(quiz.key))
            for quiz in quizzes
            if quiz.counts
        ],
        RequirementFacts(Kind.OUTINGS, _("Field outings"), rules.OUTINGS),
        RequirementFacts(Kind.LESSONS, _("Lessons"), lessons),
        *[RequirementFacts(Kind.PRACTICAL, rubric.title, 1, str(rubric.key)) for rubric in rubrics],
        RequirementFacts(Kind.ETHICS, _("Ethics commitment")),
    ]


def facts_of_rule(requirements: Sequence[RequirementFacts]) -> list[dict[str, Any]]:
    """Requirements as a draft keeps them, with labels in plain text."""
    return [{**asdict(one), "label": str(one.label)} for one in requirements]


def rule_for(cohort: Cohort, pins: Sequence[Pin]) -> list[RequirementFacts]:
    """What the cohort will ask when it is opened now: the rule chosen for it, else the school's."""
    default = default_requirements(cohort.course.specific, pins)
    chosen = ChosenRule.objects.filter(cohort=cohort).first()
    if chosen is None:
        return default
    return [RequirementFacts(**fact) for fact in take_over(facts_of_rule(default), chosen.facts)]


@transaction.atomic
def choose_rule(*, cohort: Cohort, facts: Sequence[dict[str, Any]], by: Any, at: datetime) -> ChosenRule:
    """Choose the rule a cohort will be opened with. Raises Refused once it is frozen."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if cohort.opened_at is not None:
        raise Refused(_("This cohort is already open. Its rules and content are frozen."))
    for fact in facts:
        if fact["kind"] in PERCENT and not 1 <= fact["target"] <= 100:
            raise Refused(_("A per cent goes from 1 to 100."))
    old = ChosenRule.objects.filter(cohort=cohort).first()
    before = {"facts": old.facts} if old else {}
    if old is None or old.facts != list(facts):
        SchoolChange.objects.create(
            cohort=cohort,
            kind=SchoolChange.Kind.RULE,
            before=before,
            after={"facts": list(facts)},
            by=by,
            at=at,
        )
    trail.note(trail.Deed.RULE_CHOSEN, about=cohort, by=by, at=at, count=len(facts))
    return ChosenRule.objects.update_or_create(cohort=cohort, defaults={"facts": list(facts)})[0]


@transaction.atomic
def open_school(*, cohort: Cohort, at: datetime, by: Any | None = None) -> Cohort:
    """Open a cohort with the newest published content of its course and the rule chosen for it."""
    pins = pins_of(cohort.course.specific)
    if not pins:
        raise Refused(_("This course has no published lessons yet."))
    cohort = open_cohort(cohort=cohort, pins=pins, requirements=rule_for(cohort, pins), at=at)
    if by is not None:
        SchoolChange.objects.create(cohort=cohort, kind=SchoolChange.Kind.OPENED, by=by, at=at)
    trail.note(trail.Deed.SCHOOL_OPENED, about=cohort, by=by, at=at)
    return cohort


@dataclass(frozen=True)
class SessionPlan:
    """A session to lay out. `starts_at` is aware; `minutes` are those that count."""

    modality: str
    number: int
    title: str
    starts_at: datetime
    minutes: int
    is_planned: bool = True


def clock_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """This hour of the clock where the cohort meets. Raises Refused where the clocks jump over it."""
    try:
        return moment(day, at, zone)
    except NoSuchHour as error:
        raise Refused(
            _("On %(day)s the clocks are put forward and %(hour)s does not exist. Choose another hour.")
            % {"day": date_format(day, "j b Y"), "hour": str(error)}
        ) from error


@transaction.atomic
def plan_sessions(*, cohort: Cohort, plans: Sequence[SessionPlan]) -> list[ClassSession]:
    """Lay out sessions. Raises Refused for one outside the cohort's dates; nothing is saved then."""
    sessions = []
    for plan in plans:
        day = plan.starts_at.astimezone(cohort.zone).date()
        if not cohort.starts_on <= day <= cohort.ends_on:
            raise Refused(
                _("“%(title)s” is outside the cohort's dates. Nothing was saved.") % {"title": plan.title}
            )
        session = ClassSession(
            cohort=cohort,
            modality=plan.modality,
            number=plan.number,
            title=plan.title,
            starts_at=plan.starts_at,
            ends_at=ends_after(plan.starts_at, plan.minutes),
            minutes=plan.minutes,
            is_planned=plan.is_planned,
        )
        session.full_clean(exclude=["cohort"])
        sessions.append(session)
    return ClassSession.objects.bulk_create(sessions)
