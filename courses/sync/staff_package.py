"""What the team takes along: the registers of these days, the practicals with what came out before, outings.

Names as the women use them, and nothing else about them. A constant number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from courses.assessments.models import Observation
from courses.attendance import rules
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.access import visible_cohorts
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.people.rules import account_name

BEFORE, AFTER = timedelta(days=7), timedelta(days=14)
REGISTER, PRACTICALS = "courses.keep_register", "courses.observe_practical"


def has_desk(user: Any) -> bool:
    """May note something in some cohort."""
    return bool(user.has_perm(REGISTER) or user.has_perm(PRACTICALS))


def team_package(user: Any, at: datetime) -> dict[str, Any]:
    """Everything that `user` may note from a week ago to two weeks ahead, cohort by cohort.

    Of a cohort where she stands in for somebody: those sessions and their names, and nothing else.
    """
    own = _cohorts(user, at)
    may_register, may_observe = user.has_perm(REGISTER), user.has_perm(PRACTICALS)
    sessions = _sessions(own, user, at) if may_register else []
    cohorts = sorted({*own, *(session.cohort for session in sessions)}, key=lambda one: (one.name, one.pk))
    women = list(Enrolment.objects.active().filter(cohort__in=cohorts).select_related("person"))
    women.sort(key=lambda woman: (woman.person.name, woman.pk))
    marks = _marks(sessions, women)
    rubrics = _rubrics(own) if may_observe else []
    taught = {cohort.pk for cohort in own}
    results = _results(woman for woman in women if woman.cohort_id in taught) if may_observe else {}
    trainers = _trainers(own)
    return {
        "me": user.pk,
        "cohorts": [
            {
                "id": cohort.pk,
                "name": cohort.name,
                "zone": cohort.time_zone,
                "women": [
                    {
                        "id": str(woman.pk),
                        "name": woman.person.name,
                        "since": woman.starts_on.isoformat(),
                    }
                    for woman in women
                    if woman.cohort_id == cohort.pk
                ],
                "sessions": [
                    _session(session, marks[session.pk])
                    for session in sessions
                    if session.cohort_id == cohort.pk
                ],
                "rubrics": [
                    {**_rubric(pin), "results": results.get((cohort.pk, pin.key), {})}
                    for pin in rubrics
                    if pin.cohort_id == cohort.pk
                ],
                "trainers": [one for one in trainers[cohort.pk] if one["id"] != user.pk],
            }
            for cohort in cohorts
        ],
    }


def _cohorts(user: Any, at: datetime) -> list[Cohort]:
    """Hers that are open and have something to note now."""
    found = visible_cohorts(user).filter(
        opened_at__isnull=False, starts_on__lte=(at + AFTER).date(), ends_on__gte=(at - BEFORE).date()
    )
    return list(found)


def _sessions(own: Iterable[Cohort], user: Any, at: datetime) -> list[ClassSession]:
    """Those of her own cohorts, and those that she gives in the place of somebody else."""
    found = ClassSession.objects.filter(Q(cohort__in=own) | Q(substitution__user=user.pk))
    found = found.filter(
        cancelled_at__isnull=True, starts_at__gte=at - BEFORE, starts_at__lte=at + AFTER
    ).exclude(cohort__opened_at=None)
    return list(found.select_related("cohort"))


def _session(session: ClassSession, marks: dict[str, list[Any]]) -> dict[str, Any]:
    """A session with the marks in force: {enrolment: [status, minutes late, record, by, when]}."""
    starts = session.starts_at.astimezone(session.cohort.zone)
    return {
        "id": session.pk,
        "modality": session.modality,
        "number": session.number,
        "title": session.title,
        "starts_at": session.starts_at.isoformat(),
        "day": starts.date().isoformat(),
        "begins": f"{starts:%H:%M}",
        "ends": f"{session.ends_at.astimezone(session.cohort.zone):%H:%M}",
        "minutes": session.minutes,
        "marks": marks,
    }


def _marks(sessions: list[ClassSession], women: list[Enrolment]) -> dict[int, dict[str, list[Any]]]:
    """The marks in force of each session."""
    minutes = {session.pk: session.minutes for session in sessions}
    here = {woman.pk for woman in women}
    found: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    records = AttendanceRecord.objects.current().filter(session__in=sessions).select_related("by")
    for record in records:
        if record.enrolment_id in here:
            late = minutes[record.session_id] - record.minutes if record.status == rules.LATE else 0
            found[record.session_id][str(record.enrolment_id)] = [
                record.status,
                late,
                record.pk,
                account_name(record.by),
                record.at.isoformat(),
            ]
    return found


def _rubrics(cohorts: Iterable[Cohort]) -> list[CohortContent]:
    pins = CohortContent.objects.filter(cohort__in=cohorts, kind=ContentVersion.Kind.RUBRIC)
    return list(pins.select_related("version"))


def _rubric(pin: CohortContent) -> dict[str, Any]:
    """A rubric as it is judged."""
    content = pin.version.content
    steps = [
        {"id": step["id"], "text": step["text"], "is_critical": step["is_critical"]}
        for step in content["steps"]
    ]
    return {
        "key": str(pin.key),
        "title": pin.version.title,
        "module": pin.module_number,
        "scale": content["scale"],
        "levels": content.get("levels", []),
        "pass_score": content["pass_score"],
        "steps": steps,
    }


def _results(women: Iterable[Enrolment]) -> dict[tuple[int, Any], dict[str, list[list[Any]]]]:
    """What came out before, in short: by cohort and rubric, {enrolment: [[points, passed, day], …]}."""
    found: dict[tuple[int, Any], dict[str, list[list[Any]]]] = {}
    by_id = {woman.pk: woman for woman in women}
    owners = Enrolment.objects.all().chains(by_id.values())
    seen = Observation.objects.filter(enrolment__in=owners).select_related("enrolment__cohort")
    for one in seen.order_by("at", "pk").defer("scores"):
        woman = by_id[owners[one.enrolment_id]]
        of_rubric = found.setdefault((woman.cohort_id, one.rubric_key), {})
        day = one.at.astimezone(one.enrolment.cohort.zone).date().isoformat()
        of_rubric.setdefault(str(woman.pk), []).append([one.points, one.has_passed, day])
    return found


def _trainers(cohorts: Iterable[Cohort]) -> dict[int, list[dict[str, Any]]]:
    """Who may be the second assessor, by cohort."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    teaching = Cohort.trainers.through.objects.filter(cohort__in=cohorts).values_list("cohort_id", "user_id")
    pairs = list(teaching)
    users = (
        get_user_model()._default_manager.filter(is_active=True).in_bulk({user for _cohort, user in pairs})
    )
    for cohort, user in pairs:
        if user in users:
            found[cohort].append({"id": user, "name": account_name(users[user])})
    return found
