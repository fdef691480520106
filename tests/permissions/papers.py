"""Actas in each state, and the diploma, links and oficio of the trainee; the log, its witnesses, designs."""

from datetime import date
from typing import Any

from django.utils import timezone

from certificates import tasks
from certificates.actas import actions as actas
from certificates.actas import answers, reviews
from certificates.actas.models import Acta, Recognition, Sending
from certificates.awards import actions as awards
from certificates.awards.models import Job
from certificates.credentials import status
from certificates.log import actions as log
from certificates.log.models import HeadMail, Witness
from certificates.verification.actions import make_link
from courses.cohorts.actions import accept_ethics, enrol
from tests.factories.courses import CohortFactory
from tests.factories.decisions import class_of, easy, scan
from tests.factories.designs import design, picture, published
from tests.permissions.cast import Cast
from tests.permissions.things import Things


def of_actas(cast: Cast) -> Things:
    """One proposed, one approved, one sent to the officer's authority, one answered, issued and printed."""
    hers = _graduates(cast)
    approved, sent = _approved(cast), _sent(cast, _approved(cast))
    recognition = _answered(cast, hers)
    diploma = _made(cast, hers)
    line, reviewed = (hers.lines.get(person_id=cast.users[who].person.pk) for who in ("trainee", "woman2"))
    reviews.ask_review(line=reviewed, about="name", by=cast.users["woman2"], at=timezone.now())
    link, token = make_link(
        certificate=diploma, days=7, shows_name=True, by=cast.users["trainee"], at=timezone.now()
    )
    return {
        "acta": hers.pk,
        "acta_approved": approved.pk,
        "acta_proposed": _proposed(cast).pk,
        "acta_sent": sent.pk,
        "award": diploma.pk,
        "book": diploma.registration.book,
        "code": diploma.code,
        "issuer_cohort": cast.cohort.pk,
        "job": Job.objects.get(certificate=diploma).pk,
        "line": line.pk,
        "line_reviewed": reviewed.pk,
        "link": link.pk,
        "recognition": recognition.pk,
        "series": diploma.registration.series_id,
        "token": token,
    }


def _proposed(cast: Cast, cohort: Any = None) -> Acta:
    cohort = cohort or class_of(1)
    return actas.propose_acta(cohort_id=cohort.pk, by=cast.users["coord"], at=timezone.now())


def _approved(cast: Cast, cohort: Any = None) -> Acta:
    return actas.approve_acta(acta=_proposed(cast, cohort), by=cast.users["admin"], at=timezone.now())


def _sent(cast: Cast, acta: Acta) -> Acta:
    channel = Sending.Channel.PORTAL
    answers.send_lines(acta=acta, channel=channel, by=cast.users["coord"], at=timezone.now())
    acta.refresh_from_db()
    return acta


def _graduates(cast: Cast) -> Acta:
    """The trainee and the other woman graduate in a cohort that is over."""
    past = easy(CohortFactory(course=cast.cohort.course, trainers=[cast.users["trainer"]]))
    for who in ("trainee", "woman2"):
        enrolment = enrol(person=cast.users[who].person, cohort=past, starts_on=past.starts_on)
        accept_ethics(enrolment=enrolment, at=timezone.now())
    return _sent(cast, _approved(cast, past))


def _answered(cast: Cast, acta: Acta) -> Recognition:
    made = answers.answer_lines(
        acta=acta,
        accepted=list(acta.lines.values_list("pk", flat=True)),
        oficio_number="J7/1",
        oficio_date=date(2026, 4, 1),
        oficio=scan(),
        by=cast.users["officer"],
        at=timezone.now(),
    )
    assert made is not None
    acta.refresh_from_db()
    return made


def _made(cast: Cast, acta: Acta) -> Any:
    """Her diploma, its PDF made and signed."""
    issued = awards.issue_acta(acta=acta, by=cast.users["admin"], at=timezone.now())
    certificate = next(one for one in issued if one.line.person_id == cast.woman.person_id)
    tasks.render(str(certificate.pk))
    certificate.refresh_from_db()
    return certificate


def of_the_log(cast: Cast) -> Things:
    """A published head, a witness to whom its mail could not be sent, and designs."""
    witness = Witness.objects.create(name="Testigo", email="testigo@example.org")
    log.publish_head(timezone.now())
    status.refresh(timezone.now())
    mail = HeadMail.objects.filter(witness=witness)[0]
    HeadMail.objects.filter(pk=mail.pk).update(attempts=HeadMail.MAX_ATTEMPTS)
    version = published(by=cast.users["admin"])
    assert version.design is not None
    drawn = picture("Logotipo")
    return {
        "design": version.design_id,
        "design_draft": design(name="Otro diseño", is_default=False).pk,
        "design_revision": version.design.revisions.all()[0].pk,
        "design_version": version.pk,
        "mail": mail.pk,
        "picture": drawn.pk,
        "picture_sha256": drawn.sha256,
        "witness": witness.pk,
    }
