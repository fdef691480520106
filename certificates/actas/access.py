"""May this person propose, approve, send, answer, correct, review, see an acta."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from certificates.actas.models import Acta, ActaLine, LineStep, Sending
from courses import api

REVIEW_DAYS = 10
DECIDED = [Acta.State.APPROVED, Acta.State.SENT, Acta.State.ISSUED]


def can_propose(user: Any) -> bool:
    """Coordinators; they correct what was returned, too."""
    return bool(user.has_perm("certificates.propose_acta"))


def may_approve(user: Any) -> bool:
    """Whoever approves actas, corrections and reviews at all."""
    return bool(user.has_perm("certificates.approve_acta"))


def can_approve(user: Any, acta: Acta) -> bool:
    """Whoever may approve actas, but never the one she proposed, herself or through another account."""
    return may_approve(user) and stands_apart(user, acta.proposed_by)


def can_approve_correction(user: Any, line: ActaLine) -> bool:
    """Whoever may approve actas, but never a line that she corrected, herself or through another account."""
    made = line.steps.filter(kind=LineStep.Kind.CORRECTED).select_related("by")
    return may_approve(user) and stands_apart(user, *(step.by for step in made))


def stands_apart(user: Any, *others: Any) -> bool:
    """Is she another person than each of these, as far as the audit trail can tell (docs/security.md)?"""
    return not one_hand(user, others)


def one_hand(user: Any, others: Iterable[Any]) -> set[int]:
    """Which of these accounts do not count as other people than she is, by their ids. One query."""
    return api.one_hand(user, others, timezone.now())


def can_send(user: Any) -> bool:
    """Coordinators: send to the authority, and record the answer that came on paper."""
    return bool(user.has_perm("certificates.send_acta"))


def can_recognise(user: Any) -> bool:
    """The authority's officer."""
    return bool(user.has_perm("certificates.recognise_acta"))


def can_answer(user: Any, acta: Acta) -> bool:
    """An officer of the very authority that this acta is for; the cohort's is frozen when it opens."""
    return can_recognise(user) and acta.cohort.authority_id in api.authorities_of(user)


def can_waive(user: Any) -> bool:
    """Whoever issues may decide not to wait for the authority."""
    return bool(user.has_perm("certificates.issue_acta"))


def can_see_everyone(user: Any) -> bool:
    """Coordinators and administrators see the whole acta."""
    return bool(user.has_perm("certificates.propose_acta") or user.has_perm("certificates.approve_acta"))


def visible_actas(user: Any) -> models.QuerySet[Acta]:
    """The school's desk: all of them for coordinators and administrators, none for others."""
    return Acta.objects.all() if can_see_everyone(user) else Acta.objects.none()


def authority_actas(user: Any) -> models.QuerySet[Acta]:
    """The authority's portal: the actas that were sent to hers there; none for whoever is no officer."""
    if not can_recognise(user):
        return Acta.objects.none()
    sent = Acta.objects.filter(sendings__channel=Sending.Channel.PORTAL, state__in=DECIDED)
    return sent.filter(cohort__authority__in=api.authorities_of(user)).distinct()


def decided_lines(user: Any) -> models.QuerySet[ActaLine]:
    """The decisions in force about this person herself, once they were approved; one for each acta."""
    person_id = api.person_id_of(user)
    if person_id is None:
        return ActaLine.objects.none()
    approved = ActaLine.objects.filter(person_id=person_id, acta__state__in=DECIDED).filter(
        models.Q(supersedes__isnull=True) | models.Q(steps__kind=LineStep.Kind.APPROVED)
    )
    newest = approved.values("acta").annotate(newest=models.Max("pk")).values("newest")
    return ActaLine.objects.filter(pk__in=newest).select_related("acta", "key")


def review_ends(line: ActaLine) -> datetime | None:
    """Until when she may ask for a review: ten days from the approval of the decision about her."""
    if line.supersedes_id is None:
        start = line.acta.decided_at
    else:
        step = line.steps.filter(kind=LineStep.Kind.APPROVED).first()
        start = step.at if step else None
    return start + timedelta(days=REVIEW_DAYS) if start else None


def can_ask_review(user: Any, line: ActaLine, at: datetime) -> bool:
    """Only about herself, only within ten days, only once."""
    if api.person_id_of(user) != line.person_id or hasattr(line, "review"):
        return False
    ends = review_ends(line)
    return ends is not None and at <= ends
