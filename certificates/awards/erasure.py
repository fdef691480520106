"""Erasing what names a person in what was decided about her: keys are destroyed, files go, facts stay."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates.actas import standing
from certificates.actas.actions import require
from certificates.actas.models import Acta, ActaLine, LineStep
from certificates.awards import access, files, life, mentions
from certificates.awards.models import Certificate, Countersignature, Document, Erasure, HolderChoice, Job
from certificates.errors import Refused
from certificates.keys import sealing
from courses import erasures
from courses.api import Deed, note
from courses.erasures import Erased

AWARDS = "awards"  # in the ledger: her lines and awards of one cohort
State, Standing = Job.State, standing.Standing
ENDED = {Standing.SUPERSEDED, Standing.LEFT_OUT, Standing.INTERNAL}


@transaction.atomic
def erase(*, certificate: Certificate, by: Any, at: datetime) -> list[Erasure]:
    """Make her name unreadable in this award, in all others of her lines, and in the actas of her cohort.

    Facts and signatures still verify, and a name may still be matched by its keyed hash. Replacement,
    reprint, card and download end. Raises Refused for the wrong role or the second time.
    """
    require(access.can_erase(by))
    actas = _locked_actas(certificate.acta)
    certificate = life.locked(certificate)
    if Erasure.objects.filter(certificate=certificate).exists():
        raise Refused(_("What named her in this award was already erased."))
    note(Deed.ERASED, about=certificate, by=by, at=at)
    return _erase(actas, certificate.line.person_id, by, at)


@transaction.atomic
def erase_line(*, line: ActaLine, by: Any, at: datetime) -> list[Erasure]:
    """The same, begun from an acta line: for whoever does not graduate, or has no award yet.

    A line that still waited for the authority or for its diploma is left out: nobody is awarded without a
    name. Her decision with its evidence and hashes stays. Raises Refused for the wrong role, the second
    time, and while somebody still has to read and approve an acta of her cohort.
    """
    require(access.can_erase(by))
    actas = _locked_actas(line.acta)
    line = ActaLine.objects.select_related("key").get(pk=line.pk)
    if line.key.wrapped is None:
        raise Refused(_("What named her in this acta was already erased."))
    if any(acta.state == Acta.State.PROPOSED for acta in actas):
        raise Refused(_("An acta of her cohort waits for approval. Approve it or return it first."))
    note(Deed.ERASED, about=line, by=by, at=at)
    return _erase(actas, line.person_id, by, at)


@transaction.atomic
def erase_person(*, person_id: UUID, by: Any, at: datetime) -> list[Erasure]:
    """The same, of all her cohorts at once: when she wants nothing to be left of her.

    She may do it herself. Raises Refused for the wrong role, and while somebody still has to read and approve
    an acta that she is on.
    """
    require(access.can_erase(by) or access.person_of(by) == person_id)
    hers = ActaLine.objects.filter(person_id=person_id).order_by("acta__cohort_id")
    firsts = {line.acta.cohort_id: line.acta for line in hers.select_related("acta")}
    erased: list[Erasure] = []
    for acta in firsts.values():
        actas = _locked_actas(acta)
        if any(one.state == Acta.State.PROPOSED for one in actas):
            raise Refused(_("The list of decisions of her cohort waits for approval. Try again after that."))
        note(Deed.ERASED, about=acta, by=by, at=at)
        erased += _erase(actas, person_id, by, at)
    return erased


@transaction.atomic
def erase_again(erased: Erased) -> bool:
    """Repeat an erasure of the ledger after an older backup came back; False when nothing is left to erase.

    It was decided then: no role is asked. For an account that the backup lacks stands the acta's author.
    """
    if erased.cohort is None:
        return False
    person = UUID(erased.person)
    actas = list(Acta.objects.select_for_update().filter(cohort_id=erased.cohort).order_by("pk"))
    lines = ActaLine.objects.filter(acta__in=actas, person_id=person)
    readable = Q(key__wrapped__isnull=False) | Q(certificates__key__wrapped__isnull=False)
    if not lines.filter(readable).exists():
        return False
    by = get_user_model().objects.filter(pk=erased.by or 0).first() or actas[0].proposed_by
    _erase(actas, person, by, datetime.fromisoformat(erased.at))
    return True


def erased_people() -> Iterator[Erased]:
    """What the register itself says was erased, for the ledger of a backup."""
    lines = ActaLine.objects.filter(key__wrapped__isnull=True).order_by("pk")
    by = Erasure.objects.filter(certificate__line=OuterRef("pk")).order_by("pk").values("by")[:1]
    found = lines.annotate(erased_by=Subquery(by)).values_list(
        "key__destroyed_at", "person_id", "acta__cohort_id", "erased_by"
    )
    for at, person, cohort, account in found.iterator():
        yield Erased(at=at.isoformat(), what=AWARDS, person=str(person), cohort=cohort, by=account)


def _locked_actas(acta: Acta) -> list[Acta]:
    """All actas of its cohort, those that were returned too: a replacement or correction of hers waits."""
    cohort = Acta.objects.select_for_update().filter(cohort_id=acta.cohort_id)
    return list(cohort.order_by("pk"))


def _erase(actas: Sequence[Acta], person: UUID, by: Any, at: datetime) -> list[Erasure]:
    """All of her in the actas of one cohort, under their locks."""
    cohort = actas[0].cohort_id
    lines = list(ActaLine.objects.filter(acta__in=actas, person_id=person).select_related("key"))
    chain = list(Certificate.objects.select_related("key").filter(line__in=lines))
    pks = [one.pk for one in chain]
    called = {one.name for one in (*lines, *chain) if one.key.wrapped is not None}
    leases = _stop_making(pks)
    for key in [one.key for one in chain] + [line.key for line in lines]:
        sealing.destroy(key, at)
    mentions.clear_about(lines)
    mentions.clear_elsewhere(cohort, called)
    mentions.unname_log(person, lines, pks)
    HolderChoice.objects.filter(person_id=person, cohort_id=cohort).delete()
    for acta in actas:
        _leave_out(acta, [line for line in lines if line.acta_id == acta.pk], by, at)
    stored = [*Document.objects.filter(certificate__in=pks), *_countersigned(pks)]
    paths = [one.path for one in stored] + [files.path_of(lease) for lease in leases]
    transaction.on_commit(partial(_drop, paths), robust=True)
    entry = Erased(at=at.isoformat(), what=AWARDS, person=str(person), cohort=cohort, by=by.pk)
    transaction.on_commit(partial(erasures.note, entry), robust=True)
    return Erasure.objects.bulk_create(
        Erasure(certificate=one, by=by, at=at)
        for one in chain
        if not Erasure.objects.filter(certificate=one).exists()
    )


def _leave_out(acta: Acta, lines: Sequence[ActaLine], by: Any, at: datetime) -> None:
    """What still waits for something, and has no award, waits no more."""
    if acta.state not in standing.DECIDED:
        return
    waiting = [line for line in lines if _waits(acta, line) and not line.certificates.exists()]
    for line in waiting:
        with override(acta.facts["language"]):
            reason = _("Her name was erased.")
        LineStep.objects.create(line=line, kind=LineStep.Kind.LEFT_OUT, reason=reason, by=by, at=at)


def _waits(acta: Acta, line: ActaLine) -> bool:
    where = standing.of_line(acta, line).standing
    return where not in ENDED and (where != Standing.IN_REVIEW or line.is_graduate)


def _stop_making(pks: Collection[UUID]) -> list[UUID]:
    """Cancel what is not made yet; the leases of workers that have it in hand."""
    unfinished = Job.objects.filter(certificate__in=pks).exclude(state=State.DONE)
    leases = [lease for lease in unfinished.values_list("lease", flat=True) if lease]
    unfinished.update(
        state=State.CANCELLED,
        lease=None,
        last_error=_("What named her in this award was erased. There is nothing left to make."),
    )
    return leases


def _countersigned(pks: Collection[UUID]) -> list[Countersignature]:
    return list(Countersignature.objects.filter(certificate__in=pks))


def _drop(paths: list[str]) -> None:
    for path in paths:
        files.drop(path)
