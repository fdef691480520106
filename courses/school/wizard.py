"""Preparing a school step by step: a draft of answers, and the cohort that is made of them."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.pages.models import CoursePage
from courses.school.actions import (
    SessionPlan,
    choose_rule,
    clock_time,
    default_requirements,
    facts_of_rule,
    pins_of,
    plan_sessions,
)
from courses.school.changes import may_teach
from courses.school.hours import asked_of
from courses.school.models import SchoolDraft
from courses.school.plan import (
    Meeting,
    NoRoom,
    Pattern,
    holidays_around,
    in_order,
    lay_out,
    monday_of,
    move_over,
    pattern_of,
    share_titles,
)
from courses.school.rules import take_over
from courses.trail import actions as trail

KEPT = timedelta(days=30)  # a draft that nobody touched for so long is thrown away
Modality = ClassSession.Modality
USUAL = (  # how the school usually meets; how often follows from the minutes of the course
    Pattern(Modality.CLASS, 24, frozenset({1, 3}), time(11), 180),
    Pattern(Modality.OUTING, 6, frozenset({4}), time(16), 240, first_week=6),
    Pattern(Modality.TUTORING, 6, frozenset({2}), time(12), 60, first_week=2, every=2),
)


def as_json(meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """Meetings as a draft keeps them."""
    return [{**asdict(one), "day": one.day.isoformat(), "starts": f"{one.starts:%H:%M}"} for one in meetings]


def meetings_of(rows: Sequence[dict[str, Any]]) -> list[Meeting]:
    """Meetings as they were kept."""
    return [
        Meeting(
            row["modality"],
            date.fromisoformat(row["day"]),
            time.fromisoformat(row["starts"]),
            row["minutes"],
            row["title"],
        )
        for row in rows
    ]


def usual_patterns(course: CoursePage) -> list[Pattern]:
    """The usual weekdays and hours, as often as the minutes of this course ask."""
    asked = asked_of(course)
    if not any(asked.values()):
        return list(USUAL)
    return [replace(usual, count=-(-asked[usual.modality] // usual.minutes)) for usual in USUAL]


def patterns_for(course: CoursePage, answers: dict[str, Any]) -> list[Pattern]:
    """What the step of weekdays shows first: what the laid-out sessions follow, or the usual."""
    meetings = meetings_of(answers.get("meetings", []))
    if not meetings:
        return usual_patterns(course)
    first = date.fromisoformat(answers["starts_on"])
    return [
        pattern_of(meetings, usual.modality, first) or replace(usual, count=0)
        for usual in usual_patterns(course)
    ]


def free_days(answers: dict[str, Any]) -> frozenset[date]:
    """The days on which nobody meets: Mexico's days of rest unless she said no, and her own."""
    own = {date.fromisoformat(day) for day in answers.get("own_days", [])}
    first = date.fromisoformat(answers["starts_on"])
    return frozenset(own) | (holidays_around(first) if answers.get("mexican", True) else frozenset())


def titled(meetings: Sequence[Meeting], course: CoursePage) -> list[Meeting]:
    """Each meeting with a neutral title: classes after the modules, in proportion to their minutes."""
    classes = [meeting for meeting in meetings if meeting.modality == Modality.CLASS]
    weights = [(module.neutral_title, module.class_minutes) for module in course.modules()]
    modules = iter(share_titles(len(classes), weights))
    counts: dict[str, int] = {}
    found = []
    for meeting in meetings:
        kind = meeting.modality
        stem = next(modules) if kind == Modality.CLASS else ""
        counts[stem or kind] = number = counts.get(stem or kind, 0) + 1
        found.append(replace(meeting, title=_title(kind, stem, number)))
    return found


def _title(modality: str, stem: str, number: int) -> str:
    if stem:
        return f"{stem[:150]} · {number}"
    words = {
        Modality.CLASS: _("Class %(number)d"),
        Modality.OUTING: _("Field outing %(number)d"),
        Modality.TUTORING: _("Tutoring %(number)d"),
    }
    return words[Modality(modality)] % {"number": number}


def lay_out_anew(
    *, course: CoursePage, patterns: Sequence[Pattern], answers: dict[str, Any]
) -> list[Meeting]:
    """Every session of the patterns with its title. Raises Refused when there is no room for them."""
    first = date.fromisoformat(answers["starts_on"])
    try:
        return titled(lay_out(patterns, first, free_days(answers)), course)
    except NoRoom as error:
        raise Refused(_("There are not enough days. Choose more weekdays or fewer free days.")) from error


