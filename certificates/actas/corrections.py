"""A line is put right by a new line that takes its place: corrected by one person, approved by another."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import payload
from certificates.actas import access, standing
from certificates.actas.actions import (
    add_line,
    locked,
    one_hand_words,
    outcome_digest,
    reason_of,
    require,
    with_name,
)
from certificates.actas.models import Acta, ActaLine, LineStep
from certificates.errors import Refused
from courses import api
from courses.api import Deed, note

Kind, Standing = LineStep.Kind, standing.Standing
DIPLOMA = "diploma"
# Not while the authority has it, and not what has a successor or was left out for good.
OPEN = {
    Standing.RETURNED,
    Standing.TO_SEND,
    Standing.TO_APPROVE,
    Standing.INTERNAL,
    Standing.IN_REVIEW,
    Standing.ACCEPTED,
}


def can_be_corrected(one: standing.LineStanding) -> bool:
    """A decided line that the authority is not looking at and that has no diploma yet."""
    return one.standing in OPEN and not any(
        certificate.kind == DIPLOMA for certificate in one.line.certificates.all()
    )


@transaction.atomic
def correct_line(
    *,
    line: ActaLine,
    name: str = "",
    exception_reason: str = "",
    reason: str,
    seen: str = "",
    by: Any,
    at: datetime,
) -> ActaLine:
    """Take a line's place with a fresh decision from the records of today; an administrator approves it.

    `name`: as it must stand, else as it stood. `exception_reason`: decide the opposite of the rule.
    `seen`: the `outcome_digest` of the decision she read. Raises Refused for the wrong role, before approval
    of the acta, while the authority has the line, after its diploma was issued, when her enrolment is gone,
    or when the records gave another outcome since.
    """
    acta = locked(line.acta)
    require(access.can_propose(by))
    one = _current(acta, line)
    if acta.state not in access.DECIDED:
        raise Refused(_("A proposal is returned as a whole; single lines are corrected after approval."))
    if not can_be_corrected(one):
        raise Refused(_("This line cannot be corrected now."))
    if one.line.key.wrapped is None:
        raise Refused(_("What named her in this acta was erased. Nothing can be corrected any more."))
    why, decision = reason_of(reason), fresh_decision(acta, one.line)
    if seen and seen != outcome_digest([decision]):
        raise Refused(_("The records changed since you looked. Look at the decision again."))
    try:
        wanted = payload.printable_name(name or one.line.name)
    except ValueError as error:
        raise Refused(_("This name has signs that cannot be printed. Write it again.")) from error
    corrected = add_line(
        acta,
        with_name(decision, wanted),
        position=line.position,
        exception=reason_of(exception_reason) if exception_reason.strip() else None,
        supersedes=one.line,
        by=by,
        at=at,
    )
    LineStep.objects.create(line=corrected, kind=Kind.CORRECTED, reason=why, by=by, at=at)
    note(Deed.LINE_CORRECTED, about=corrected, by=by, at=at, acta=acta.pk, line=one.line.pk)
    return corrected


def _current(acta: Acta, line: ActaLine) -> standing.LineStanding:
    """The line as it stands now, read under the acta's lock."""
    return standing.of_line(acta, ActaLine.objects.select_related("key").get(pk=line.pk, acta=acta))


def fresh_decision(acta: Acta, line: ActaLine) -> api.DecisionFacts:
    """What the rule says of her now. Raises Refused when her records are gone or the rules changed."""
    decision = api.decision(line.enrolment_id) if line.enrolment_id else None
    if decision is None or api.are_records_over(acta.cohort_id, timezone.now()):
        raise Refused(_("Her records are not here any more, so that nothing can be decided anew."))
    if api.cohort_facts(acta.cohort_id).rule_version != acta.rule_version:
        raise Refused(_("The rules of this cohort changed after the acta. A line cannot follow other rules."))
    return decision


@transaction.atomic
def approve_correction(
    *, line: ActaLine, has_read_exceptions: bool = False, by: Any, at: datetime
) -> LineStep:
    """Approve a corrected line. Raises Refused for who made it, and when nothing waits for approval."""
    acta = locked(line.acta)
    require(access.may_approve(by))
    if line.steps.filter(kind=Kind.CORRECTED, by=by).exists():
        raise Refused(_("Whoever corrected a line cannot approve it. Ask another administrator."))
    if not access.can_approve_correction(by, line):
        raise Refused(one_hand_words())
    one = _current(acta, line)
    if one.standing != Standing.TO_APPROVE or line.supersedes_id is None:
        raise Refused(_("This line does not wait for approval."))
    if hasattr(one.line, "exception") and not has_read_exceptions:
        raise Refused(_("This line has an exception. Read it and say that you did."))
    step: LineStep = LineStep.objects.create(line=one.line, kind=Kind.APPROVED, by=by, at=at)
    note(Deed.CORRECTION_APPROVED, about=one.line, by=by, at=at, acta=acta.pk)
    return step


@transaction.atomic
def leave_out(*, line: ActaLine, reason: str, by: Any, at: datetime) -> LineStep:
    """Accept that the authority does not recognise a returned line: no diploma comes of it.

    It takes away what an administrator had approved, so an administrator does it. Raises Refused else.
    """
    acta = locked(line.acta)
    require(access.may_approve(by))
    if _current(acta, line).standing != Standing.RETURNED:
        raise Refused(_("Only a line that the authority returned can be left out."))
    step: LineStep = LineStep.objects.create(
        line=line, kind=Kind.LEFT_OUT, reason=reason_of(reason), by=by, at=at
    )
    note(Deed.LINE_LEFT_OUT, about=line, by=by, at=at, acta=acta.pk)
    return step
