"""Issuing: every ready line gets its place in the register, a code and a queued rendering, all at once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas.actions import locked, require
from certificates.actas.models import Acta, UnrecognisedIssue
from certificates.actas.standing import LineStanding
from certificates.awards import access, bells, facts, ready, register
from certificates.awards.choices import show_names
from certificates.awards.models import Certificate, Document, HolderChoice, Job, Revocation
from certificates.credentials import status
from certificates.designs.actions import current_version
from certificates.errors import Refused
from certificates.keys.models import SealingKey
from certificates.log import actions as log
from certificates.log.models import LogEntry
from courses import api
from courses.api import Deed, note

State, Kind = Acta.State, Certificate.Kind
BATCH = 500  # rows in one insert


@transaction.atomic
def issue_acta(*, acta: Acta, by: Any, at: datetime) -> list[Certificate]:
    """Issue every line that is ready and was not issued yet; then ring the bell.

    What is not in the register is entered now. Raises Refused without approval, without recognition or the
    decision to do without, or when nothing is left to issue.
    """
    acta = locked(acta)
    require(access.can_issue(by))
    if acta.state in register.UNDECIDED:
        raise Refused(_("The acta must be approved before its diplomas are issued."))
    waiting = ready.unissued(acta)
    if not waiting:
        raise Refused(_nothing_to_issue(acta))
    if acta.state != State.ISSUED:
        acta.state = State.ISSUED
        acta.issued_by, acta.issued_at = by, at
        acta.save(update_fields=["state", "issued_by", "issued_at"])
    issued = _issue(acta, waiting, Kind.DIPLOMA, by, at)
    _take_back_statements(acta, [one.line.person_id for one in waiting], by, at)
    return issued


@transaction.atomic
def issue_statements(*, acta: Acta, by: Any, at: datetime) -> list[Certificate]:
    """A statement of participation with her real hours for everybody who does not graduate.

    It carries no recognition. Raises Refused before approval, or when nobody waits for one.
    """
    acta = locked(acta)
    require(access.can_issue(by))
    if acta.state in register.UNDECIDED:
        raise Refused(_("The acta must be approved before its statements are issued."))
    waiting = ready.unissued(acta, Kind.STATEMENT)
    if not waiting:
        raise Refused(_no_statement(acta))
    return _issue(acta, waiting, Kind.STATEMENT, by, at)


def _issue(
    acta: Acta, waiting: Sequence[LineStanding], kind: str, by: Any, at: datetime
) -> list[Certificate]:
    lines = [one.line for one in waiting]
    choices = {choice.person_id: choice for choice in HolderChoice.objects.filter(cohort_id=acta.cohort_id)}
    entries = register.entries_for(lines, acta, kind=kind, by=by, at=at)
    indexes = status.take_indexes(len(lines))
    issuers = [facts.issuer_of(acta, choices.get(line.person_id)) for line in lines]
    designs = {issuer: current_version(issuer, kind) for issuer in set(issuers)}
    certificates = [
        facts.certificate(
            facts.Grounds(
                acta=acta,
                line=one.line,
                registration=entry,
                recognition=one.recognition,
                design=designs[issuer],
                status=index,
                choice=choices.get(one.line.person_id),
                kind=kind,
            ),
            name=one.line.name,
            by=by,
            at=at,
        )
        for one, entry, index, issuer in zip(waiting, entries, indexes, issuers, strict=True)
    ]
    store_and_ring(certificates, at)
    note(Deed.ISSUED, about=acta, by=by, at=at, count=len(certificates), document=kind)
    willing = api.names_shown([line.person_id for line in lines])
    show_names({person: [acta.cohort_id] for person in willing}, is_shown=True, at=at)
    return certificates


def _take_back_statements(acta: Acta, people: Sequence[UUID], by: Any, at: datetime) -> None:
    """Who graduates after a correction keeps one award: the statement she had before is revoked."""
    stands = Certificate.objects.filter(
        acta=acta, kind=Kind.STATEMENT, line__person_id__in=people, revocation=None, replaced_by=None
    )
    for statement in stands:
        Job.objects.filter(certificate=statement).exclude(state=Job.State.DONE).update(
            state=Job.State.CANCELLED, lease=None
        )
        Revocation.objects.create(
            certificate=statement, reason=Revocation.Reason.ADMINISTRATIVE, by=by, at=at
        )
        note(Deed.REVOKED, about=statement, by=by, at=at, reason=Revocation.Reason.ADMINISTRATIVE)
        end_in_public(statement, LogEntry.Type.REVOKE, at)


def _nothing_to_issue(acta: Acta) -> str:
    if ready.lines(acta):
        return _("The diplomas of this acta were already issued.")
    if not acta.lines.filter(is_graduate=True).exists():
        return _("Nobody on this acta meets all the requirements, so there is no diploma to issue.")
    if UnrecognisedIssue.objects.filter(acta=acta).exists():
        return _("Nothing is left to issue on this acta.")
    return _("Attach the authority's oficio first, or record the decision to issue without it.")


def _no_statement(acta: Acta) -> str:
    if ready.lines(acta, Kind.STATEMENT):
        return _("The statements of this acta were already issued.")
    if ready.without_hours(acta):
        return _("Whoever does not graduate here has no hours, so there is no statement to issue.")
    return _("Everybody on this acta graduates, so there is no statement to issue.")


def store_and_ring(certificates: Sequence[Certificate], at: datetime, *, is_urgent: bool = False) -> None:
    """Rows first, in this transaction; the bell after commit, and a broken bell harms nobody."""
    SealingKey.objects.bulk_create([one.key for one in certificates], batch_size=BATCH)
    Certificate.objects.bulk_create(certificates, batch_size=BATCH)
    Job.objects.bulk_create(
        [
            Job(certificate=one, acta_id=one.acta_id, run_after=at, is_urgent=is_urgent)
            for one in certificates
        ],
        batch_size=BATCH,
    )
    transaction.on_commit(partial(bells.ring, len(certificates)), robust=True)


def end_in_public(certificate: Certificate, how: LogEntry.Type, at: datetime) -> None:
    """Mark its place in the status list, and log how it ended, if it was ever issued: nobody else saw it."""
    status.revoke(certificate.status_list, certificate.status_index, at=at)
    if Document.objects.filter(certificate=certificate).exists():
        log.append(how, award=certificate.pk, at=at)
