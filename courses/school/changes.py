"""What changes while a school runs. Each change is done and written down in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from courses.attendance.actions import cancel_session
from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.school.actions import SessionPlan, plan_sessions
from courses.school.models import SchoolChange, Substitution
from courses.school.plan import ends_after
from courses.trail import actions as trail

Kind = SchoolChange.Kind
TRAINER = "trainer"  # the group whose members may teach


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes")


def facts_of(session: ClassSession) -> dict[str, Any]:
    """What history keeps of a session."""
    return {
        "modality": session.modality,
        "number": session.number,
        "title": session.title,
        "starts_at": _moment(session.starts_at),
        "minutes": session.minutes,
    }


@transaction.atomic
def add_sessions(
    *, cohort: Cohort, plans: Sequence[SessionPlan], by: Any, at: datetime
) -> list[ClassSession]:
    """Add sessions of one modality with the next free numbers; the numbers of `plans` are not used.

    Raises Refused for one outside the cohort's dates; nothing is saved then.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    numbers = dict(
        ClassSession.objects.filter(cohort=cohort)
        .order_by()
        .values_list("modality")
        .annotate(last=Max("number"))
    )
    numbered = []
    for plan in plans:
        numbers[plan.modality] = numbers.get(plan.modality, 0) + 1
        numbered.append(replace(plan, number=numbers[plan.modality]))
    sessions = plan_sessions(cohort=cohort, plans=numbered)
    SchoolChange.objects.bulk_create(
        SchoolChange(
            cohort=cohort,
            session=session,
            kind=Kind.PLANNED if session.is_planned else Kind.EXTRA,
            after=facts_of(session),
            by=by,
            at=at,
        )
        for session in sessions
    )
    trail.note(trail.Deed.SESSIONS_ADDED, about=cohort, by=by, at=at, count=len(sessions))
    return sessions


@transaction.atomic
def move_session(
    *, session: ClassSession, starts_at: datetime, minutes: int, by: Any, at: datetime
) -> ClassSession:
    """Hold a session at another moment, or longer or shorter.

    Raises Refused when it was cancelled, has marks, stays as it was or would leave the cohort's dates.
    """
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    cohort = Cohort.objects.get(pk=session.cohort_id)
    if session.is_cancelled:
        raise Refused(_("This session was cancelled. Add another session instead."))
    if session.records.exists():
        raise Refused(_("This session already has marks. Its date cannot be changed any more."))
    if (starts_at, minutes) == (session.starts_at, session.minutes):
        raise Refused(_("This is the date and hour it has already. Nothing was changed."))
    if not cohort.starts_on <= starts_at.astimezone(cohort.zone).date() <= cohort.ends_on:
        raise Refused(
            _("This day is outside the cohort's dates. Change its last day first. Nothing was saved.")
        )
    before = facts_of(session)
    session.starts_at, session.minutes = starts_at, minutes
    session.ends_at = ends_after(starts_at, minutes)
    session.full_clean(exclude=["cohort"])
    session.save(update_fields=["starts_at", "ends_at", "minutes"])
    _note(session=session, kind=Kind.MOVED, before=before, after=facts_of(session), by=by, at=at)
    trail.note(trail.Deed.SESSION_MOVED, about=session, by=by, at=at)
    return session


@transaction.atomic
def call_off(*, session: ClassSession, by: Any, at: datetime) -> ClassSession:
    """Take a session out of the plan and write it down. Raises Refused as `cancel_session` does."""
    before = facts_of(session)
    session = cancel_session(session=session, by=by, at=at)
    _note(session=session, kind=Kind.CANCELLED, before=before, by=by, at=at)
    return session


@transaction.atomic
def join_trainer(*, cohort: Cohort, trainer: Any, by: Any, at: datetime) -> Cohort:
    """A co-trainer joins: she sees the cohort from now on. Raises Refused for who does not teach or is in."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if not may_teach().filter(pk=trainer.pk).exists():
        raise Refused(_("This account is not an active trainer's."))
    if cohort.trainers.filter(pk=trainer.pk).exists():
        raise Refused(_("She is a trainer of this cohort already."))
    cohort.trainers.add(trainer)
    _note(cohort=cohort, kind=Kind.JOINED, after={"user": trainer.pk}, by=by, at=at)
    trail.note(trail.Deed.TRAINER_JOINED, about=cohort, by=by, at=at, account=trainer.key)
    return cohort


@transaction.atomic
def part_trainer(*, cohort: Cohort, trainer: Any, by: Any, at: datetime) -> Cohort:
    """A trainer leaves: from now on she does not see the cohort. Raises Refused when she is not in it."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if not cohort.trainers.filter(pk=trainer.pk).exists():
        raise Refused(_("She is not a trainer of this cohort."))
    cohort.trainers.remove(trainer)
    _note(cohort=cohort, kind=Kind.LEFT, before={"user": trainer.pk}, by=by, at=at)
    trail.note(trail.Deed.TRAINER_LEFT, about=cohort, by=by, at=at, account=trainer.key)
    return cohort


@transaction.atomic
def substitute(*, session: ClassSession, trainer: Any | None, by: Any, at: datetime) -> ClassSession:
    """Another trainer gives this one session; None takes it back. Raises Refused for nothing new."""
    session = ClassSession.objects.select_for_update().select_related("cohort").get(pk=session.pk)
    if session.is_cancelled:
        raise Refused(_("This session was cancelled. It needs no substitute."))
    if trainer is not None and not may_teach().filter(pk=trainer.pk).exists():
        raise Refused(_("This account is not an active trainer's."))
    if trainer is not None and session.cohort.trainers.filter(pk=trainer.pk).exists():
        raise Refused(_("She is a trainer of this cohort already. She needs no substitution."))
    old = Substitution.objects.filter(session=session).first()
    if (old.user_id if old else None) == (trainer.pk if trainer else None):
        raise Refused(_("This is how it stands already. Nothing was changed."))
    if trainer is None:
        Substitution.objects.filter(session=session).delete()
    else:
        Substitution.objects.update_or_create(session=session, defaults={"user": trainer})
    _note(
        session=session,
        kind=Kind.SUBSTITUTE,
        before={"user": old.user_id} if old else {},
        after={"user": trainer.pk} if trainer else {},
        by=by,
        at=at,
    )
    named = {"account": trainer.key} if trainer else {}
    trail.note(trail.Deed.SUBSTITUTE_NAMED, about=session, by=by, at=at, **named)
    return session


def may_teach() -> Any:
    """The active accounts of trainers, by name."""
    users = get_user_model()._default_manager
    return users.filter(groups__name=TRAINER, is_active=True).order_by("username")


def _note(
    *,
    kind: str,
    by: Any,
    at: datetime,
    session: ClassSession | None = None,
    cohort: Cohort | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> SchoolChange:
    """Add one row to the history of a session's cohort, or of a cohort."""
    change: SchoolChange = SchoolChange.objects.create(
        cohort_id=session.cohort_id if session else cohort.pk,  # type: ignore[union-attr]  # one is given
        session=session,
        kind=kind,
        before=before or {},
        after=after or {},
        by=by,
        at=at,
    )
    return change
