"""Taking in what phones send, each event once; and settling by hand what could not be counted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from courses.errors import Refused
from courses.people.models import Person
from courses.sync import rules, sealing, staff_effects
from courses.sync.effects import BY_HAND, NotCounted, Subject, act, find
from courses.sync.models import SyncEvent, SyncEventQuerySet
from courses.sync.rules import Box, Event, Malformed
from courses.sync.sealing import Ring
from courses.sync.tickets import Owner, owner_of
from courses.trail import actions as trail

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
    is_staffs: bool = False


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
        owner = owner_of(rules.read_ticket(plain), None)
        if owner is None:
            return _keep_nobodys(box, "bad_event", at)
        arrived = _arrived(owner, event=box.id, digest=_digest(owner, plain), received_at=at)
        return _known(arrived, box) or _keep(arrived, box, "bad_event")
    owner = owner_of(event.ticket, event.device)
    if owner is None:
        return _keep_nobodys(box, "bad_ticket", at)
    return _judge(event, owner, box, at)


def _arrived(owner: Owner, **facts: Any) -> SyncEvent:
    return SyncEvent(person=owner.person, staff=owner.staff, **facts)


def _keep_nobodys(box: Box, code: str, at: datetime) -> Result:
    digest = salted_hmac("sync.box", box.data, algorithm="sha256").hexdigest()
    if SyncEvent.objects.filter(event=box.id, digest=digest).exists():
        return Result(id=str(box.id), status=Status.REJECTED, code=code)
    return _keep(SyncEvent(event=box.id, digest=digest, received_at=at), box, code)


def _digest(owner: Owner, said: Any) -> str:
    """A keyed hash of what an event says and of whom; not of its ticket, which may be a newer one."""
    return salted_hmac("sync.event", f"{owner.said} {said}", algorithm="sha256").hexdigest()


def _judge(event: Event, owner: Owner, box: Box, at: datetime) -> Result:
    """Her row is locked: no other event of hers is judged meanwhile."""
    said = (event.device, event.seq, event.at, event.kind, sorted(_flat(event)))
    arrived = _arrived(
        owner,
        event=event.id,
        digest=_digest(owner, said),
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
            arrived.status, arrived.code = _apply(event, owner, arrived, at)
    except NotCounted as error:
        return _keep(arrived, box, str(error))
    except (OperationalError, InterfaceError):
        raise  # the database cannot answer now: it comes again
    except Exception as error:
        # A fault of ours in one event must not stop the others, and must not lose her work.
        log.exception("an event of a phone failed: %s", type(error).__name__)
        return _keep(arrived, box, "failed")
    if arrived.status == Status.REJECTED:  # a part of it waits for a human
        return _keep(arrived, box, arrived.code)
    arrived.enrolment = arrived.version = arrived.session = None
    arrived.save()
    return _result(arrived, arrived.status)


def _flat(event: Event) -> list[tuple[str, str]]:
    """The facts in a fixed order."""
    answers = event.facts.get("answers", {})
    rest = [(name, str(value)) for name, value in event.facts.items() if name != "answers"]
    return [*rest, *((f"answers.{question}", option) for question, option in answers.items())]


def _known(arrived: SyncEvent, box: Box) -> Result | None:
    """The answer to an event that came before: the same again, or a refusal when it says something else."""
    earlier = list(_of_owner(arrived).filter(event=arrived.event))
    same = next((one for one in earlier if one.digest == arrived.digest), None)
    if same is None:
        return _keep(arrived, box, "id_reused") if earlier else None
    if same.status == Status.APPLIED:
        return _result(same, Status.AGAIN, code="" if same.outcome else same.code)
    return _result(same, same.status)


def _result(event: SyncEvent, status: str, *, code: str | None = None, is_kept: bool = True) -> Result:
    return Result(
        id=str(event.event),
        status=status,
        code=event.code if code is None else code,
        is_kept=is_kept,
        is_staffs=event.staff_id is not None,
    )


def _of_owner(arrived: SyncEvent) -> SyncEventQuerySet:
    """Everything of her whose event this is."""
    return SyncEvent.objects.filter(person=arrived.person, staff=arrived.staff)


def _apply(event: Event, owner: Owner, arrived: SyncEvent, at: datetime) -> tuple[str, str]:
    """Do it, unless this phone said something later about the same: status and code. Raises NotCounted."""
    subject = _find(event, owner)
    _say_what(arrived, subject)
    if _is_overtaken(arrived, subject):
        return Status.SUPERSEDED, ""
    if isinstance(subject, staff_effects.Subject):
        status, code = staff_effects.act(event, subject, arrived)
    else:
        status, code = act(event, subject, at), ""
    arrived.slot = subject.slot
    return status, code


def _find(event: Event, owner: Owner) -> Subject | staff_effects.Subject:
    """What it is about. Who studies keeps no register, and the team does not study. Raises NotCounted."""
    if (event.kind in rules.STAFF_KINDS) != (owner.person is None):
        raise NotCounted("not_allowed")
    return find(event, owner.person) if owner.person else staff_effects.find(event, owner.staff)


def _say_what(arrived: SyncEvent, subject: Subject | staff_effects.Subject) -> None:
    arrived.enrolment, arrived.version = subject.enrolment, subject.version
    arrived.session = subject.session if isinstance(subject, staff_effects.Subject) else None


def _is_overtaken(arrived: SyncEvent, subject: Subject | staff_effects.Subject) -> bool:
    slots = [slot for slot in (subject.slot, subject.after) if slot]
    same_phone = _of_owner(arrived).filter(device=arrived.device)
    later = same_phone.filter(slot__in=slots, seq__gt=arrived.seq, status=Status.APPLIED)
    return bool(slots) and later.exists()


def _keep(arrived: SyncEvent, box: Box, code: str) -> Result:
    """Refuse, and keep the box for a human as it came: sealed. So many and no more: nobody fills the disk."""
    waiting = _of_owner(arrived).waiting()
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
    arrived.code = code
    return _result(arrived, Status.REJECTED, is_kept=is_kept)


@transaction.atomic
def accept_by_hand(*, kept: SyncEvent, by: Any, at: datetime) -> SyncEvent:
    """Count what came at the wrong time (effects.BY_HAND) after all. Raises Refused with the reason."""
    kept = _waiting(kept)
    owner = Owner(person=kept.person, staff=kept.staff)
    if kept.code not in BY_HAND or owner == Owner():
        raise Refused(_("This cannot be counted by hand. Note it as settled once you have talked with her."))
    try:
        box = rules.read_box(kept.box)
        event = rules.read_event(sealing.unseal(box, sealing.key_ring([box.kid])), box.id)
        with transaction.atomic():
            subject = _find(event, owner)
            if _is_overtaken(kept, subject):
                raise NotCounted("overtaken")
            if isinstance(subject, staff_effects.Subject):
                staff_effects.act(event, subject, kept, by_hand_at=at)
            else:
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
    if kept.staff_id is not None:
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=kept.staff_id)
    locked = SyncEvent.objects.waiting().select_for_update().filter(pk=kept.pk).first()
    if locked is None:
        raise Refused(_("Somebody has settled this already."))
    return locked


def _settle(kept: SyncEvent, outcome: str, by: Any, at: datetime) -> SyncEvent:
    kept.box, kept.outcome, kept.settled_by, kept.settled_at = None, outcome, by, at
    kept.save(update_fields=["status", "slot", "box", "outcome", "settled_by", "settled_at"])
    trail.note(trail.Deed.EVENT_SETTLED, about=kept, by=by, at=at, outcome=outcome)
    return kept
