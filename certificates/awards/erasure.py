"""Erasing what names a person in her award: the keys are destroyed, the files go, the facts stay."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certificates.actas.actions import locked, require
from certificates.actas.models import ActaLine, LineException, LineStep, ReviewAnswer
from certificates.awards import access, files, life
from certificates.awards.models import Certificate, Countersignature, Document, Erasure, HolderChoice, Job
from certificates.errors import Refused
from certificates.keys import sealing

State = Job.State


@transaction.atomic
def erase(*, certificate: Certificate, by: Any, at: datetime) -> list[Erasure]:
    """Make her name unreadable in this award, in those it replaced or was replaced by, and in its acta.

    Facts and signatures still verify, and a name may still be matched by its keyed hash. Replacement,
    reprint, card and download end. Raises Refused for the wrong role or the second time.
    """
    require(access.can_erase(by))
    locked(certificate.acta)  # a replacement or correction of hers waits, so that no name slips by
    certificate = life.locked(certificate)
    if Erasure.objects.filter(certificate=certificate).exists():
        raise Refused(_("What named her in this award was already erased."))
    chain = _chain(certificate)
    pks = [one.pk for one in chain]
    unfinished = Job.objects.filter(certificate__in=pks).exclude(state=State.DONE)
    leases = [lease for lease in unfinished.values_list("lease", flat=True) if lease]
    unfinished.update(
        state=State.CANCELLED,
        lease=None,
        last_error=_("What named her in this award was erased. There is nothing left to make."),
    )
    lines = _lines(certificate)
    for key in [one.key for one in chain] + [line.key for line in lines]:
        sealing.destroy(key, at)
    _clear_words_about([line.pk for line in lines])
    HolderChoice.objects.filter(
        person_id=certificate.line.person_id, cohort_id=certificate.acta.cohort_id
    ).delete()
    stored = [*Document.objects.filter(certificate__in=pks), *_countersigned(pks)]
    paths = [one.path for one in stored] + [files.path_of(lease) for lease in leases]
    transaction.on_commit(partial(_drop, paths), robust=True)
    return Erasure.objects.bulk_create(
        Erasure(certificate=one, by=by, at=at)
        for one in chain
        if not Erasure.objects.filter(certificate=one).exists()
    )


def _clear_words_about(lines: list[int]) -> None:
    """Take away what people wrote about her lines: a reason often repeats the name that was misspelt.

    The one change that is ever made to these rows; who did what when stays.
    """
    for model, about, field in (
        (LineStep, "line__in", "reason"),
        (LineException, "line__in", "reason"),
        (ReviewAnswer, "request__line__in", "explanation"),
    ):
        rows: QuerySet[Any] = QuerySet(model).filter(**{about: lines})
        rows.update(**{field: "…"})


def _countersigned(pks: list[Any]) -> list[Countersignature]:
    return list(Countersignature.objects.filter(certificate__in=pks))


def _drop(paths: list[str]) -> None:
    for path in paths:
        files.drop(path)


def _chain(certificate: Certificate) -> list[Certificate]:
    """This award with all that it replaced and all that replaced it: the awards of her acta lines."""
    lines = [line.pk for line in _lines(certificate)]
    return list(Certificate.objects.select_related("key").filter(line__in=lines))


def _lines(certificate: Certificate) -> list[ActaLine]:
    """Her lines in this acta: the one it rests on, those it superseded and those that superseded it."""
    mine = ActaLine.objects.filter(acta_id=certificate.acta_id, person_id=certificate.line.person_id)
    return list(mine.select_related("key"))
