"""Proposing, approving, returning, and deciding to do without the authority."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from certificates.actas import actions as actas
from certificates.actas.models import Acta, Evidence, LineException, UnrecognisedIssue
from certificates.errors import Refused
from courses.assessments.actions import answer_key, observe, start_attempt, submit_attempt
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Enrolment
from courses.progress.actions import complete_lesson
from tests.factories.courses import OPENED, CohortFactory, UserFactory, enrolled, lay_out, pin
from tests.factories.decisions import class_of

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=14)
ROLES = ["trainer", "coordinator", "administrator", "officer", "stranger", "trainee"]


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
    """Two who meet every requirement of the whole rule; a third is enrolled and meets nothing."""
    lay_out(cohort, 6, ClassSession.Modality.OUTING)
    women = enrolled(cohort, 3)
    for woman in women[:2]:
        finish(woman, trainer)
    return women[:2]


@pytest.fixture
def whole(cohort: Cohort, graduates: list[Enrolment], coordinator: Any) -> Acta:
    """An acta under the whole rule."""
    return actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)


def test_a_proposal_freezes_every_requirement_of_everybody(whole: Acta) -> None:
    assert [line.is_graduate for line in whole.lines.order_by("pk")].count(True) == 2
    evidence = Evidence.objects.filter(line__acta=whole, line__is_graduate=True, kind="attendance")[0]
    assert (evidence.value, evidence.needed, evidence.total, evidence.is_met) == (3, 3, 3, True)
    assert len(evidence.sources) == len(evidence.source_digests) == 3
    assert evidence.sentence == "3 de 3 sesiones; hacen falta 3."
    assert evidence.rule_version == whole.rule_version


def test_a_proposal_freezes_the_programme_and_who_signs(whole: Acta) -> None:
    assert whole.facts["contents"] == whole.cohort.contents.count() > 0
    assert len(whole.facts["content_digest"]) == 64
    assert whole.proposer.startswith("coordinadora, Coordina")  # her name and her post


def test_later_marks_do_not_change_a_decision(whole: Acta, graduates: list[Enrolment], trainer: Any) -> None:
    session = graduates[0].cohort.sessions.all()[0]
    mark_register(session=session, marks={graduates[0].pk: Mark("absent")}, by=trainer, at=NOW)
    line = whole.lines.get(person_id=graduates[0].person_id)
    assert line.is_graduate
    assert line.evidence.get(kind="attendance").value == 3


# --- who may, and when ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in ROLES if role != "coordinator"])
def test_nobody_but_a_coordinator_proposes(request: pytest.FixtureRequest, role: str) -> None:
    cohort = class_of(1)
    with pytest.raises(Refused):
        actas.propose_acta(cohort_id=cohort.pk, by=request.getfixturevalue(role), at=NOW)
    assert not Acta.objects.exists()


def test_a_cohort_without_rules_or_without_people_has_no_acta(coordinator: Any) -> None:
    for cohort in (CohortFactory(opened=False), CohortFactory()):
        with pytest.raises(Refused):
            actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_but_an_administrator_approves_returns_or_waives(
    acta: Acta, request: pytest.FixtureRequest, role: str
) -> None:
    user = request.getfixturevalue(role)
    with pytest.raises(Refused):
        actas.approve_acta(acta=acta, by=user, at=NOW)
    with pytest.raises(Refused):
        actas.return_acta(acta=acta, reason="No.", by=user, at=NOW)
    with pytest.raises(Refused):
        actas.issue_without_recognition(acta=acta, reason="No.", by=user, at=NOW)
    acta.refresh_from_db()
    assert acta.state == "proposed"


def test_a_cohort_has_one_acta_in_force(acta: Acta, coordinator: Any, administrator: Any) -> None:
    with pytest.raises(Refused):
        actas.propose_acta(cohort_id=acta.cohort_id, by=coordinator, at=NOW)
    actas.return_acta(acta=acta, reason="Falta una lista.", by=administrator, at=NOW)
    assert actas.propose_acta(cohort_id=acta.cohort_id, by=coordinator, at=NOW).pk != acta.pk


def test_whoever_proposed_cannot_approve_even_as_administrator(acta: Acta, coordinator: Any) -> None:
    administrators = UserFactory(role="administrator").groups.all()
    coordinator.groups.add(*administrators)
    with translation.override("es"), pytest.raises(Refused, match="no puede aprobarla"):
        actas.approve_acta(acta=acta, by=coordinator, at=NOW)
    acta.refresh_from_db()
    assert acta.state == "proposed"
    with pytest.raises(IntegrityError), transaction.atomic():  # the database itself says no
        Acta.objects.filter(pk=acta.pk).update(state="approved", decided_by=coordinator)


def test_the_database_wants_an_approval_to_have_an_author(acta: Acta) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Acta.objects.filter(pk=acta.pk).update(state="approved")


def test_what_was_decided_is_not_decided_again(approved: Acta, administrator: Any) -> None:
    with pytest.raises(Refused):
        actas.approve_acta(acta=approved, by=administrator, at=NOW)
    with pytest.raises(Refused):
        actas.return_acta(acta=approved, reason="Tarde.", by=administrator, at=NOW)
    approved.refresh_from_db()
    assert approved.state == "approved"
    assert approved.approver.startswith("administradora, Administra")


def test_a_returned_acta_says_why_and_is_not_approved_any_more(acta: Acta, administrator: Any) -> None:
    with pytest.raises(Refused):
        actas.return_acta(acta=acta, reason="  ", by=administrator, at=NOW)
    actas.return_acta(acta=acta, reason="Falta la lista del 3 de marzo.", by=administrator, at=NOW)
    acta.refresh_from_db()
    assert acta.note == "Falta la lista del 3 de marzo."
    with pytest.raises(Refused):
        actas.approve_acta(acta=acta, by=administrator, at=NOW)


# --- exceptions -----------------------------------------------------------------------------------


def test_an_exception_turns_the_decision_and_leaves_the_evidence(coordinator: Any) -> None:
    cohort = class_of(1, others=1)
    meets, lacks = cohort.enrolments.order_by("ethics_accepted_at").reverse()
    if meets.ethics_accepted_at is None:
        meets, lacks = lacks, meets
    made = actas.propose_acta(
        cohort_id=cohort.pk,
        exceptions={lacks.pk: "Firmó en papel.", meets.pk: "Pidió esperar a la siguiente."},
        by=coordinator,
        at=NOW,
    )
    lines = {line.enrolment_id: line for line in made.lines.all()}
    assert (lines[lacks.pk].is_graduate, lines[meets.pk].is_graduate) == (True, False)
    assert not lines[lacks.pk].evidence.get().is_met
    assert lines[meets.pk].evidence.get().is_met
    assert (lines[lacks.pk].exception.reason, lines[lacks.pk].exception.by) == (
        "Firmó en papel.",
        coordinator,
    )


def test_an_exception_needs_a_reason_and_somebody_of_the_cohort(coordinator: Any) -> None:
    cohort = class_of(1)
    one, other = cohort.enrolments.all()[0], enrolled(CohortFactory())[0]
    for exceptions in ({one.pk: "  "}, {other.pk: "Con razón."}):
        with pytest.raises(Refused):
            actas.propose_acta(cohort_id=cohort.pk, exceptions=exceptions, by=coordinator, at=NOW)
    assert not Acta.objects.exists()


def test_the_database_keeps_no_exception_without_a_reason(acta: Acta, coordinator: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LineException.objects.create(line=acta.lines.all()[0], reason="", by=coordinator, at=NOW)


def test_exceptions_must_be_read_before_approval(coordinator: Any, administrator: Any) -> None:
    cohort = class_of(1)
    made = actas.propose_acta(
        cohort_id=cohort.pk,
        exceptions={cohort.enrolments.get(ethics_accepted_at=None).pk: "Firmó en papel."},
        by=coordinator,
        at=NOW,
    )
    with pytest.raises(Refused):
        actas.approve_acta(acta=made, by=administrator, at=NOW)
    actas.approve_acta(acta=made, has_read_exceptions=True, by=administrator, at=NOW)


# --- without the authority ------------------------------------------------------------------------


def test_doing_without_the_authority_needs_approval_a_reason_and_happens_once(
    acta: Acta, administrator: Any
) -> None:
    def waive(reason: str) -> UnrecognisedIssue:
        return actas.issue_without_recognition(acta=acta, reason=reason, by=administrator, at=NOW)

    with pytest.raises(Refused):
        waive("No hay autoridad.")
    actas.approve_acta(acta=acta, by=administrator, at=timezone.now())
    with pytest.raises(Refused):
        waive(" ")
    waive("No hay autoridad.")
    with pytest.raises(Refused):
        waive("Otra vez.")


def test_an_acta_with_an_oficio_is_not_issued_without_it(accepted: Acta, administrator: Any) -> None:
    with pytest.raises(Refused):
        actas.issue_without_recognition(acta=accepted, reason="Prisa.", by=administrator, at=NOW)


def test_an_acta_that_nobody_answered_may_go_on_without_the_authority(sent: Acta, administrator: Any) -> None:
    actas.issue_without_recognition(acta=sent, reason="Seis meses sin respuesta.", by=administrator, at=NOW)
    assert UnrecognisedIssue.objects.filter(acta=sent).exists()
