"""Papers handed over: which one, by whom, when. A lost paper is printed again from the same file."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas.actions import require
from certificates.actas.models import Acta
from certificates.awards import access, life
from certificates.awards.models import Certificate, CertificateQuerySet, Delivery
from certificates.errors import Refused
from courses.api import Deed, note

What = Delivery.What


@transaction.atomic
def deliver(*, certificate: Certificate, what: str = What.DIPLOMA, by: Any, at: datetime) -> Delivery:
    """Record that a paper was handed over: the diploma once, a reprint or a card as often as it is.

    Raises Refused before it is made, after revocation, replacement, suspension or erasure, and for a second
    «first» diploma or a reprint of one that was never handed over.
    """
    require(access.can_deliver(by))
    certificate = life.locked(certificate)
    life.require_standing(
        certificate,
        revoked=_("This diploma was revoked. It is not handed over."),
        replaced=_("This diploma was replaced. Hand over the one that took its place."),
    )
    if certificate.key.wrapped is None:
        raise Refused(_("What named her in this award was erased. There is no paper of it any more."))
    if not hasattr(certificate, "document"):
        raise Refused(_("This diploma is still being made."))
    if life.is_suspended(certificate):
        raise Refused(_("This diploma is suspended. It is not handed over meanwhile."))
    was_handed_over = Delivery.objects.filter(certificate=certificate, what=What.DIPLOMA).exists()
    if what == What.DIPLOMA and was_handed_over:
        raise Refused(_("This diploma was already handed over. For a lost paper, record a reprint."))
    if what == What.REPRINT and not was_handed_over:
        raise Refused(_("This diploma was never handed over. Record the delivery first."))
    note(Deed.DELIVERED, about=certificate, by=by, at=at, document=what)
    return Delivery.objects.create(certificate=certificate, what=what, by=by, at=at)


def deliverable(acta: Acta) -> CertificateQuerySet:
    """The diplomas and statements of an acta that are made, stand, and were not handed over yet."""
    given = Delivery.objects.filter(what=What.DIPLOMA).values("certificate_id")
    found = Certificate.objects.with_state().filter(
        acta=acta,
        document__isnull=False,
        revocation__isnull=True,
        replaced_by__isnull=True,
        erasure__isnull=True,
    )
    standing: CertificateQuerySet = found.exclude(pk__in=given).exclude(is_suspended=True)
    return standing.select_related("key", "registration").order_by("line__position", "folio")


@transaction.atomic
def deliver_many(*, acta: Acta, awards: Collection[UUID], by: Any, at: datetime) -> int:
    """Record that these diplomas of one acta were handed over together; what cannot be is left out.

    Raises Refused when none of them can be.
    """
    require(access.can_deliver(by))
    asked = Certificate.objects.select_for_update().filter(acta=acta, pk__in=awards).order_by("pk")
    locked = list(asked.values_list("pk", flat=True))
    chosen = [one.pk for one in deliverable(acta).filter(pk__in=locked)]
    if not chosen:
        raise Refused(_("Choose at least one diploma that was not handed over yet."))
    Delivery.objects.bulk_create(
        Delivery(certificate_id=pk, what=What.DIPLOMA, by=by, at=at) for pk in chosen
    )
    note(Deed.DELIVERED, about=acta, by=by, at=at, document=What.DIPLOMA, count=len(chosen))
    return len(chosen)
