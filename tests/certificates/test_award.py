"""From a proposal to diplomas, and what may happen to them later."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import translation

from certificates import award
from certificates.errors import Refused
from certificates.models import Acta, Certificate, Evidence, IsFinal, Job, Recognition
from courses.assessments.actions import answer_key, observe, start_attempt, submit_attempt
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from courses.progress.actions import complete_lesson
from tests.factories.courses import OPENED, UserFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=14)


def oficio(content: bytes | None = None) -> SimpleUploadedFile:
    """A real one-page PDF, or whatever bytes are given under a PDF's name."""
    if content is None:
        buffer = BytesIO()
        pdf = pikepdf.new()
        pdf.add_blank_page()
        pdf.save(buffer)
        content = buffer.getvalue()
    return SimpleUploadedFile("oficio.pdf", content, content_type="application/pdf")


def finish(enrolment: Enrolment, trainer: Any) -> None:
    """Let her meet every requirement of the small course."""
    cohort = enrolment.cohort
    for session in cohort.sessions.all():
        mark_register(session=session, marks={enrolment.pk: Mark("present")}, by=trainer, at=NOW)
    for content in cohort.contents.filter(kind="lesson").select_related("version"):
        complete_lesson(enrolment=enrolment, pin=content, at=NOW)
    attempt = start_attempt(enrolment=enrolment, pin=pin(cohort, "quiz"), at=NOW)
    submit_attempt(attempt=attempt, answers=answer_key(attempt), at=NOW)
    rubric = pin(cohort, "rubric")
    scores = {step["id"]: 1 for step in rubric.version.content["steps"]}
    observe(enrolment=enrolment, pin=rubric, scores=scores, by=trainer, at=NOW)
    accept_ethics(enrolment=enrolment, at=NOW)


@pytest.fixture
def graduates(cohort: Cohort, trainer: Any) -> list[Enrolment]:
    """Two who meet everything; a third is enrolled and meets nothing."""
    lay_out(cohort, 6, ClassSession.Modality.OUTING)
    women = enrolled(cohort, 3)
    for woman in women[:2]:
        finish(woman, trainer)
    return women[:2]


@pytest.fixture
def acta(cohort: Cohort, graduates: list[Enrolment], coordinator: Any) -> Acta:
    return award.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)


@pytest.fixture
def approved(acta: Acta, administrator: Any) -> Acta:
    return award.approve_acta(acta=acta, by=administrator, at=NOW)


@pytest.fixture
def recognise(approved: Acta, officer: Any) -> Callable[..., Recognition]:
    def act(**changes: Any) -> Recognition:
        facts = {"oficio_number": "J7/1", "oficio_date": date(2026, 4, 1), "oficio": oficio(), "by": officer}
        return award.recognise_acta(acta=approved, at=NOW, **{**facts, **changes})

    return act


@pytest.fixture
def certificates(
    approved: Acta, recognise: Callable[..., Recognition], administrator: Any
) -> list[Certificate]:
    recognise()
    return award.issue_acta(acta=approved, by=administrator, at=NOW)


def test_a_proposal_freezes_every_requirement_of_everybody(acta: Acta) -> None:
    assert [line.is_graduate for line in acta.lines.order_by("pk")].count(True) == 2
    evidence = Evidence.objects.filter(line__acta=acta, line__is_graduate=True, kind="attendance")[0]
    assert (evidence.value, evidence.needed, evidence.total, evidence.is_met) == (3, 3, 3, True)
    assert len(evidence.sources) == 3
    assert evidence.sentence == "3 de 3 sesiones; hacen falta 3."
    assert evidence.rule_version == acta.rule_version


def test_later_marks_do_not_change_a_decision(acta: Acta, graduates: list[Enrolment], trainer: Any) -> None:
    session = graduates[0].cohort.sessions.all()[0]
    mark_register(session=session, marks={graduates[0].pk: Mark("absent")}, by=trainer, at=NOW)
    line = acta.lines.get(person_id=graduates[0].person_id)
    assert line.is_graduate
    assert line.evidence.get(kind="attendance").value == 3


def test_a_cohort_has_one_acta_in_force(acta: Acta, coordinator: Any, administrator: Any) -> None:
    with pytest.raises(Refused):
        award.propose_acta(cohort_id=acta.cohort_id, by=coordinator, at=NOW)
    award.return_acta(acta=acta, by=administrator, at=NOW)
    assert award.propose_acta(cohort_id=acta.cohort_id, by=coordinator, at=NOW).pk != acta.pk


def test_whoever_proposed_cannot_approve_even_as_administrator(acta: Acta, coordinator: Any) -> None:
    administrators = UserFactory(role="administrator").groups.all()
    coordinator.groups.add(*administrators)
    with translation.override("es"), pytest.raises(Refused, match="no puede aprobarla"):
        award.approve_acta(acta=acta, by=coordinator, at=NOW)
    acta.refresh_from_db()
    assert acta.state == "proposed"
    with pytest.raises(IntegrityError), transaction.atomic():  # the database itself says no
        Acta.objects.filter(pk=acta.pk).update(state="approved", decided_by=coordinator)


@pytest.mark.parametrize("role", ["trainer", "coordinator", "officer", "stranger", "trainee"])
def test_only_an_administrator_approves_and_issues(
    acta: Acta, request: pytest.FixtureRequest, role: str
) -> None:
    user = request.getfixturevalue(role)
    with pytest.raises(Refused):
        award.approve_acta(acta=acta, by=user, at=NOW)
    with pytest.raises(Refused):
        award.issue_acta(acta=acta, by=user, at=NOW)


def test_nothing_is_issued_before_approval(acta: Acta, administrator: Any) -> None:
    with pytest.raises(Refused):
        award.issue_acta(acta=acta, by=administrator, at=NOW)


