"""From a proposal to a diploma, and what may happen to it later. Each act is one transaction."""

import hashlib
import uuid
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates import access, jobs, payload
from certificates.codes import new_code
from certificates.errors import Refused
from certificates.models import (
    Acta,
    ActaLine,
    Certificate,
    Evidence,
    FolioSeries,
    Job,
    Recognition,
    Revocation,
    UnrecognisedIssue,
)
from certificates.oficio import check_pdf
from courses import api

State = Acta.State


def _require(is_allowed: bool) -> None:
    if not is_allowed:
        raise Refused(_("Your role may not do this."))


def _locked(acta: Acta) -> Acta:
    return Acta.objects.select_for_update().get(pk=acta.pk)


def _digest(facts: dict[str, Any]) -> str:
    return hashlib.sha256(payload.canonical(facts)).hexdigest()


@transaction.atomic
def propose_acta(*, cohort_id: int, by: Any, at: datetime) -> Acta:
    """Freeze what the rule says of everybody in the cohort. Raises Refused if an acta is already in force."""
    _require(access.can_propose(by))
    facts = api.cohort_facts(cohort_id)
    if not facts.rule_version:
        raise Refused(_("This cohort has not been opened: it has no rules to decide by."))
    with override(facts.language):
        decisions = api.decisions(cohort_id)
    if not decisions:
        raise Refused(_("Nobody is enrolled in this cohort."))
    try:
        with transaction.atomic():
            acta = Acta.objects.create(
                cohort_id=cohort_id,
                facts=_acta_facts(facts),
                rule_version=facts.rule_version,
                proposed_by=by,
                proposed_at=at,
            )
    except IntegrityError as error:
        raise Refused(_("This cohort already has an acta.")) from error
    for decision in decisions:
        _add_line(acta, decision)
    return acta


def _acta_facts(facts: api.CohortFacts) -> dict[str, Any]:
    """What the acta says of the course, as JSON."""
    return {
        "cohort": facts.name,
        "course_code": facts.course_code,
        "title": facts.title,
        "language": facts.language,
        "starts_on": facts.starts_on.isoformat(),
        "ends_on": facts.ends_on.isoformat(),
        "issuer": facts.issuer,
        "ally": facts.ally,
        "authority": facts.authority,
        "minutes": facts.minutes,
        "minutes_by_modality": facts.minutes_by_modality,
        "modules": [asdict(module) for module in facts.modules],
        "is_demo": facts.is_demo,
    }


def _add_line(acta: Acta, decision: api.DecisionFacts) -> None:
    line = ActaLine.objects.create(
        acta=acta,
        enrolment_id=decision.enrolment_id,
        person_id=decision.person_id,
        name=decision.name,
        is_graduate=decision.is_complete,
        minutes=decision.minutes,
    )
    rows = []
    for position, item in enumerate(decision.evidence):
        facts = {**asdict(item), "sources": list(item.sources), "rule_version": acta.rule_version}
        rows.append(Evidence(line=line, position=position, digest=_digest(facts), **facts))
    Evidence.objects.bulk_create(rows)


@transaction.atomic
def approve_acta(*, acta: Acta, by: Any, at: datetime) -> Acta:
    """Approve a proposal. Raises Refused for its own author, or when it is not waiting for approval."""
    acta = _locked(acta)
    if acta.proposed_by_id == by.pk:
        raise Refused(_("Whoever proposed an acta cannot approve it. Ask another administrator."))
    _require(access.can_approve(by, acta))
    if acta.state != State.PROPOSED:
        raise Refused(_("This acta is not waiting for approval."))
    acta.state, acta.decided_by, acta.decided_at = State.APPROVED, by, at
    acta.save(update_fields=["state", "decided_by", "decided_at"])
    return acta


@transaction.atomic
def return_acta(*, acta: Acta, by: Any, at: datetime) -> Acta:
    """Give a proposal back to the coordinator, who corrects the records and proposes anew."""
    acta = _locked(acta)
    _require(access.can_approve(by, acta))
    if acta.state != State.PROPOSED:
        raise Refused(_("This acta is not waiting for approval."))
    acta.state, acta.decided_by, acta.decided_at = State.RETURNED, by, at
    acta.save(update_fields=["state", "decided_by", "decided_at"])
    return acta


