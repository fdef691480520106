"""Taking in what phones send, each event once; and settling by hand what could not be counted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from courses.errors import Refused
from courses.people.models import Person
from courses.sync import rules, sealing
from courses.sync.effects import BY_HAND, NotCounted, Subject, act, find
from courses.sync.models import SyncEvent
from courses.sync.rules import Box, Event, Malformed
from courses.sync.sealing import Ring
from courses.sync.tickets import owner_of

log = logging.getLogger(__name__)
Status = SyncEvent.Status
MALFORMED, LATER = "malformed", "later"


@dataclass(frozen=True)
class Result:
    """What became of one box. `is_kept`: the server has it, counted or for a human; else the phone must."""

    id: str | None
    status: str
    code: str = ""
    is_kept: bool = True


def receive(*, boxes: Sequence[Any], at: datetime) -> list[Result]:
    """One result for each box, in order. Never raises for what is in a box."""
    found = [_read(value) for value in boxes]
    ring = sealing.key_ring(box.kid for box in found if isinstance(box, Box))
    return [_take_in(box, ring, at) if isinstance(box, Box) else box for box in found]


def _read(value: Any) -> Box | Result:
    try:
        return rules.read_box(value)
    except Malformed:
        return Result(id=_id_of(value), status=MALFORMED, is_kept=False)


def _id_of(value: Any) -> str | None:
    """The id to answer under, where there is one."""
    try:
        return str(rules.read_id(value.get("id"))) if isinstance(value, dict) else None
    except Malformed:
        return None


def _take_in(box: Box, ring: Ring, at: datetime) -> Result:
    """Judge one box in a transaction of its own; a database that cannot answer now means «later»."""
    try:
        with transaction.atomic():
            return _open(box, ring, at)
    except DatabaseError as error:
        log.warning("an event of a phone must come again: %s", type(error).__name__)
        return Result(id=str(box.id), status=LATER, is_kept=False)


def _open(box: Box, ring: Ring, at: datetime) -> Result:
    """Find out whose it is and what it says. What belongs to nobody is judged anew each time it comes."""
    try:
        plain = sealing.unseal(box, ring)
    except sealing.UnknownKey:
        return _keep_nobodys(box, "unknown_key", at)
    except sealing.Unreadable:
        return _keep_nobodys(box, "unreadable", at)
    try:
        event = rules.read_event(plain, box.id)
    except Malformed:
        person = owner_of(rules.read_ticket(plain), None)
        if person is None:
            return _keep_nobodys(box, "bad_event", at)
        arrived = SyncEvent(event=box.id, digest=_digest(person, plain), person=person, received_at=at)
        return _known(arrived, box) or _keep(arrived, box, "bad_event")
    person = owner_of(event.ticket, event.device)
    if person is None:
        return _keep_nobodys(box, "bad_ticket", at)
    return _judge(event, person, box, at)


def _keep_nobodys(box: Box, code: str, at: datetime) -> Result:
    digest = salted_hmac("sync.box", box.data, algorithm="sha256").hexdigest()
    if SyncEvent.objects.filter(event=box.id, digest=digest).exists():
        return Result(id=str(box.id), status=Status.REJECTED, code=code)
    return _keep(SyncEvent(event=box.id, digest=digest, received_at=at), box, code)


def _digest(person: Person, said: Any) -> str:
    """A keyed hash of what an event says and of whom; not of its ticket, which may be a newer one."""
    return salted_hmac("sync.event", f"{person.pk.hex} {said}", algorithm="sha256").hexdigest()


def _judge(event: Event, person: Person, box: Box, at: datetime) -> Result:
    """Her row is locked: no other event of hers is judged meanwhile."""
    said = (event.device, event.seq, event.at, event.kind, sorted(_flat(event)))
    arrived = SyncEvent(
        event=event.id,
        digest=_digest(person, said),
        person=person,
        device=event.device,
        seq=event.seq,
        kind=event.kind,
        phone_time=event.at,
        received_at=at,
    )
    known = _known(arrived, box)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            arrived.status = _apply(event, person, arrived, at)
    except NotCounted as error:
        return _keep(arrived, box, str(error))
    except (OperationalError, InterfaceError):
        raise  # the database cannot answer now: it comes again
    except Exception as error:
        # A fault of ours in one event must not stop the others, and must not lose her work.
        log.exception("an event of a phone failed: %s", type(error).__name__)
        return _keep(arrived, box, "failed")
    arrived.enrolment = arrived.version = None
    arrived.save()
    return Result(id=str(event.id), status=arrived.status)


def _flat(event: Event) -> list[tuple[str, str]]:
    """The facts in a fixed order."""
    answers = event.facts.get("answers", {})
    rest = [(name, str(value)) for name, value in event.facts.items() if name != "answers"]
    return [*rest, *((f"answers.{question}", option) for question, option in answers.items())]


def _known(arrived: SyncEvent, box: Box) -> Result | None:
    """The answer to an event that came before: the same again, or a refusal when it says something else."""
    earlier = list(SyncEvent.objects.filter(person=arrived.person, event=arrived.event))
    same = next((one for one in earlier if one.digest == arrived.digest), None)
    if same is None:
        return _keep(arrived, box, "id_reused") if earlier else None
    if same.status == Status.APPLIED:
        return Result(id=str(arrived.event), status=Status.AGAIN)
    return Result(id=str(arrived.event), status=same.status, code=same.code)


def _apply(event: Event, person: Person, arrived: SyncEvent, at: datetime) -> str:
    """Do it, unless this phone said something later about the same. Raises NotCounted."""
    subject = find(event, person)
    arrived.enrolment, arrived.version = subject.enrolment, subject.version
    if _is_overtaken(arrived, subject):
        return Status.SUPERSEDED
    status = act(event, subject, at)
    arrived.slot = subject.slot
    return status


def _is_overtaken(arrived: SyncEvent, subject: Subject) -> bool:
    slots = [slot for slot in (subject.slot, subject.after) if slot]
    same_phone = SyncEvent.objects.filter(person=arrived.person, device=arrived.device)
    later = same_phone.filter(slot__in=slots, seq__gt=arrived.seq, status=Status.APPLIED)
    return bool(slots) and later.exists()


def _keep(arrived: SyncEvent, box: Box, code: str) -> Result:
    """Refuse, and keep the box for a human as it came: sealed. So many and no more: nobody fills the disk."""
    waiting = SyncEvent.objects.waiting().filter(person=arrived.person)
    is_kept = waiting.count() < settings.SYNC_KEPT_PER_OWNER
    if is_kept:
        arrived.status, arrived.code = Status.REJECTED, code
        arrived.box = {
            "id": str(box.id),
            "kid": box.kid,
            "epk": sealing.b64u(box.epk),
            "iv": sealing.b64u(box.iv),
            "data": sealing.b64u(box.data),
        }
        arrived.save()
    return Result(id=str(box.id), status=Status.REJECTED, code=code, is_kept=is_kept)


@transaction.atomic
def accept_by_hand(*, kept: SyncEvent, by: Any, at: datetime) -> SyncEvent:
    """Count what came at the wrong time (effects.BY_HAND) after all. Raises Refused with the reason."""
    kept = _waiting(kept)
    if kept.code not in BY_HAND or kept.person is None:
        raise Refused(_("This cannot be counted by hand. Note it as settled once you have talked with her."))
    box = rules.read_box(kept.box)
    try:
        event = rules.read_event(sealing.unseal(box, sealing.key_ring([box.kid])), box.id)
        with transaction.atomic():
            subject = find(event, kept.person)
            if _is_overtaken(kept, subject):
                raise NotCounted("overtaken")
            act(event, subject, at, by_hand=True)
    except (NotCounted, Malformed, sealing.UnknownKey, sealing.Unreadable) as error:
        raise Refused(
            _("It cannot be counted any more. Note it as settled once you have talked with her.")
        ) from error
    kept.status, kept.slot = Status.APPLIED, subject.slot
    return _settle(kept, SyncEvent.Outcome.ACCEPTED, by, at)


@transaction.atomic
def note_settled(*, kept: SyncEvent, by: Any, at: datetime) -> SyncEvent:
    """Close it without counting; what it said is thrown away. Raises Refused when it was settled before."""
    return _settle(_waiting(kept), SyncEvent.Outcome.NOTED, by, at)


def _waiting(kept: SyncEvent) -> SyncEvent:
    """The event, it and its person locked. Raises Refused."""
    if kept.person_id is not None:
        Person.objects.select_for_update(no_key=True).get(pk=kept.person_id)
    locked = SyncEvent.objects.waiting().select_for_update().filter(pk=kept.pk).first()
    if locked is None:
        raise Refused(_("Somebody has settled this already."))
    return locked


def _settle(kept: SyncEvent, outcome: str, by: Any, at: datetime) -> SyncEvent:
    kept.box, kept.outcome, kept.settled_by, kept.settled_at = None, outcome, by, at
    kept.save(update_fields=["status", "slot", "box", "outcome", "settled_by", "settled_at"])
    return kept
