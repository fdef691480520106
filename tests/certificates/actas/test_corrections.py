"""A returned line is corrected by one, approved by another, sent again and answered by a second oficio."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers, corrections, standing
from certificates.actas.models import Acta, ActaLine, LineStep, Recognition
from certificates.awards import actions as awards
from certificates.awards.models import Certificate
from certificates.errors import Refused
from cms.users.roles import ADMINISTRATOR
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of, scan

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ROLES = ["trainer", "coordinator", "administrator", "officer", "stranger", "trainee"]
Answer = Callable[..., Recognition | None]


@pytest.fixture
def returned(sent: Acta, answer: Answer) -> ActaLine:
    """One of two graduates came back; the other was accepted."""
    first, second = sent.lines.filter(is_graduate=True)
    answer(accepted=[first.pk], returned={second.pk: "El nombre no coincide."})
    return second


@pytest.fixture
def corrected(returned: ActaLine, coordinator: Any) -> ActaLine:
    """The line with another name, not approved yet."""
    return corrections.correct_line(
        line=returned, name="María Inés López", reason="Así lo escribe ella.", by=coordinator, at=NOW
    )


def where(line: ActaLine) -> str:
    acta = Acta.objects.get(pk=line.acta_id)
    return str(next(one.standing for one in standing.of_acta(acta) if one.line.pk == line.pk))


def test_the_whole_way_of_a_corrected_line_while_the_others_proceed(
    returned: ActaLine, coordinator: Any, administrator: Any, officer: Any
) -> None:
    acta = returned.acta
    number = standing.numbers(standing.of_acta(acta))[returned.pk]
    first = awards.issue_acta(acta=acta, by=administrator, at=NOW)
    assert len(first) == 1  # the others proceed meanwhile
    new = corrections.correct_line(line=returned, name="Inés", reason="Acento.", by=coordinator, at=NOW)
    assert (where(returned), where(new)) == ("superseded", "to_approve")
    with pytest.raises(Refused):
        answers.send_lines(acta=acta, channel="portal", by=coordinator, at=NOW)
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    assert where(new) == "to_send"
    answers.send_lines(acta=acta, channel="portal", by=coordinator, at=NOW)
    assert standing.numbers(standing.of_acta(acta))[new.pk] == number  # the list keeps its numbers
    answers.answer_lines(
        acta=acta,
        accepted=[new.pk],
        oficio_number="J7/2",
        oficio_date=date(2026, 4, 9),
        oficio=scan(scan().read() + b"\n%2\n"),
        by=officer,
        at=NOW,
    )
    second = awards.issue_acta(acta=acta, by=administrator, at=NOW)
    assert [one.name for one in second] == ["Inés"]
    assert [one.payload["recognition"]["oficio_number"] for one in (*first, *second)] == ["J7/1", "J7/2"]
    acta.refresh_from_db()
    assert acta.state == "issued"
    assert Certificate.objects.count() == 2


def test_a_correction_decides_anew_from_the_records_of_today(
    sent: Acta, answer: Answer, coordinator: Any
) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    answer(accepted=[], returned={line.pk: "No firmó."}, oficio=None)
    Enrolment.objects.filter(pk=line.enrolment_id).update(ethics_accepted_at=None)
    new = corrections.correct_line(line=line, reason="Es verdad.", by=coordinator, at=NOW)
    assert (line.is_graduate, new.is_graduate) == (True, False)
    assert line.evidence.get().is_met  # the first decision stays as it was
    assert not new.evidence.get().is_met
    assert new.name == line.name


def test_a_corrected_line_may_carry_an_exception_that_its_approver_reads(
    sent: Acta, answer: Answer, coordinator: Any, administrator: Any
) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    answer(accepted=[], returned={line.pk: "No firmó."}, oficio=None)
    Enrolment.objects.filter(pk=line.enrolment_id).update(ethics_accepted_at=None)
    new = corrections.correct_line(
        line=line, reason="Falta.", exception_reason="Firmó en papel.", by=coordinator, at=NOW
    )
    assert new.is_graduate
    assert new.exception.reason == "Firmó en papel."
    with pytest.raises(Refused):
        corrections.approve_correction(line=new, by=administrator, at=NOW)
    corrections.approve_correction(line=new, has_read_exceptions=True, by=administrator, at=NOW)
    assert where(new) == "to_send"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "coordinator"])
def test_nobody_but_a_coordinator_corrects(
    returned: ActaLine, request: pytest.FixtureRequest, role: str
) -> None:
    with pytest.raises(Refused):
        corrections.correct_line(line=returned, reason="Ya.", by=request.getfixturevalue(role), at=NOW)
    assert where(returned) == "returned"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_but_an_administrator_approves_a_correction_or_leaves_a_line_out(
    corrected: ActaLine, request: pytest.FixtureRequest, role: str
) -> None:
    user = request.getfixturevalue(role)
    with pytest.raises(Refused):
        corrections.approve_correction(line=corrected, by=user, at=NOW)
    with pytest.raises(Refused):
        corrections.leave_out(line=corrected, reason="Ya.", by=user, at=NOW)
    assert where(corrected) == "to_approve"


def test_whoever_corrected_does_not_approve_even_as_administrator(
    returned: ActaLine, coordinator: Any
) -> None:
    coordinator.groups.add(*UserFactory(role=ADMINISTRATOR).groups.all())
    new = corrections.correct_line(line=returned, reason="Acento.", by=coordinator, at=NOW)
    fresh = type(coordinator).objects.get(pk=coordinator.pk)  # its permissions are not those of before
    with pytest.raises(Refused):
        corrections.approve_correction(line=new, by=fresh, at=NOW)
    assert where(new) == "to_approve"


def test_a_correction_is_approved_once_and_a_first_decision_never(
    corrected: ActaLine, returned: ActaLine, administrator: Any
) -> None:
    corrections.approve_correction(line=corrected, by=administrator, at=NOW)
    for line in (corrected, returned):
        with pytest.raises(Refused):
            corrections.approve_correction(line=line, by=administrator, at=NOW)


def test_a_line_is_corrected_once_and_then_its_correction_is(
    corrected: ActaLine, returned: ActaLine, coordinator: Any
) -> None:
    with pytest.raises(Refused):
        corrections.correct_line(line=returned, reason="Otra vez.", by=coordinator, at=NOW)
    again = corrections.correct_line(line=corrected, name="Inés L.", reason="Otra.", by=coordinator, at=NOW)
    assert [where(line) for line in (returned, corrected, again)] == [
        "superseded",
        "superseded",
        "to_approve",
    ]


def test_no_line_is_corrected_before_approval_or_while_the_authority_has_it(
    acta: Acta, coordinator: Any, administrator: Any
) -> None:
    line = acta.lines.filter(is_graduate=True)[0]
    with pytest.raises(Refused):
        corrections.correct_line(line=line, reason="Ya.", by=coordinator, at=NOW)
    actas.approve_acta(acta=acta, by=administrator, at=NOW)
    answers.send_lines(acta=acta, channel="portal", by=coordinator, at=NOW)
    with pytest.raises(Refused):
        corrections.correct_line(line=line, reason="Ya.", by=coordinator, at=NOW)


def test_a_line_with_a_diploma_is_not_corrected(accepted: Acta, coordinator: Any, administrator: Any) -> None:
    awards.issue_acta(acta=accepted, by=administrator, at=NOW)
    line = accepted.lines.filter(is_graduate=True)[0]
    with pytest.raises(Refused):
        corrections.correct_line(line=line, name="Otra", reason="Ya.", by=coordinator, at=NOW)


def test_a_line_does_not_follow_rules_that_changed_after_the_acta(
    returned: ActaLine, coordinator: Any
) -> None:
    Cohort.objects.filter(pk=returned.acta.cohort_id).update(rule_version="f" * 64)
    with pytest.raises(Refused):
        corrections.correct_line(line=returned, reason="Ya.", by=coordinator, at=NOW)


@pytest.mark.parametrize("changes", [{"name": "Lu\u202ecía"}, {"reason": "  "}, {"name": "x" * 121}])
def test_a_correction_wants_a_reason_and_a_name_that_can_be_printed(
    returned: ActaLine, coordinator: Any, changes: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        corrections.correct_line(
            **{"line": returned, "reason": "Acento.", "by": coordinator, "at": NOW, **changes}
        )
    assert where(returned) == "returned"


def test_who_did_not_graduate_graduates_after_a_correction_and_is_last_on_the_list(
    sent: Acta, coordinator: Any, administrator: Any
) -> None:
    line = sent.lines.get(is_graduate=False)
    accept_ethics(enrolment=Enrolment.objects.get(person=line.person_id), at=NOW)
    new = corrections.correct_line(line=line, reason="Se le anotó tarde.", by=coordinator, at=NOW)
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    assert new.is_graduate
    answers.send_lines(acta=sent, channel="portal", by=coordinator, at=NOW)
    assert standing.numbers(standing.of_acta(sent))[new.pk] == 3


def test_a_returned_line_is_left_out_once_with_a_reason(returned: ActaLine, administrator: Any) -> None:
    with pytest.raises(Refused):
        corrections.leave_out(line=returned, reason=" ", by=administrator, at=NOW)
    corrections.leave_out(line=returned, reason="La autoridad lo decidió.", by=administrator, at=NOW)
    assert where(returned) == "left_out"
    with pytest.raises(Refused):
        corrections.leave_out(line=returned, reason="Otra vez.", by=administrator, at=NOW)


def test_only_a_returned_line_is_left_out(accepted: Acta, administrator: Any) -> None:
    for line in accepted.lines.all():
        with pytest.raises(Refused):
            corrections.leave_out(line=line, reason="No.", by=administrator, at=NOW)


def test_the_database_lets_one_line_only_take_the_place_of_another(
    corrected: ActaLine, returned: ActaLine, coordinator: Any
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ActaLine.objects.create(
            acta=returned.acta,
            person_id=returned.person_id,
            position=9,
            key=returned.key,
            sealed_name=b"",
            is_graduate=True,
            minutes=1,
            supersedes=returned,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        LineStep.objects.create(line=corrected, kind="corrected", reason="Dos.", by=coordinator, at=NOW)


def test_a_cohort_of_others_is_untouched(returned: ActaLine, coordinator: Any) -> None:
    other = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=NOW)
    corrections.correct_line(line=returned, reason="Acento.", by=coordinator, at=NOW)
    assert all(one.standing == "to_approve" for one in standing.of_acta(other))