def test_nothing_is_issued_without_oficio_or_a_recorded_decision(approved: Acta, administrator: Any) -> None:
    with pytest.raises(Refused, match="oficio"):
        award.issue_acta(acta=approved, by=administrator, at=NOW)
    with pytest.raises(Refused):
        award.issue_without_recognition(acta=approved, reason=" ", by=administrator, at=NOW)
    award.issue_without_recognition(
        acta=approved, reason="La autoridad no respondió.", by=administrator, at=NOW
    )
    issued = award.issue_acta(acta=approved, by=administrator, at=NOW)
    assert [certificate.payload["recognition"] for certificate in issued] == [None, None]
    assert "recognised" not in issued[0].payload["words"]


def test_issuing_gives_graduates_folios_in_order_and_queues_their_diplomas(
    certificates: list[Certificate],
) -> None:
    year = NOW.year
    assert [c.folio for c in certificates] == [f"EPS-{year}-0001", f"EPS-{year}-0002"]
    assert Job.objects.tally() == {"queued": 2, "running": 0, "done": 0, "failed": 0}
    assert len({c.code for c in certificates}) == 2
    assert certificates[0].payload["recognition"]["oficio_number"] == "J7/1"


def test_issuing_twice_gives_no_second_diploma(certificates: list[Certificate], administrator: Any) -> None:
    with pytest.raises(Refused):
        award.issue_acta(acta=certificates[0].acta, by=administrator, at=NOW)
    assert Certificate.objects.count() == 2


def test_a_name_that_cannot_be_printed_stops_the_whole_issue(
    cohort: Cohort, graduates: list[Enrolment], coordinator: Any, administrator: Any
) -> None:
    Person.objects.filter(pk=graduates[0].person_id).update(name="Lu\u202ecía")
    acta = award.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    award.approve_acta(acta=acta, by=administrator, at=NOW)
    award.issue_without_recognition(acta=acta, reason="Prueba.", by=administrator, at=NOW)
    with pytest.raises(Refused):
        award.issue_acta(acta=acta, by=administrator, at=NOW)
    acta.refresh_from_db()
    assert acta.state == "approved"
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oficio": oficio(b"%PDF-1.7 " + b"no " * 3_500_000)}, "10 MB"),
        ({"oficio": oficio(b"MZ" + b"\0" * 5000)}, "no es un PDF"),
        ({"oficio": oficio(b"")}, "vacío"),
        ({"oficio_number": "  "}, "número"),
        ({"oficio_date": date(2036, 1, 1)}, "futuro"),
    ],
)
def test_a_bad_oficio_is_refused_in_spanish_and_leaves_nothing(
    recognise: Callable[..., Recognition], changes: dict[str, Any], words: str
) -> None:
    with translation.override("es"), pytest.raises(Refused, match=words):
        recognise(**changes)
    assert not Recognition.objects.exists()


def test_a_file_just_under_ten_megabytes_that_is_no_pdf_is_refused(
    recognise: Callable[..., Recognition],
) -> None:
    with translation.override("es"), pytest.raises(Refused, match="no es un PDF"):
        recognise(oficio=oficio(b"%PDF-1.7\n" + b"x" * (10 * 1024 * 1024 - 9)))


def test_an_acta_that_is_not_approved_is_not_recognised(acta: Acta, officer: Any) -> None:
    with pytest.raises(Refused):
        award.recognise_acta(
            acta=acta, oficio_number="1", oficio_date=date(2026, 4, 1), oficio=oficio(), by=officer, at=NOW
        )


def test_a_diploma_is_revoked_once_and_for_a_public_reason(
    certificates: list[Certificate], administrator: Any, coordinator: Any
) -> None:
    with pytest.raises(Refused):
        award.revoke_certificate(certificate=certificates[0], reason="error", by=coordinator, at=NOW)
    with pytest.raises(Refused):
        award.revoke_certificate(certificate=certificates[0], reason="spite", by=administrator, at=NOW)
    award.revoke_certificate(certificate=certificates[0], reason="error", by=administrator, at=NOW)
    with pytest.raises(Refused):
        award.revoke_certificate(certificate=certificates[0], reason="error", by=administrator, at=NOW)


def test_a_replacement_has_a_new_folio_and_the_old_diploma_keeps_its_facts(
    certificates: list[Certificate], administrator: Any
) -> None:
    old = certificates[0]
    new = award.replace_certificate(certificate=old, name="Nombre Nuevo", by=administrator, at=NOW)
    assert new.folio.endswith("0003")
    assert new.payload["name"] == "Nombre Nuevo"
    assert Certificate.objects.get(pk=old.pk).payload["name"] == old.payload["name"] != "Nombre Nuevo"
    with pytest.raises(Refused):
        award.replace_certificate(certificate=old, name="Otra Vez", by=administrator, at=NOW)
    with pytest.raises(Refused):
        award.revoke_certificate(certificate=old, reason="error", by=administrator, at=NOW)


def test_no_door_of_the_orm_changes_an_award(certificates: list[Certificate]) -> None:
    certificates[0].folio = "EPS-0000-0000"
    for door in (
        certificates[0].save,
        certificates[0].delete,
        Certificate.objects.all().delete,
        lambda: Certificate.objects.update(folio="x"),
    ):
        with pytest.raises(IsFinal):
            door()


def test_a_deleted_enrolment_leaves_the_award_as_it_was(certificates: list[Certificate]) -> None:
    Enrolment.objects.filter(acta_lines__certificates=certificates[0]).update(status="withdrawn")
    assert Certificate.objects.get(pk=certificates[0].pk).payload == certificates[0].payload
