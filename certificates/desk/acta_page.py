"""What the page of an acta shows: its way, who may do what now, its lines by what each of them waits for."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.actas import access, corrections, standing, summary, wording
from certificates.actas.models import Acta, ActaLine
from certificates.actas.standing import LineStanding, Standing
from certificates.awards import access as award_access

State = Acta.State
DIPLOMA = "diploma"
course_facts = summary.programme


def state_in_words(acta: Any) -> str:
    """Where an acta stands and what it waits for; loaded `with_counts`."""
    if acta.state == State.PROPOSED:
        return _("waits for approval")
    if acta.state == State.RETURNED:
        return _("returned to the coordinator")
    if acta.returned or acta.to_approve:
        return _("some lines are being corrected")
    if acta.ready:
        return _("ready to issue")
    if acta.waiting:
        return _("waits for the authority")
    if acta.to_send:
        return _("waits to be sent")
    if acta.making:
        return _("diplomas are being made")
    return str(acta.get_state_display())


def waits_for(user: Any, acta: Any) -> list[str]:
    """What this acta (loaded `with_counts`) waits for from this person, the most urgent first."""
    if acta.state == State.PROPOSED:
        is_hers = acta.proposed_by_id != user.pk  # the acta itself asks whether it is another person, too
        return [_("Read it and approve it")] if is_hers and access.may_approve(user) else []
    if acta.state == State.RETURNED:
        return []
    has_authority = bool(acta.facts["authority"])
    found = [
        (acta.reviews and access.may_approve(user), _("Answer a review")),
        (acta.to_approve and access.may_approve(user), _("Approve a correction")),
        (acta.returned and access.can_propose(user), _("Correct what was returned")),
        (acta.to_send and has_authority and access.can_send(user), _("Send it to the authority")),
        (acta.ready and award_access.can_issue(user), _("Issue the diplomas")),
    ]
    return [words for is_so, words in found if is_so]


def load(acta: Acta) -> list[LineStanding]:
    """The lines of an acta with everything that its page shows. A constant number of queries."""
    return standing.of_acta(
        acta,
        "evidence",
        "registrations",
        "certificates__deliveries",
        "certificates__document",
        *summary.AWARDS,
    )


# --- its way --------------------------------------------------------------------------------------
def steps_of(acta: Acta, lines: Sequence[LineStanding]) -> list[dict[str, Any]]:
    """The way of an acta, step by step: each done, going on or still to come, with who, when, how many."""
    first = _step(_("Proposed"), acta.proposed_by.get_username(), acta.proposed_at)
    decider = acta.decided_by.get_username() if acta.decided_by else ""
    if acta.state == State.RETURNED:
        return [first, _step(_("Returned"), decider, acta.decided_at)]
    steps = [first, _step(_("Approved"), decider, acta.decided_at)]
    steps += _outside(acta, lines)
    graduates = [one for one in lines if one.line.is_graduate and one.standing not in AWAY]
    diplomas = [_diploma(one.line) for one in graduates]
    total = len(graduates)
    steps += [
        _part(_("Registered"), sum(bool(one.line.registrations.all()) for one in graduates), total),
        _part(_("Diplomas issued"), sum(_is_made(one.line) for one in graduates), total),
        _part(_("Handed over"), sum(bool(found and found.deliveries.all()) for found in diplomas), total),
    ]
    for step in steps:
        if not step["is_done"]:
            step["is_current"] = True
            break
    return steps


AWAY = {Standing.SUPERSEDED, Standing.LEFT_OUT}


def _outside(acta: Acta, lines: Sequence[LineStanding]) -> list[dict[str, Any]]:
    """What concerns the authority: sent and answered, or the decision to do without."""
    if hasattr(acta, "unrecognised_issue"):
        waived = acta.unrecognised_issue
        return [_step(_("Without the authority"), waived.by.get_username(), waived.at)]
    graduates = [one for one in lines if one.line.is_graduate and one.standing not in AWAY]
    sent = [one for one in graduates if one.step(standing.Kind.SENT)]
    accepted = [one for one in graduates if one.recognition]
    return [
        _part(_("Sent"), len(sent), len(graduates)),
        _part(_("Accepted"), len(accepted), len(graduates)),
    ]


def _diploma(line: ActaLine) -> Any:
    return next((one for one in line.certificates.all() if one.kind == DIPLOMA), None)


def _is_made(line: ActaLine) -> bool:
    """Its diploma is decided, made and signed; a replacement that is being made does not undo that."""
    return any(one.kind == DIPLOMA and hasattr(one, "document") for one in line.certificates.all())


def _step(label: str, by: str, at: Any) -> dict[str, Any]:
    return {"label": label, "by": by, "at": at, "is_done": bool(at), "is_current": False}


def _part(label: str, done: int, total: int) -> dict[str, Any]:
    words = _("%(done)d of %(total)d") % {"done": done, "total": total} if done else ""
    is_done = bool(total) and done == total
    return {"label": label, "words": words, "is_done": is_done, "is_current": False}


# --- who may do what ------------------------------------------------------------------------------
def possible_acts(user: Any, acta: Acta, lines: Sequence[LineStanding]) -> dict[str, Any]:
    """Which buttons to show now, and why one is missing."""
    is_proposed, is_decided = acta.state == State.PROPOSED, acta.state in access.DECIDED
    is_own = acta.proposed_by_id == user.pk
    may_approve = is_proposed and access.can_approve(user, acta)
    has_authority, is_waived = bool(acta.facts["authority"]), hasattr(acta, "unrecognised_issue")
    where = [one.standing for one in lines]
    to_send, waiting = where.count(Standing.TO_SEND), where.count(Standing.SENT)
    was_sent = any(one.outside in standing.OUTSIDE for one in lines)
    answers = is_decided and access.can_send(user) and has_authority and not is_waived
    return {
        "approve": may_approve,
        "is_own": is_proposed and is_own,
        "is_one_hand": is_proposed and not is_own and access.may_approve(user) and not may_approve,
        "waits_for_another": is_proposed and not access.may_approve(user) and not is_own,
        "send": to_send if answers else 0,
        "packet": answers and bool(to_send or was_sent),
        "record": waiting if answers else 0,
        "waits_for_authority": waiting,
        "no_authority": is_decided and not has_authority and not is_waived,
        "waive": is_decided
        and not is_waived
        and acta.state != State.ISSUED
        and not acta.recognitions.exists()
        and access.can_waive(user),
        "papers": access.can_see_everyone(user),
    }


# --- its lines ------------------------------------------------------------------------------------
def groups_of(user: Any, acta: Acta, lines: Sequence[LineStanding]) -> list[dict[str, Any]]:
    """The lines in groups by what they wait for; groups without lines are left out."""
    numbers = standing.numbers(lines)
    steps = [one.step(standing.Kind.CORRECTED) for one in lines if one.standing == Standing.TO_APPROVE]
    hand = access.one_hand(user, [step.by for step in steps if step]) if access.may_approve(user) else set()
    found = []
    for wanted, title, waits in _groups(acta):
        rows = [_row(user, acta, one, numbers, hand) for one in lines if one.standing == wanted]
        if rows:
            found.append({"key": str(wanted), "title": title, "waits": waits, "rows": rows})
    return found


def _groups(acta: Acta) -> list[tuple[Standing, str, str]]:
    """(standing, title, what its lines wait for), those that somebody must act on first."""
    if acta.state in {State.PROPOSED, State.RETURNED}:
        return [(Standing.TO_APPROVE, _("Decisions"), "")]
    is_waived = hasattr(acta, "unrecognised_issue")
    to_send = (
        (_("Ready"), _("They wait for their diploma, without the authority."))
        if is_waived
        else (_("To be sent"), _("The coordinator sends them to the authority."))
    )
    return [
        (Standing.RETURNED, _("Returned by the authority"), _("The coordinator corrects them.")),
        (
            Standing.TO_APPROVE,
            _("Corrected"),
            _("An administrator who did not correct them approves them."),
        ),
        (Standing.IN_REVIEW, _("In review"), _("She asked for it; an administrator answers.")),
        (Standing.TO_SEND, *to_send),
        (Standing.SENT, _("With the authority"), _("They wait for her answer.")),
        (Standing.ACCEPTED, _("Accepted"), _("They have an oficio, and get their diploma.")),
        (Standing.LEFT_OUT, _("Left out"), _("The authority does not recognise them. They get no diploma.")),
        (
            Standing.INTERNAL,
            _("Do not graduate"),
            _("They get a statement of participation. Nobody outside the school reads about them."),
        ),
        (Standing.SUPERSEDED, _("Earlier decisions"), _("A correction took their place.")),
    ]


def _row(user: Any, acta: Acta, one: LineStanding, numbers: dict[int, int], hand: set[int]) -> dict[str, Any]:
    evidence = list(one.line.evidence.all())
    is_open = acta.state in access.DECIDED and corrections.can_be_corrected(one)
    corrected = one.step(standing.Kind.CORRECTED)
    review = getattr(one.line, "review", None)
    return {
        "line": one.line,
        "number": numbers.get(one.line.pk),
        "standing": one,
        "hours": summary.duration(one.line.minutes),
        "evidence": evidence,
        "unmet": [row for row in evidence if not row.is_met],
        "exception": wording.exception_of(one.line),
        "afterwards": summary.afterwards(acta, one.line),
        "review": review,
        "may_correct": is_open and access.can_propose(user),
        "may_approve": one.standing == Standing.TO_APPROVE
        and corrected is not None
        and corrected.by_id not in hand
        and access.may_approve(user),
        "may_erase": acta.state != State.PROPOSED
        and one.line.key.wrapped is not None
        and not one.line.certificates.all()
        and award_access.can_erase(user),
        "may_leave_out": one.standing == Standing.RETURNED and access.may_approve(user),
        "may_answer": review is not None and not hasattr(review, "answer") and access.may_approve(user),
    }


def count_of_graduates(lines: Sequence[LineStanding]) -> str:
    """How many of how many, in words."""
    in_force = [one for one in lines if one.standing != Standing.SUPERSEDED]
    total, graduates = len(in_force), sum(one.line.is_graduate for one in in_force)
    words = ngettext(
        "%(graduates)d of %(total)d woman graduates",
        "%(graduates)d of %(total)d women graduate",
        total,
    )
    return words % {"graduates": graduates, "total": total}
