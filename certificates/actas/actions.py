"""Proposing, approving and returning an acta. Each act is one transaction that locks the acta first."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates import payload
from certificates.actas import access, ledger
from certificates.actas.models import Acta, ActaLine, LineException, Recognition, UnrecognisedIssue
from certificates.actas.wording import signatory
from certificates.errors import Refused
from certificates.keys import sealing
from courses import api
from courses.api import Deed, note

State = Acta.State
REASON = 300  # the longest reason


def require(is_allowed: bool) -> None:
    """Raises Refused when a role may not do something."""
    if not is_allowed:
        raise Refused(_("Your role may not do this."))


def locked(acta: Acta) -> Acta:
    """The acta, locked until this transaction ends."""
    return Acta.objects.select_for_update().get(pk=acta.pk)


def reason_of(text: str) -> str:
    """A reason as it is kept. Raises Refused when there is none."""
    if not (reason := " ".join(text.split())[:REASON]):
        raise Refused(_("Write the reason: it stays in the record."))
    return reason


def one_hand_words() -> str:
    """Why two accounts do not count as two people (courses/trail/hands.py)."""
    return _(
        "One of you made the other's account less than %(made)s days ago, or gave its way in back less than "
        "%(given)s days ago. Somebody else must do this, or you when that time is over."
    ) % {"made": api.MADE_DAYS, "given": api.GIVEN_BACK_DAYS}


@transaction.atomic
def propose_acta(
    *, cohort_id: int, exceptions: Mapping[UUID, str] | None = None, seen: str = "", by: Any, at: datetime
) -> Acta:
    """Freeze what the rule says of everybody in the cohort.

    `exceptions`: enrolment → reason, where the decision is the opposite of what the rule says; the evidence
    stays as it is. `seen`: the `outcome_digest` of what she read before. Raises Refused if an acta is
    already in force, or if the records gave another outcome since she read them.
    """
    require(access.can_propose(by))
    facts = api.cohort_facts(cohort_id)
    if not facts.rule_version:
        raise Refused(_("This cohort has not been opened: it has no rules to decide by."))
    if api.are_records_over(cohort_id, at):
        raise Refused(
            _("The records of this cohort were kept as long as they may be. Nothing can be decided now.")
        )
    with override(facts.language):
        decisions, proposer = api.decisions(cohort_id, for_acta=True), signatory(by)
    if not decisions:
        raise Refused(_("Nobody is enrolled in this cohort."))
    if seen and seen != outcome_digest(decisions):
        raise Refused(_("The records changed since you looked. Look at the decisions again."))
    declared = {person: reason_of(reason) for person, reason in (exceptions or {}).items()}
    if not declared.keys() <= {decision.enrolment_id for decision in decisions}:
        raise Refused(_("An exception names somebody who is not in this cohort any more."))
    try:
        with transaction.atomic():
            acta = Acta.objects.create(
                cohort_id=cohort_id,
                facts=_acta_facts(facts),
                rule_version=facts.rule_version,
                proposed_by=by,
                proposed_at=at,
                proposer=proposer,
            )
    except IntegrityError as error:
        raise Refused(_("This cohort already has an acta.")) from error
    for position, decision in enumerate(decisions, start=1):
        add_line(
            acta, decision, position=position, exception=declared.get(decision.enrolment_id), by=by, at=at
        )
    note(Deed.ACTA_PROPOSED, about=acta, by=by, at=at, count=len(decisions), exceptions=len(declared))
    return acta


def outcome_digest(decisions: Sequence[api.DecisionFacts]) -> str:
    """One hash of who graduates and who does not, to tell whether it is still what somebody read."""
    return payload.digest({str(one.enrolment_id): one.is_complete for one in decisions})


def _acta_facts(facts: api.CohortFacts) -> dict[str, Any]:
    """What the acta says of the course, as JSON."""
    return {
        "cohort": facts.name,
        "course_code": facts.course_code,
        "title": facts.title,
        "language": facts.language,
        "starts_on": facts.starts_on.isoformat(),
        "ends_on": facts.ends_on.isoformat(),
        "issuer": facts.issuer,
        "ally": facts.ally,
        "authority": facts.authority,
        "minutes": facts.minutes,
        "minutes_by_modality": facts.minutes_by_modality,
        "modules": [asdict(module) for module in facts.modules],
        "contents": facts.contents,
        "content_digest": facts.content_digest,
        "is_demo": facts.is_demo,
    }


def add_line(
    acta: Acta,
    decision: api.DecisionFacts,
    *,
    position: int,
    exception: str | None = None,
    supersedes: ActaLine | None = None,
    by: Any,
    at: datetime,
) -> ActaLine:
    """A line with its sealed name and its evidence; with `exception` it says the opposite of the rule."""
    name = decision.printed_name or decision.name  # her legal name where she wants that one on her diploma
    with suppress(ValueError):  # kept as it is then; who issues is told that it cannot be printed
        name = payload.printable_name(name)
    key = sealing.new_key()
    key.save()
    line = ActaLine.objects.create(
        acta=acta,
        enrolment_id=decision.enrolment_id,
        person_id=decision.person_id,
        position=position,
        key=key,
        sealed_name=sealing.seal(key, name.encode(), context=str(decision.person_id)),
        is_graduate=decision.is_complete is not bool(exception),
        minutes=decision.minutes,
        supersedes=supersedes,
    )
    if exception:
        LineException.objects.create(line=line, reason=exception, by=by, at=at)
    ledger.write(line, decision, acta.rule_version)
    return line


def with_name(decision: api.DecisionFacts, name: str) -> api.DecisionFacts:
    """The same decision under another name."""
    return replace(decision, name=name)


@transaction.atomic
def approve_acta(*, acta: Acta, has_read_exceptions: bool = False, by: Any, at: datetime) -> Acta:
    """Approve a proposal.

    Raises Refused for its own author, when it is not waiting for approval, or when it has exceptions that
    she does not say she read.
    """
    acta = locked(acta)
    if acta.proposed_by_id == by.pk:
        raise Refused(_("Whoever proposed an acta cannot approve it. Ask another administrator."))
    require(access.may_approve(by))
    if not access.can_approve(by, acta):
        raise Refused(one_hand_words())
    if acta.state != State.PROPOSED:
        raise Refused(_("This acta is not waiting for approval."))
    if not has_read_exceptions and LineException.objects.filter(line__acta=acta).exists():
        raise Refused(_("This acta has exceptions. Read them and say that you did."))
    with override(acta.facts["language"]):
        acta.approver = signatory(by)
    acta.state, acta.decided_by, acta.decided_at = State.APPROVED, by, at
    acta.save(update_fields=["state", "decided_by", "decided_at", "approver"])
    note(Deed.ACTA_APPROVED, about=acta, by=by, at=at)
    return acta


@transaction.atomic
def return_acta(*, acta: Acta, reason: str, by: Any, at: datetime) -> Acta:
    """Give a proposal back to the coordinator, who corrects the records and proposes anew."""
    acta = locked(acta)
    require(access.may_approve(by) and acta.proposed_by_id != by.pk)
    if acta.state != State.PROPOSED:
        raise Refused(_("This acta is not waiting for approval."))
    acta.state, acta.decided_by, acta.decided_at = State.RETURNED, by, at
    acta.note = reason_of(reason)
    acta.save(update_fields=["state", "decided_by", "decided_at", "note"])
    note(Deed.ACTA_RETURNED, about=acta, by=by, at=at)
    return acta


@transaction.atomic
def issue_without_recognition(*, acta: Acta, reason: str, by: Any, at: datetime) -> UnrecognisedIssue:
    """Record the decision not to wait for the authority. The diplomas will carry no recognition line."""
    acta = locked(acta)
    require(access.can_waive(by))
    if acta.state not in {State.APPROVED, State.SENT}:
        raise Refused(_("Only an approved acta can be issued."))
    if Recognition.objects.filter(acta=acta).exists():
        raise Refused(_("This acta has the authority's recognition. Issue it with it."))
    if UnrecognisedIssue.objects.filter(acta=acta).exists():
        raise Refused(_("This decision was already recorded."))
    note(Deed.ACTA_WAIVED, about=acta, by=by, at=at)
    return UnrecognisedIssue.objects.create(acta=acta, reason=reason_of(reason), by=by, at=at)