@transaction.atomic
def recognise_acta(
    *, acta: Acta, oficio_number: str, oficio_date: date, oficio: "UploadedFile[bytes]", by: Any, at: datetime
) -> Recognition:
    """Record the authority's oficio. Raises Refused without an approved acta, a number or a real PDF."""
    acta = _locked(acta)
    _require(access.can_recognise(by))
    if acta.state != State.APPROVED:
        raise Refused(_("Only an approved acta whose diplomas are not yet issued can be recognised."))
    if Recognition.objects.filter(acta=acta).exists():
        raise Refused(_("This acta already has an oficio."))
    authority = acta.facts["authority"]
    if not authority:
        raise Refused(_("This cohort names no health authority."))
    if oficio_date > localdate(at):
        raise Refused(_("The oficio's date lies in the future."))
    if not oficio_number.strip():
        raise Refused(_("Write the oficio's number."))
    content = check_pdf(oficio)
    return Recognition.objects.create(
        acta=acta,
        authority=authority,
        oficio_number=oficio_number.strip(),
        oficio_date=oficio_date,
        oficio=ContentFile(content, name="oficio.pdf"),
        oficio_sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        at=at,
    )


@transaction.atomic
def issue_without_recognition(*, acta: Acta, reason: str, by: Any, at: datetime) -> UnrecognisedIssue:
    """Record the decision not to wait for the authority. The diplomas will carry no recognition line."""
    acta = _locked(acta)
    _require(access.can_issue(by))
    if acta.state != State.APPROVED:
        raise Refused(_("Only an approved acta can be issued."))
    if Recognition.objects.filter(acta=acta).exists():
        raise Refused(_("This acta has the authority's recognition. Issue it with it."))
    if not reason.strip():
        raise Refused(_("Write the reason: it stays in the record."))
    if UnrecognisedIssue.objects.filter(acta=acta).exists():
        raise Refused(_("This decision was already recorded."))
    return UnrecognisedIssue.objects.create(acta=acta, reason=reason.strip(), by=by, at=at)


@transaction.atomic
def issue_acta(*, acta: Acta, by: Any, at: datetime) -> list[Certificate]:
    """Give every graduate a folio, a code and a queued rendering in this transaction; then ring the bell.

    Raises Refused without approval, without recognition or the decision to do without, or the second time.
    """
    acta = _locked(acta)
    _require(access.can_issue(by))
    if acta.state == State.ISSUED:
        raise Refused(_("The diplomas of this acta were already issued."))
    if acta.state != State.APPROVED:
        raise Refused(_("The acta must be approved before its diplomas are issued."))
    recognition = Recognition.objects.filter(acta=acta).first()
    if recognition is None and not UnrecognisedIssue.objects.filter(acta=acta).exists():
        raise Refused(_("Attach the authority's oficio first, or record the decision to issue without it."))
    graduates = list(acta.lines.filter(is_graduate=True))
    if not graduates:
        raise Refused(_("Nobody on this acta meets all the requirements, so there is no diploma to issue."))
    acta.state, acta.issued_by, acta.issued_at = State.ISSUED, by, at
    acta.save(update_fields=["state", "issued_by", "issued_at"])
    certificates = [
        _certificate(line, name=line.name, folio=folio, recognition=recognition, by=by, at=at)
        for line, folio in zip(graduates, _take_folios(len(graduates), at), strict=True)
    ]
    _store_and_ring(certificates, at)
    return certificates


def _take_folios(count: int, at: datetime) -> list[str]:
    """The next `count` folios of this year's series, in order, never one twice."""
    prefix, year = settings.FOLIO_PREFIX, localdate(at).year
    FolioSeries.objects.get_or_create(prefix=prefix, year=year)
    series = FolioSeries.objects.select_for_update().get(prefix=prefix, year=year)
    first = series.last_number + 1
    series.last_number += count
    series.save(update_fields=["last_number"])
    return [f"{prefix}-{year}-{number:04d}" for number in range(first, first + count)]


