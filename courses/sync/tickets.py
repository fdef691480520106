"""Whose work this is: a signed word that a phone gets while its owner is signed in, and puts into each event.

A ticket opens nothing: it only lets work be handed in, as hers, from that phone. It does not run out,
because a phone may be without signal for months; whether the work counts is asked event by event. Of the
team's tickets the same is true: what she may do in a cohort is asked when it arrives, not when she left.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core import signing
from django.utils.crypto import salted_hmac

from courses.people.models import Person

SALT, STAFF_SALT = "sync.ticket", "sync.staff"


def make_ticket(person: Person, device: UUID) -> str:
    """A ticket of this woman for this phone."""
    return signing.dumps([person.pk.hex, device.hex], salt=SALT)


def make_staff_ticket(staff: Any, device: UUID) -> str:
    """A ticket of one of the team for this phone."""
    return signing.dumps([staff.pk, device.hex], salt=STAFF_SALT)


@dataclass(frozen=True)
class Owner:
    """Whose an event is: a woman who studies, or one of the team."""

    person: Person | None = None
    staff: Any = None

    @property
    def said(self) -> str:
        """Her, for the hash of an event."""
        return self.person.pk.hex if self.person else f"staff {self.staff.pk}"


def owner_of(ticket: str, device: UUID | None) -> Owner | None:
    """Whose ticket it is, her row locked until the transaction ends; None when it is forged, of another
    phone (where `device` is known), or she is gone."""
    person = _named(ticket, device, SALT)
    if person is not None:
        return _person(person)
    staff = _named(ticket, device, STAFF_SALT)
    return _staff(staff) if staff is not None else None


def _named(ticket: str, device: UUID | None, salt: str) -> Any:
    """Whom a ticket of this kind names; None when it is none."""
    try:
        named, phone = signing.loads(ticket, salt=salt)
        return None if device is not None and UUID(phone) != device else named
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def _person(named: Any) -> Owner | None:
    try:
        wanted = UUID(named)
    except (ValueError, TypeError, AttributeError):
        return None
    person = Person.objects.select_for_update(no_key=True).filter(pk=wanted).first()
    return Owner(person=person) if person else None


def _staff(named: Any) -> Owner | None:
    """Also of an account that was closed since: what she did waits for a human."""
    if type(named) is not int:
        return None
    staff = get_user_model()._default_manager.select_for_update(no_key=True).filter(pk=named).first()
    return Owner(staff=staff) if staff else None


def opaque_id(person: Person, device: UUID | None) -> str:
    """A name for this woman on this phone that tells nothing and that no other phone knows."""
    seen = f"{person.pk.hex}:{device.hex if device else ''}"
    return salted_hmac("sync.person", seen, algorithm="sha256").hexdigest()[:32]
