"""To the authority and back: sending lines, and her answer to each of them. No oficio, no recognition."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from certificates.actas import access, standing
from certificates.actas.actions import locked, one_hand_words, reason_of, require
from certificates.actas.models import (
    Acta,
    ActaLine,
    LineStep,
    Recognition,
    Sending,
    UnrecognisedIssue,
)
from certificates.actas.oficio import check_pdf, sealed
from certificates.errors import Refused
from courses.api import Deed, note

State, Kind, Standing = Acta.State, LineStep.Kind, standing.Standing


@transaction.atomic
def send_lines(
    *,
    acta: Acta,
    channel: str,
    manifest_sha256: str = "",
    packed: Collection[int] | None = None,
    by: Any,
    at: datetime,
) -> Sending:
    """Send to the authority every line that waits for it.

    Raises Refused before approval, without an authority, after the decision to do without it, and when
    nothing waits — but for a packet, which may be made again of what was sent. `packed`: the ids of the
    waiting lines that the packet holds; others than wait now are refused.
    """
    acta = locked(acta)
    require(access.can_send(by))
    if acta.state not in access.DECIDED:
        raise Refused(_("Only an approved acta is sent to the authority."))
    if not acta.facts["authority"]:
        raise Refused(_("This cohort names no health authority."))
    if UnrecognisedIssue.objects.filter(acta=acta).exists():
        raise Refused(_("It was decided to issue this acta without the authority."))
    is_packet = Sending.Channel(channel) == Sending.Channel.PACKET
    if is_packet and not manifest_sha256:
        raise ValueError("A packet is noted with the hash of its manifest.")
    lines = standing.of_acta(acta)
    waiting = [one.line for one in lines if one.standing == Standing.TO_SEND]
    was_sent = any(one.outside in standing.OUTSIDE for one in lines)
    if not waiting and not (is_packet and was_sent):
        raise Refused(_("No line waits to be sent."))
    if packed is not None and set(packed) != {line.pk for line in waiting}:
        raise Refused(_("A line changed while the packet was made. Make it again."))
    sending = Sending.objects.create(
        acta=acta, channel=channel, manifest_sha256=manifest_sha256, by=by, at=at
    )
    LineStep.objects.bulk_create(
        LineStep(line=line, kind=Kind.SENT, sending=sending, by=by, at=at) for line in waiting
    )
    if acta.state == State.APPROVED:
        acta.state = State.SENT
        acta.save(update_fields=["state"])
    note(Deed.LINES_SENT, about=acta, by=by, at=at, count=len(waiting), channel=channel)
    return sending


@transaction.atomic
def answer_lines(
    *,
    acta: Acta,
    accepted: Collection[int] = (),
    returned: Mapping[int, str] | None = None,
    oficio_number: str = "",
    oficio_date: date | None = None,
    oficio: "UploadedFile[bytes] | None" = None,
    by: Any,
    at: datetime,
    is_on_behalf: bool = False,
) -> Recognition | None:
    """Note the authority's answer to lines that were sent: by their ids, accepted, or returned with a reason.

    Accepting needs her oficio; without one only returns are noted, and None comes back. `is_on_behalf`: the
    coordinator writes down what came on paper. Raises Refused for the wrong role, a line that does not wait
    for an answer, a missing reason or a bad oficio.
    """
    acta, returned = locked(acta), dict(returned or {})
    require(access.can_send(by) if is_on_behalf else access.can_answer(by, acta))
    if not is_on_behalf and not access.stands_apart(by, acta.proposed_by, acta.decided_by):
        raise Refused(one_hand_words())
    waiting = {one.line.pk: one.line for one in standing.of_acta(acta) if one.standing == Standing.SENT}
    if not accepted and not returned:
        raise Refused(_("Answer at least one line."))
    if set(accepted) & returned.keys():
        raise Refused(_("A line is either accepted or returned."))
    if not (set(accepted) | returned.keys()) <= waiting.keys():
        raise Refused(_("One of these lines does not wait for an answer. Open the acta again."))
    reasons = {pk: reason_of(reason) for pk, reason in returned.items()}
    recognition = None
    if accepted or oficio is not None:
        recognition = _recognition(acta, oficio_number, oficio_date, oficio, by, at, is_on_behalf)
    steps = [_step(waiting[pk], Kind.ACCEPTED, recognition, "", by, at) for pk in sorted(accepted)]
    steps += [
        _step(waiting[pk], Kind.RETURNED, recognition, reason, by, at) for pk, reason in reasons.items()
    ]
    LineStep.objects.bulk_create(steps)
    told = {"accepted": len(accepted), "returned": len(returned), "is_on_behalf": is_on_behalf}
    note(Deed.LINES_ANSWERED, about=acta, by=by, at=at, **told)
    return recognition


def _step(
    line: ActaLine, kind: str, recognition: Recognition | None, reason: str, by: Any, at: datetime
) -> LineStep:
    return LineStep(line=line, kind=kind, recognition=recognition, reason=reason, by=by, at=at)


def _recognition(
    acta: Acta,
    number: str,
    day: date | None,
    oficio: "UploadedFile[bytes] | None",
    by: Any,
    at: datetime,
    is_on_behalf: bool,
) -> Recognition:
    """The oficio, checked by its content and kept sealed under a neutral name."""
    number = " ".join(number.split())
    if not number:
        raise Refused(_("Write the oficio's number."))
    if day is None:
        raise Refused(_("Write the oficio's date."))
    if day > localdate(at):
        raise Refused(_("The oficio's date lies in the future."))
    if oficio is None:
        raise Refused(_("Attach the oficio as PDF: without it no line is accepted."))
    scan = sealed(check_pdf(oficio), acta.pk)
    return Recognition.objects.create(
        acta=acta,
        authority=acta.facts["authority"],
        oficio_number=number,
        oficio_date=day,
        **scan,
        is_on_behalf=is_on_behalf,
        by=by,
        at=at,
    )
