"""To the authority and back: no oficio, no recognition; line by line."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from certificates.actas import actions as actas
from certificates.actas import answers, standing
from certificates.actas.models import Acta, ActaLine, LineStep, Recognition, Sending
from certificates.errors import Refused
from courses.cohorts.models import Cohort
from tests.factories.decisions import class_of, scan

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ROLES = ["trainer", "coordinator", "administrator", "officer", "stranger", "trainee"]
Answer = Callable[..., Recognition | None]


def graduates(acta: Acta) -> list[ActaLine]:
    return list(acta.lines.filter(is_graduate=True))


def stand(acta: Acta) -> list[str]:
    """Where each line stands, in the order of the acta."""
    return [str(one.standing) for one in standing.of_acta(Acta.objects.get(pk=acta.pk))]


# --- sending --------------------------------------------------------------------------------------


def test_sending_takes_every_graduate_and_nobody_else(sent: Acta) -> None:
    assert sent.state == "sent"
    assert sorted(stand(sent)) == ["internal", "sent", "sent"]
    steps = LineStep.objects.filter(sending=sent.sendings.get())
    assert {step.line_id for step in steps} == {line.pk for line in graduates(sent)}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "coordinator"])
def test_nobody_but_a_coordinator_sends(approved: Acta, request: pytest.FixtureRequest, role: str) -> None:
    with pytest.raises(Refused):
        answers.send_lines(acta=approved, channel="portal", by=request.getfixturevalue(role), at=NOW)
    assert not Sending.objects.exists()


def test_only_an_approved_acta_is_sent_and_only_once(
    acta: Acta, coordinator: Any, administrator: Any
) -> None:
    def send() -> Sending:
        return answers.send_lines(acta=acta, channel="portal", by=coordinator, at=NOW)

    with pytest.raises(Refused):
        send()
    actas.approve_acta(acta=acta, by=administrator, at=NOW)
    send()
    with pytest.raises(Refused):
        send()
    assert Sending.objects.count() == 1


def test_a_returned_acta_is_not_sent(acta: Acta, coordinator: Any, administrator: Any) -> None:
    actas.return_acta(acta=acta, reason="Falta algo.", by=administrator, at=NOW)
    with pytest.raises(Refused):
        answers.send_lines(acta=acta, channel="portal", by=coordinator, at=NOW)


def test_an_acta_without_graduates_or_without_authority_is_not_sent(
    coordinator: Any, administrator: Any
) -> None:
    nobody, unnamed = class_of(0), class_of(1)
    Cohort.objects.filter(pk=unnamed.pk).update(authority=None)
    for cohort in (nobody, unnamed):
        made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
        actas.approve_acta(acta=made, by=administrator, at=NOW)
        with pytest.raises(Refused):
            answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)


def test_after_the_decision_to_do_without_nothing_is_sent_nor_answered(
    sent: Acta, answer: Answer, administrator: Any, coordinator: Any
) -> None:
    actas.issue_without_recognition(acta=sent, reason="Sin respuesta.", by=administrator, at=NOW)
    with pytest.raises(Refused):
        answers.send_lines(acta=sent, channel="portal", by=coordinator, at=NOW)
    with pytest.raises(Refused):
        answer()


def test_a_packet_may_be_made_again_and_each_is_noted(approved: Acta, coordinator: Any) -> None:
    for digest in ("a" * 64, "b" * 64):
        answers.send_lines(acta=approved, channel="packet", manifest_sha256=digest, by=coordinator, at=NOW)
    assert LineStep.objects.filter(kind="sent").count() == 2
    assert [sending.steps.count() for sending in approved.sendings.order_by("pk")] == [2, 0]
    with pytest.raises(ValueError, match="manifest"):
        answers.send_lines(acta=approved, channel="packet", by=coordinator, at=NOW)


# --- answering ------------------------------------------------------------------------------------


def test_each_line_gets_its_own_answer(sent: Acta, answer: Answer) -> None:
    first, second = graduates(sent)
    recognition = answer(accepted=[first.pk], returned={second.pk: "El nombre no coincide."})
    assert recognition is not None
    assert (recognition.authority, recognition.oficio_number) == (sent.facts["authority"], "J7/1")
    assert not recognition.is_on_behalf
    assert sorted(stand(sent)) == ["accepted", "internal", "returned"]
    assert second.steps.get(kind="returned").reason == "El nombre no coincide."


def test_lines_may_be_answered_by_several_oficios(sent: Acta, answer: Answer) -> None:
    first, second = graduates(sent)
    answer(accepted=[first.pk])
    assert sorted(stand(sent)) == ["accepted", "internal", "sent"]
    answer(accepted=[second.pk], oficio_number="J7/2", oficio=scan(other_pdf()))
    found = {one.line.pk: one.recognition for one in standing.of_acta(sent)}
    assert [r.oficio_number if r else "" for r in (found[first.pk], found[second.pk])] == ["J7/1", "J7/2"]


def other_pdf() -> bytes:
    """A PDF of other bytes than the first."""
    return scan().read() + b"\n% otra hoja\n"


def test_returning_alone_needs_no_oficio_and_makes_no_recognition(sent: Acta, answer: Answer) -> None:
    first = graduates(sent)[0]
    assert answer(accepted=[], returned={first.pk: "Faltan horas."}, oficio=None, oficio_number="") is None
    assert not Recognition.objects.exists()
    assert "returned" in stand(sent)


def test_no_oficio_no_recognition(sent: Acta, answer: Answer, officer: Any) -> None:
    with pytest.raises(Refused, match="oficio"):
        answer(oficio=None)
    assert sorted(stand(sent)) == ["internal", "sent", "sent"]
    line = graduates(sent)[0]
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by any other door
        LineStep.objects.create(line=line, kind="accepted", by=officer, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.create(
            acta=sent, authority="X", oficio_number="1", oficio_date=date(2026, 4, 1), by=officer, at=NOW
        )


@pytest.mark.parametrize("role", [role for role in ROLES if role != "officer"])
def test_nobody_but_the_officer_answers_for_herself(
    answer: Answer, request: pytest.FixtureRequest, role: str
) -> None:
    with pytest.raises(Refused):
        answer(by=request.getfixturevalue(role))
    assert not Recognition.objects.exists()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "coordinator"])
def test_nobody_but_a_coordinator_writes_down_an_answer_from_paper(
    answer: Answer, coordinator: Any, request: pytest.FixtureRequest, role: str
) -> None:
    with pytest.raises(Refused):
        answer(by=request.getfixturevalue(role), is_on_behalf=True)
    recognition = answer(by=coordinator, is_on_behalf=True)
    assert recognition is not None
    assert recognition.is_on_behalf


def test_what_was_not_sent_or_was_answered_is_not_answered(
    approved: Acta, coordinator: Any, officer: Any
) -> None:
    first, second = graduates(approved)
    inside = approved.lines.get(is_graduate=False)
    facts = {
        "oficio_number": "1",
        "oficio_date": date(2026, 4, 1),
        "by": officer,
        "at": NOW,
        "acta": approved,
    }
    with pytest.raises(Refused):
        answers.answer_lines(accepted=[first.pk], oficio=scan(), **facts)  # not sent yet
    answers.send_lines(acta=approved, channel="portal", by=coordinator, at=NOW)
    with pytest.raises(Refused):
        answers.answer_lines(accepted=[inside.pk], oficio=scan(), **facts)  # stays in the school
    with pytest.raises(Refused):
        answers.answer_lines(returned={inside.pk: "No."}, **facts)
    answers.answer_lines(accepted=[first.pk], oficio=scan(), **facts)
    for accepted, returned in (([first.pk], {}), ([], {first.pk: "Me arrepentí."})):
        with pytest.raises(Refused):  # answered already
            answers.answer_lines(accepted=accepted, returned=returned, oficio=scan(other_pdf()), **facts)
    with pytest.raises(Refused):  # one line, two answers
        answers.answer_lines(
            accepted=[second.pk], returned={second.pk: "No."}, oficio=scan(other_pdf()), **facts
        )
    with pytest.raises(Refused):  # no answer at all
        answers.answer_lines(**facts)


def test_a_line_of_another_acta_is_not_answered_here(sent: Acta, answer: Answer, coordinator: Any) -> None:
    other = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        answer(accepted=[other.lines.get(is_graduate=True).pk])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oficio": scan(b"%PDF-1.7 " + b"no " * 3_500_000)}, "10 MB"),
        ({"oficio": scan(b"MZ" + b"\0" * 5000)}, "no es un PDF"),
        ({"oficio": scan(b"%PDF-1.7\n" + b"x" * (10 * 1024 * 1024 - 9))}, "no es un PDF"),
        ({"oficio": scan(b"")}, "vacío"),
        ({"oficio": scan(password="secreto")}, "contraseña"),
        ({"oficio_number": "  "}, "número"),
        ({"oficio_date": timezone.localdate(NOW) + timedelta(days=1)}, "futuro"),
        ({"oficio_date": None}, "date|fecha"),
    ],
    ids=[
        "too big",
        "a program",
        "just small enough but no PDF",
        "empty",
        "locked",
        "no number",
        "tomorrow",
        "no day",
    ],
)
def test_a_bad_oficio_is_refused_and_leaves_nothing(
    answer: Answer, changes: dict[str, Any], words: str
) -> None:
    with translation.override("es"), pytest.raises(Refused, match=words):
        answer(**changes)
    assert not Recognition.objects.exists()
    assert not LineStep.objects.filter(kind="accepted").exists()


def test_one_oficio_may_answer_in_two_parts(sent: Acta, answer: Answer) -> None:
    first, second = graduates(sent)
    content = scan().read()
    answer(accepted=[first.pk], oficio=scan(content))
    answer(accepted=[second.pk], oficio=scan(content))
    assert sorted(stand(sent)) == ["accepted", "accepted", "internal"]


def test_returning_needs_a_reason_also_in_the_database(sent: Acta, answer: Answer, officer: Any) -> None:
    line = graduates(sent)[0]
    with pytest.raises(Refused):
        answer(accepted=[], returned={line.pk: "  "})
    with pytest.raises(IntegrityError), transaction.atomic():
        LineStep.objects.create(line=line, kind="returned", by=officer, at=NOW)


def test_numbers_for_the_authority_have_no_gaps_and_stay(sent: Acta) -> None:
    known = standing.numbers(standing.of_acta(sent))
    assert sorted(known.values()) == [1, 2]
    assert set(known) == {line.pk for line in graduates(sent)}
