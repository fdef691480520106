"""Whose work this is: a signed word that a phone gets while its owner is signed in, and puts into each event.

A ticket opens nothing: it only lets work be handed in, as hers, from that phone. It does not run out,
because a phone may be without signal for months; whether the work counts is asked event by event.
"""

from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

from courses.people.models import Person

SALT = "sync.ticket"


def make_ticket(person: Person, device: UUID) -> str:
    """A ticket of this woman for this phone."""
    return signing.dumps([person.pk.hex, device.hex], salt=SALT)


def owner_of(ticket: str, device: UUID | None) -> Person | None:
    """Whose ticket it is, her row locked until the transaction ends; None when it is forged, of another
    phone (where `device` is known), or she is gone."""
    try:
        person, phone = signing.loads(ticket, salt=SALT)
        if device is not None and UUID(phone) != device:
            return None
        wanted = UUID(person)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return Person.objects.select_for_update(no_key=True).filter(pk=wanted).first()


def opaque_id(person: Person, device: UUID | None) -> str:
    """A name for this woman on this phone that tells nothing and that no other phone knows."""
    seen = f"{person.pk.hex}:{device.hex if device else ''}"
    return salted_hmac("sync.person", seen, algorithm="sha256").hexdigest()[:32]
