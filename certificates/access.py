"""May this person propose, approve, recognise, issue, revoke, see."""

from typing import Any

from django.db import models

from certificates.models import Acta, Certificate
from courses import api


def can_propose(user: Any) -> bool:
    return bool(user.has_perm("certificates.propose_acta"))


def can_approve(user: Any, acta: Acta) -> bool:
    """Whoever may approve actas, but never the one she proposed herself."""
    return bool(user.has_perm("certificates.approve_acta")) and acta.proposed_by_id != user.pk


def can_recognise(user: Any) -> bool:
    return bool(user.has_perm("certificates.recognise_acta"))


def can_issue(user: Any) -> bool:
    return bool(user.has_perm("certificates.issue_acta"))


def can_revoke(user: Any) -> bool:
    return bool(user.has_perm("certificates.revoke_certificate"))


def can_see_everyone(user: Any) -> bool:
    """Coordinators and administrators see the whole acta; the authority sees graduates and totals."""
    return bool(user.has_perm("certificates.propose_acta") or user.has_perm("certificates.approve_acta"))


def can_download(user: Any, certificate: Certificate) -> bool:
    """The holder, and staff who may see diplomas."""
    if not user.is_authenticated:
        return False
    if user.has_perm("certificates.view_certificate"):
        return True
    person_id = api.person_id_of(user)
    return person_id is not None and person_id == certificate.line.person_id


def visible_actas(user: Any) -> models.QuerySet[Acta]:
    """All of them for the school's desk; for the authority those that were approved; none for others."""
    if can_see_everyone(user):
        return Acta.objects.all()
    if user.has_perm("certificates.view_acta"):
        return Acta.objects.filter(state__in=[Acta.State.APPROVED, Acta.State.ISSUED])
    return Acta.objects.none()
