"""Making up a missed class: agreed, done and credited, or called off."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from courses.attendance import rules as marks
from courses.attendance.actions import Mark, mark_register
from courses.attendance.figures import carried_marks
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.care.models import MakeUp
from courses.cohorts.models import Enrolment, Requirement
from courses.errors import Refused
from courses.trail import actions as trail

FURTHEST = timedelta(days=366)
MISSED = (marks.ABSENT, marks.EXCUSED)


def limit_of(cohort_id: int) -> int:
    """How many make-ups count by the rule of the cohort."""
    asked = Requirement.objects.filter(cohort_id=cohort_id, kind=Requirement.Kind.ATTENDANCE).first()
    return asked.make_up_limit if asked else 0


def used_by(enrolment: Enrolment) -> int:
    """How many of her classes are made up already or agreed to be, those of a former cohort too."""
    agreed = MakeUp.objects.standing().filter(enrolment=enrolment).values("session")
    hers = AttendanceRecord.objects.current().filter(enrolment=enrolment)
    here = Q(pk__in=agreed) | Q(pk__in=hers.filter(status=marks.MADE_UP).values("session"))
    brought = carried_marks(enrolment)
    made_up = [number for number, (status, _counts) in brought.items() if status == marks.MADE_UP]
    came = [number for number, (_status, counts) in brought.items() if counts and number not in made_up]
    there = Q(number__in=made_up) & ~Q(pk__in=hers.filter(counts=True).values("session"))
    return _planned(enrolment).filter(here | there).exclude(number__in=came).count()


def missed_sessions(enrolment: Enrolment) -> list[ClassSession]:
    """The planned classes she missed here and before, and has not agreed to make up, the newest first."""
    agreed = MakeUp.objects.standing().filter(enrolment=enrolment).values("session")
    missed = AttendanceRecord.objects.current().filter(enrolment=enrolment, status__in=MISSED)
    brought = [number for number, (_status, counts) in carried_marks(enrolment).items() if counts]
    return list(
        _planned(enrolment)
        .filter(pk__in=missed.values("session"))
        .exclude(pk__in=agreed)
        .exclude(number__in=brought)
        .order_by("-starts_at")
    )


def _planned(enrolment: Enrolment) -> QuerySet[ClassSession]:
    """The classes that the rule of her cohort is about."""
    return ClassSession.objects.required().filter(cohort_id=enrolment.cohort_id)


@transaction.atomic
def assign_make_up(
    *, enrolment: Enrolment, session: ClassSession, task: str, due_on: date, by: Any, at: datetime
) -> MakeUp:
    """Agree how she makes up a class she missed.

    Raises Refused beyond the rule's limit, for a class she did not miss, twice, or a day that makes no sense.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=enrolment.pk)
    )
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused(_("She has left this cohort."))
    if task not in MakeUp.Task.values:
        raise Refused(_("Choose from the list how she makes it up."))
    today = enrolment.cohort.today(at)
    if not today <= due_on <= today + FURTHEST:
        raise Refused(_("The day must be today or later, and within a year."))
    if session not in missed_sessions(enrolment):
        raise Refused(_("She did not miss this class, or it is agreed already."))
    limit = limit_of(enrolment.cohort_id)
    if used_by(enrolment) >= limit:
        raise Refused(_("By the rule of this cohort %(limit)d make-ups count at most.") % {"limit": limit})
    made = MakeUp.objects.create(
        enrolment=enrolment, session=session, task=task, due_on=due_on, assigned_by=by, assigned_at=at
    )
    trail.note(trail.Deed.MAKE_UP_AGREED, about=made, by=by, at=at)
    return made


@transaction.atomic
def finish_make_up(*, make_up: MakeUp, by: Any, at: datetime) -> MakeUp:
    """She made it up: the register says so from now on, and her hours are credited.

    Raises Refused when it was done or called off before, or when she was marked as there meanwhile.
    """
    make_up = _open(make_up)
    in_force = AttendanceRecord.objects.current().filter(
        session_id=make_up.session_id, enrolment_id=make_up.enrolment_id
    )
    record = in_force.first()
    if record is not None and record.status in {marks.PRESENT, marks.LATE}:
        raise Refused(_("The register says that she was there. Nothing is to be made up."))
    if record is None or record.status != marks.MADE_UP:
        mark_register(
            session=make_up.session, marks={make_up.enrolment_id: Mark(marks.MADE_UP)}, by=by, at=at
        )
    make_up.done_at, make_up.done_by, make_up.minutes = at, by, in_force.get().minutes
    make_up.save(update_fields=["done_at", "done_by", "minutes"])
    trail.note(trail.Deed.MAKE_UP_DONE, about=make_up, by=by, at=at)
    return make_up


@transaction.atomic
def drop_make_up(*, make_up: MakeUp, by: Any, at: datetime) -> MakeUp:
    """Call it off; another one may be agreed. Raises Refused when it was done or called off before."""
    make_up = _open(make_up)
    make_up.dropped_at, make_up.dropped_by = at, by
    make_up.save(update_fields=["dropped_at", "dropped_by"])
    trail.note(trail.Deed.MAKE_UP_DROPPED, about=make_up, by=by, at=at)
    return make_up


def _open(make_up: MakeUp) -> MakeUp:
    make_up = MakeUp.objects.select_for_update().get(pk=make_up.pk)
    if make_up.dropped_at is not None:
        raise Refused(_("This make-up was called off before."))
    if make_up.done_at is not None:
        raise Refused(_("This make-up was noted as done before."))
    return make_up
