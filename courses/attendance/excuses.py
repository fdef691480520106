"""Notices in advance: somebody says that she cannot come, somebody else says yes or no."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.attendance.models import ClassSession, Excuse
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.tallies import rules
from courses.tallies.actions import count_reason
from courses.trail import actions as trail


@transaction.atomic
def ask_excuse(*, enrolment: Enrolment, session: ClassSession, reason: str, by: Any, at: datetime) -> Excuse:
    """Ask in advance; the reason only goes into the tally of the cohort.

    Raises Refused for a session that has begun, was cancelled or is not hers, and for a second notice.
    """
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    if session.cohort_id != enrolment.cohort_id or enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused(_("This session does not belong to this cohort."))
    if session.is_cancelled:
        raise Refused(_("This session was cancelled. No notice is needed."))
    if at >= session.starts_at:
        raise Refused(_("This session has already begun. Talk to the trainer: she notes it in the register."))
    if Excuse.objects.standing().filter(enrolment=enrolment, session=session).exists():
        raise Refused(_("This absence was already announced."))
    count_reason(cohort=session.cohort, kind=rules.EXCUSE, reason=reason)
    return Excuse.objects.create(enrolment=enrolment, session=session, asked_by=by, asked_at=at)


@transaction.atomic
def decide_excuse(*, excuse: Excuse, is_approved: bool, by: Any, at: datetime) -> Excuse:
    """Say yes or no, once. A yes makes the register propose «excused»; it marks nobody.

    Raises Refused when it was decided before, or by the woman herself.
    """
    excuse = Excuse.objects.select_for_update().select_related("enrolment__person").get(pk=excuse.pk)
    if excuse.is_approved is not None:
        raise Refused(_("This notice was already answered."))
    if excuse.enrolment.person.account_id == by.pk:
        raise Refused(_("Nobody answers her own notice."))
    excuse.is_approved, excuse.decided_by, excuse.decided_at = is_approved, by, at
    excuse.save(update_fields=["is_approved", "decided_by", "decided_at"])
    outcome = "approved" if is_approved else "refused"
    trail.note(trail.Deed.EXCUSE_ANSWERED, about=excuse, by=by, at=at, outcome=outcome)
    return excuse


def excused_ids(session: Any) -> set[UUID]:
    """The enrolments whose absence from `session` was approved in advance. One query."""
    approved = Excuse.objects.filter(session=session, is_approved=True)
    return set(approved.values_list("enrolment_id", flat=True))