def move_all(*, meetings: Sequence[Meeting], was_first: date, answers: dict[str, Any]) -> list[Meeting]:
    """The sessions in the weeks of the new first day, none on a free day. Raises Refused without room."""
    first = date.fromisoformat(answers["starts_on"])
    try:
        return move_over(meetings, was_first=was_first, first=first, free=free_days(answers))
    except NoRoom as error:
        raise Refused(_("There are not enough days. Choose more weekdays or fewer free days.")) from error


def last_day(meetings: Sequence[Meeting]) -> date:
    """The Sunday after the last meeting."""
    return monday_of(max(meeting.day for meeting in meetings)) + timedelta(days=6)


@transaction.atomic
def start_draft(*, course: CoursePage, former: Cohort | None, by: Any, at: datetime) -> SchoolDraft:
    """A new draft, empty or with what a former cohort hands on. Drafts that lay for 30 days go away."""
    SchoolDraft.objects.filter(changed_at__lt=at - KEPT).delete()
    answers: dict[str, Any] = {"course": course.pk}
    if former is not None:
        answers |= _handed_on(former, course)
    return SchoolDraft.objects.create(by=by, answers=answers, changed_at=at)


def _handed_on(former: Cohort, course: CoursePage) -> dict[str, Any]:
    """What a copy takes over: place, seats, trainers, organisations, its sessions and its targets."""
    held = former.sessions.filter(is_planned=True, cancelled_at__isnull=True)
    local = [(session, session.starts_at.astimezone(former.zone)) for session in held]
    meetings = [
        Meeting(session.modality, at.date(), at.time().replace(tzinfo=None), session.minutes, session.title)
        for session, at in local
    ]
    default = facts_of_rule(default_requirements(course, pins_of(course)))
    return {
        "copy_of": former.pk,
        "place_code": former.place_code,
        "time_zone": former.time_zone,
        "seats": former.seats,
        "trainers": list(may_teach().filter(cohorts=former).values_list("pk", flat=True)),
        "issuer": former.issuer_id,
        "ally": former.ally_id,
        "authority": former.authority_id,
        "was_first": former.starts_on.isoformat(),
        "former": as_json(in_order(meetings)),
        "facts": take_over(default, former_rule(former)) if former.opened_at else default,
    }


def former_rule(cohort: Cohort) -> list[dict[str, Any]]:
    """The frozen rule of a cohort, as facts."""
    return [
        {
            "kind": row.kind,
            "label": row.label,
            "target": row.target,
            "subject": str(row.subject) if row.subject else None,
            "make_up_limit": row.make_up_limit,
        }
        for row in cohort.requirements.all()
    ]


def keep_answers(*, draft: SchoolDraft, answers: dict[str, Any], at: datetime) -> SchoolDraft:
    """Store what a step answered beside what the others did."""
    draft.answers, draft.changed_at = {**draft.answers, **answers}, at
    draft.save(update_fields=["answers", "changed_at"])
    return draft


@transaction.atomic
def create_school(*, draft: SchoolDraft, by: Any, at: datetime) -> Cohort:
    """The cohort with its sessions and the rule chosen, not open yet; the draft is gone then.

    Raises Refused when something became impossible meanwhile, or when it was created already.
    """
    found = SchoolDraft.objects.select_for_update().filter(pk=draft.pk, by=by).first()
    if found is None:
        raise Refused(_("This school was created already."))
    answers = found.answers
    cohort = Cohort(
        course_id=answers["course"],
        **{name: answers.get(name) for name in ("name", "place_code", "time_zone", "seats")},
        starts_on=date.fromisoformat(answers["starts_on"]),
        ends_on=date.fromisoformat(answers["ends_on"]),
        issuer_id=answers["issuer"],
        ally_id=answers.get("ally"),
        authority_id=answers.get("authority"),
    )
    try:
        cohort.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    cohort.save()
    cohort.trainers.set(may_teach().filter(pk__in=answers.get("trainers", [])))
    plan_sessions(cohort=cohort, plans=_plans(cohort, meetings_of(answers["meetings"])))
    choose_rule(cohort=cohort, facts=answers["facts"], by=by, at=at)
    found.delete()
    trail.note(trail.Deed.SCHOOL_CREATED, about=cohort, by=by, at=at)
    return cohort


def _plans(cohort: Cohort, meetings: Sequence[Meeting]) -> list[SessionPlan]:
    """The meetings as sessions, numbered in the order of time within their modality."""
    numbers: dict[str, int] = {}
    plans = []
    for meeting in in_order(meetings):
        numbers[meeting.modality] = number = numbers.get(meeting.modality, 0) + 1
        plans.append(
            SessionPlan(
                modality=meeting.modality,
                number=number,
                title=meeting.title,
                starts_at=clock_time(meeting.day, meeting.starts, cohort.zone),
                minutes=meeting.minutes,
            )
        )
    return plans
