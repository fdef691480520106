"""Two people press the same button at once, each on her own connection: one acts, one reads why not."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers, corrections, reviews
from certificates.actas.models import Acta, ActaLine, LineStep, Recognition, ReviewAnswer, Sending
from cms.users.roles import ADMINISTRATOR, COORDINATOR, OFFICER
from courses.people.models import Person
from tests.at_once import at_once as meet
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of, scan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
NOW = timezone.now()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """ "done" or "refused" of each, sorted."""
    return sorted(meet(acts).elements())


@pytest.fixture
def approved(coordinator: Any, administrator: Any) -> Acta:
    made = actas.propose_acta(cohort_id=class_of(2).pk, by=coordinator, at=NOW)
    return actas.approve_acta(acta=made, by=administrator, at=NOW)


def test_two_proposals_make_one_acta(coordinator: Any) -> None:
    cohort, other = class_of(1), UserFactory(role=COORDINATOR)
    acts = [
        lambda by=by: actas.propose_acta(cohort_id=cohort.pk, by=by, at=NOW) for by in (coordinator, other)
    ]
    assert at_once(*acts) == ["done", "refused"]
    assert Acta.objects.count() == 1


def test_one_approves_while_another_returns(coordinator: Any, administrator: Any) -> None:
    made = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=NOW)
    other = UserFactory(role=ADMINISTRATOR)
    outcome = at_once(
        lambda: actas.approve_acta(acta=made, by=administrator, at=NOW),
        lambda: actas.return_acta(acta=made, reason="Falta algo.", by=other, at=NOW),
    )
    assert outcome == ["done", "refused"]


def test_two_sendings_send_each_line_once(approved: Acta, coordinator: Any) -> None:
    other = UserFactory(role=COORDINATOR)
    acts = [
        lambda by=by: answers.send_lines(acta=approved, channel="portal", by=by, at=NOW)
        for by in (coordinator, other)
    ]
    assert at_once(*acts) == ["done", "refused"]
    assert (Sending.objects.count(), LineStep.objects.filter(kind="sent").count()) == (1, 2)


def test_sending_meets_the_decision_to_do_without(
    approved: Acta, coordinator: Any, administrator: Any
) -> None:
    at_once(
        lambda: answers.send_lines(acta=approved, channel="portal", by=coordinator, at=NOW),
        lambda: actas.issue_without_recognition(acta=approved, reason="Ya.", by=administrator, at=NOW),
    )
    assert Acta.objects.get().unrecognised_issue.reason == "Ya."  # whoever came first, it is decided


def test_two_answers_leave_one_oficio(approved: Acta, coordinator: Any, officer: Any) -> None:
    answers.send_lines(acta=approved, channel="portal", by=coordinator, at=NOW)
    lines = list(approved.lines.filter(is_graduate=True).values_list("pk", flat=True))
    second = UserFactory(role=OFFICER)

    def answer(by: Any, tail: bytes) -> Callable[[], Any]:
        oficio = scan(scan().read() + tail)
        return lambda: answers.answer_lines(
            acta=approved,
            accepted=lines,
            oficio_number=tail.decode(),
            oficio_date=date(2026, 4, 1),
            oficio=oficio,
            by=by,
            at=NOW,
        )

    assert at_once(answer(officer, b"%1"), answer(second, b"%2")) == ["done", "refused"]
    assert Recognition.objects.count() == 1
    assert LineStep.objects.filter(kind="accepted").count() == 2


def test_two_corrections_and_two_approvals_make_one_line(
    approved: Acta, coordinator: Any, administrator: Any
) -> None:
    line, other = approved.lines.filter(is_graduate=True)[0], UserFactory(role=COORDINATOR)
    acts = [
        lambda by=by: corrections.correct_line(line=line, name="Inés", reason="Acento.", by=by, at=NOW)
        for by in (coordinator, other)
    ]
    assert at_once(*acts) == ["done", "refused"]
    new = ActaLine.objects.get(supersedes=line)
    admins = (administrator, UserFactory(role=ADMINISTRATOR))
    approvals = [lambda by=by: corrections.approve_correction(line=new, by=by, at=NOW) for by in admins]
    assert at_once(*approvals) == ["done", "refused"]
    assert new.steps.filter(kind="approved").count() == 1


def test_she_asks_twice_at_once_and_two_administrators_answer(approved: Acta, administrator: Any) -> None:
    line, account = approved.lines.all()[0], UserFactory(role="trainee")
    Person.objects.filter(pk=line.person_id).update(account=account)
    ask = [lambda: reviews.ask_review(line=line, about="name", by=account, at=NOW)] * 2
    assert at_once(*ask) == ["done", "refused"]
    line.refresh_from_db()
    acts = [
        lambda by=by: reviews.answer_review(
            request=line.review, outcome="confirmed", explanation="Así está.", by=by, at=NOW
        )
        for by in (administrator, UserFactory(role=ADMINISTRATOR))
    ]
    assert at_once(*acts) == ["done", "refused"]
    assert ReviewAnswer.objects.count() == 1
