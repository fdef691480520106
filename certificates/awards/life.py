"""What may happen to an award after it was issued. Each act is one transaction that locks the award first."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas.actions import locked as locked_acta
from certificates.actas.actions import require
from certificates.actas.models import LineStep
from certificates.awards import access, facts, register
from certificates.awards.actions import end_in_public, store_and_ring
from certificates.awards.models import Certificate, HolderChoice, Job, Revocation, SuspensionEvent
from certificates.credentials import status
from certificates.designs.actions import current_version
from certificates.errors import Refused
from certificates.log.models import LogEntry
from courses.api import Deed, note


def locked(certificate: Certificate) -> Certificate:
    """The award, locked until this transaction ends, with its acta, line and key."""
    found = Certificate.objects.select_for_update(of=("self",)).select_related("acta", "line", "key")
    locked: Certificate = found.get(pk=certificate.pk)
    return locked


def require_standing(certificate: Certificate, *, revoked: str, replaced: str) -> None:
    """Raises Refused, with the words given, when it was revoked or replaced."""
    if Revocation.objects.filter(certificate=certificate).exists():
        raise Refused(revoked)
    if Certificate.objects.filter(replaces=certificate).exists():
        raise Refused(replaced)


def require_settled(certificate: Certificate) -> None:
    """Raises Refused while it is being made; what failed for good is not tried again from here on."""
    if hasattr(certificate, "document"):
        return
    given_up = Job.objects.filter(certificate=certificate, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    if not given_up.update(state=Job.State.CANCELLED):
        raise Refused(_("This diploma is still being made. Wait until it is issued."))


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: Any, at: datetime) -> Revocation:
    """Take a diploma back, for a public category of reason. Shows at once.

    One that could not be made is annulled: it leaves no leaf in the log, for it was never issued.
    Raises Refused while it is being made, after it was replaced, and the second time.
    """
    require(access.can_revoke(by))
    certificate = locked(certificate)
    if reason not in Revocation.Reason.values:
        raise Refused(_("Choose a reason from the list."))
    require_standing(
        certificate,
        revoked=_("This diploma was already revoked."),
        replaced=_("This diploma was replaced. Revoke the one that took its place."),
    )
    require_settled(certificate)
    revocation = Revocation.objects.create(certificate=certificate, reason=reason, by=by, at=at)
    note(Deed.REVOKED, about=certificate, by=by, at=at, reason=reason)
    end_in_public(certificate, LogEntry.Type.REVOKE, at)
    return revocation


@transaction.atomic
def suspend_certificate(*, certificate: Certificate, by: Any, at: datetime) -> SuspensionEvent:
    """Say «suspended» to whoever verifies online, while something is looked into. Raises Refused if it is."""
    require(access.can_revoke(by))
    certificate = locked(certificate)
    require_standing(
        certificate,
        revoked=_("This diploma was revoked. There is nothing left to suspend."),
        replaced=_("This diploma was replaced. Suspend the one that took its place."),
    )
    if is_suspended(certificate):
        raise Refused(_("This diploma is already suspended."))
    note(Deed.SUSPENDED, about=certificate, by=by, at=at)
    return SuspensionEvent.objects.create(certificate=certificate, is_suspended=True, by=by, at=at)


@transaction.atomic
def lift_suspension(*, certificate: Certificate, by: Any, at: datetime) -> SuspensionEvent:
    """Say «valid» again. Raises Refused when it is not suspended."""
    require(access.can_revoke(by))
    certificate = locked(certificate)
    if not is_suspended(certificate):
        raise Refused(_("This diploma is not suspended."))
    note(Deed.SUSPENSION_LIFTED, about=certificate, by=by, at=at)
    return SuspensionEvent.objects.create(certificate=certificate, is_suspended=False, by=by, at=at)


def is_suspended(certificate: Certificate) -> bool:
    """Whether its last suspension stands. One query."""
    last = SuspensionEvent.objects.filter(certificate=certificate).last()
    return last is not None and last.is_suspended


@transaction.atomic
def replace_certificate(*, certificate: Certificate, name: str, by: Any, at: datetime) -> Certificate:
    """Issue the same award anew under the name she uses now. The old folio will say «replaced».

    The new one goes before every batch. Raises Refused for one that is revoked, replaced, suspended, erased
    or not made yet, and for a name that is the same or cannot be printed.
    """
    require(access.can_revoke(by))
    locked_acta(certificate.acta)  # an erasure of hers comes before or after, never between
    old = locked(certificate)
    require_standing(
        old,
        revoked=_("A revoked diploma cannot be replaced."),
        replaced=_("This diploma was already replaced."),
    )
    if old.key.wrapped is None:
        raise Refused(_("What named her in this award was erased. It cannot be replaced any more."))
    if is_suspended(old):
        raise Refused(_("This diploma is suspended. Lift the suspension or revoke it."))
    if not name.strip():
        raise Refused(_("Write the name that the new diploma will carry."))
    if " ".join(name.split()) == old.name:
        raise Refused(_("The diploma already carries this name. For a lost paper, record a reprint."))
    require_settled(old)
    new = facts.certificate(_grounds_of_replacement(old, by, at), name=name.strip(), by=by, at=at)
    store_and_ring([new], at, is_urgent=True)
    note(Deed.REPLACED, about=old, by=by, at=at, award=new.pk)
    end_in_public(old, LogEntry.Type.REPLACE, at)
    return new


def _grounds_of_replacement(old: Certificate, by: Any, at: datetime) -> facts.Grounds:
    line = old.line
    steps = LineStep.objects.filter(line=line, kind=LineStep.Kind.ACCEPTED).select_related("recognition")
    accepted = steps.first()
    choice = HolderChoice.objects.filter(person_id=line.person_id, cohort_id=old.acta.cohort_id).first()
    issuer = facts.issuer_of(old.acta, choice)
    is_same_issuer = issuer == old.payload["issuer"]  # another one must not get this one's logos
    return facts.Grounds(
        acta=old.acta,
        line=line,
        registration=register.enter([line], kind=old.kind, by=by, at=at)[0],
        recognition=accepted.recognition if accepted else None,
        design=old.design if is_same_issuer else current_version(issuer, old.kind),
        status=status.take_indexes(1)[0],
        choice=choice,
        kind=old.kind,
        replaces=old,
    )