def _certificate(
    line: ActaLine,
    *,
    name: str,
    folio: str,
    recognition: Recognition | None,
    by: Any,
    at: datetime,
    replaces: Certificate | None = None,
) -> Certificate:
    """A certificate with its whole text frozen, not saved yet. Raises Refused if it cannot be printed."""
    award, code = uuid.uuid4(), new_code()
    try:
        printed = _printed(line.acta.facts, str(award), code, folio, name, recognition, at)
    except ValueError as error:
        raise Refused(
            _("The diploma of %(name)s cannot be printed: %(reason)s") % {"name": name, "reason": error}
        ) from error
    return Certificate(
        id=award,
        acta=line.acta,
        line=line,
        replaces=replaces,
        folio=folio,
        code=code,
        payload=printed,
        payload_sha256=payload.digest(printed),
        created_by=by,
        created_at=at,
    )


def _printed(
    facts: dict[str, Any],
    award: str,
    code: str,
    folio: str,
    name: str,
    recognition: Recognition | None,
    at: datetime,
) -> dict[str, Any]:
    """The payload of one diploma, from the facts that the acta froze."""
    recognised = (
        None
        if recognition is None
        else payload.RecognitionFacts(
            authority=recognition.authority,
            oficio_number=recognition.oficio_number,
            oficio_date=recognition.oficio_date,
        )
    )
    return payload.build(
        award=award,
        folio=folio,
        code=code,
        base_url=settings.PUBLIC_BASE_URL,
        language=facts["language"],
        is_demo=facts["is_demo"],
        issuer=facts["issuer"],
        ally=facts["ally"],
        recognition=recognised,
        name=name,
        title=facts["title"],
        minutes=facts["minutes"],
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        issued_on=localdate(at),
        modules=[payload.ModuleFacts(**module) for module in facts["modules"]],
    )


def _store_and_ring(certificates: list[Certificate], at: datetime) -> None:
    """Rows first, in this transaction; the bell after commit, and a broken bell harms nobody."""
    Certificate.objects.bulk_create(certificates)
    Job.objects.bulk_create(Job(certificate=certificate, run_after=at) for certificate in certificates)
    transaction.on_commit(partial(jobs.ring, [certificate.pk for certificate in certificates]), robust=True)


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: Any, at: datetime) -> Revocation:
    """Take a diploma back, for a public category of reason. Shows at once. Raises Refused the second time."""
    _require(access.can_revoke(by))
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if reason not in Revocation.Reason.values:
        raise Refused(_("Choose a reason from the list."))
    if Revocation.objects.filter(certificate=certificate).exists():
        raise Refused(_("This diploma was already revoked."))
    if Certificate.objects.filter(replaces=certificate).exists():
        raise Refused(_("This diploma was replaced. Revoke the one that took its place."))
    return Revocation.objects.create(certificate=certificate, reason=reason, by=by, at=at)


@transaction.atomic
def replace_certificate(*, certificate: Certificate, name: str, by: Any, at: datetime) -> Certificate:
    """Issue the same award anew under the name she uses now. The old folio will say «replaced»."""
    _require(access.can_revoke(by))
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("line__acta")
        .get(pk=certificate.pk)
    )
    if Revocation.objects.filter(certificate=certificate).exists():
        raise Refused(_("A revoked diploma cannot be replaced."))
    if Certificate.objects.filter(replaces=certificate).exists():
        raise Refused(_("This diploma was already replaced."))
    if not name.strip():
        raise Refused(_("Write the name that the new diploma will carry."))
    recognition = Recognition.objects.filter(acta=certificate.acta_id).first()
    new = _certificate(
        certificate.line,
        name=name.strip(),
        folio=_take_folios(1, at)[0],
        recognition=recognition,
        by=by,
        at=at,
        replaces=certificate,
    )
    _store_and_ring([new], at)
    return new
