"""She asks to have her decision looked at again: only hers, within ten days, once; and gets an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers, corrections, reviews, standing
from certificates.actas.models import Acta, ActaLine, ReviewRequest
from certificates.errors import Refused
from courses.cohorts.actions import accept_ethics, enrol
from courses.cohorts.models import Enrolment
from courses.people.models import Person
from tests.factories.courses import PersonFactory, UserFactory
from tests.factories.decisions import class_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def woman(school: None) -> Any:
    """Who signs in herself."""
    return PersonFactory(name="Rosa", account=UserFactory(username="rosa", role="trainee"))


@pytest.fixture
def decided(woman: Any, coordinator: Any, administrator: Any) -> Acta:
    """An approved acta in which Rosa does not graduate and two others do."""
    cohort = class_of(2)
    enrol(person=woman, cohort=cohort, starts_on=cohort.starts_on)
    made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    return actas.approve_acta(acta=made, by=administrator, at=NOW)


@pytest.fixture
def line(decided: Acta, woman: Any) -> ActaLine:
    return decided.lines.get(person_id=woman.pk)


@pytest.fixture
def asked(line: ActaLine, woman: Any) -> ReviewRequest:
    return reviews.ask_review(line=line, about="attendance", by=woman.account, at=NOW)


def where(line: ActaLine) -> str:
    return str(next(one.standing for one in standing.of_acta(line.acta) if one.line.pk == line.pk))


def test_she_asks_once(asked: ReviewRequest, line: ActaLine, woman: Any) -> None:
    assert where(line) == "in_review"
    with pytest.raises(Refused):
        reviews.ask_review(line=line, about="test", by=woman.account, at=NOW)
    assert ReviewRequest.objects.count() == 1


def test_nobody_asks_for_her_nor_she_for_others(decided: Acta, line: ActaLine, woman: Any) -> None:
    for user in (
        UserFactory(role="trainee"),
        decided.proposed_by,
        PersonFactory(account=UserFactory()).account,
    ):
        with pytest.raises(Refused):
            reviews.ask_review(line=line, about="test", by=user, at=NOW)
    for other in decided.lines.exclude(pk=line.pk):
        with pytest.raises(Refused):
            reviews.ask_review(line=other, about="test", by=woman.account, at=NOW)


@pytest.mark.parametrize(("days", "is_heard"), [(0, True), (10, True), (10.001, False), (30, False)])
def test_ten_days_from_the_approval(line: ActaLine, woman: Any, days: float, is_heard: bool) -> None:
    at = NOW + timedelta(days=days)
    if is_heard:
        reviews.ask_review(line=line, about="hours", by=woman.account, at=at)
    else:
        with pytest.raises(Refused):
            reviews.ask_review(line=line, about="hours", by=woman.account, at=at)


def test_nothing_is_asked_of_a_proposal(woman: Any, coordinator: Any) -> None:
    cohort = class_of(1)
    enrol(person=woman, cohort=cohort, starts_on=cohort.starts_on)
    made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        reviews.ask_review(line=made.lines.get(person_id=woman.pk), about="test", by=woman.account, at=NOW)


def test_it_is_about_one_of_the_choices(line: ActaLine, woman: Any) -> None:
    with pytest.raises(Refused):
        reviews.ask_review(line=line, about="la historia de mi vida", by=woman.account, at=NOW)


def test_an_open_review_holds_back_her_line_only(decided: Acta, coordinator: Any, administrator: Any) -> None:
    line = decided.lines.filter(is_graduate=True)[0]
    account = UserFactory(role="trainee")
    Person.objects.filter(pk=line.person_id).update(account=account)
    asked = reviews.ask_review(line=line, about="name", by=account, at=NOW)
    sending = answers.send_lines(acta=decided, channel="portal", by=coordinator, at=NOW)
    assert sending.steps.count() == 1
    reviews.answer_review(
        request=asked, outcome="confirmed", explanation="Así está en la lista.", by=administrator, at=NOW
    )
    assert answers.send_lines(acta=decided, channel="portal", by=coordinator, at=NOW).steps.count() == 1


@pytest.mark.parametrize("role", ["trainer", "coordinator", "officer", "stranger", "trainee"])
def test_nobody_but_an_administrator_answers(
    asked: ReviewRequest, request: pytest.FixtureRequest, role: str
) -> None:
    with pytest.raises(Refused):
        reviews.answer_review(
            request=asked,
            outcome="confirmed",
            explanation="No.",
            by=request.getfixturevalue(role),
            at=NOW,
        )


def test_a_review_is_answered_once_and_with_words(asked: ReviewRequest, administrator: Any) -> None:
    with pytest.raises(Refused):
        reviews.answer_review(request=asked, outcome="confirmed", explanation="  ", by=administrator, at=NOW)
    for is_first in (True, False):
        try:
            reviews.answer_review(
                request=asked, outcome="confirmed", explanation="Se revisó.", by=administrator, at=NOW
            )
        except Refused:
            assert not is_first
        else:
            assert is_first
    assert where(asked.line) == "internal"


def test_corrected_means_that_a_correction_was_approved(
    asked: ReviewRequest, line: ActaLine, coordinator: Any, administrator: Any
) -> None:
    def answer(outcome: str) -> None:
        reviews.answer_review(
            request=asked, outcome=outcome, explanation="Tenías razón.", by=administrator, at=NOW
        )

    with pytest.raises(Refused):
        answer("corrected")
    accept_ethics(enrolment=Enrolment.objects.get(person=line.person_id), at=NOW)
    new = corrections.correct_line(line=line, reason="Revisión.", by=coordinator, at=NOW)
    for outcome in ("corrected", "confirmed"):
        with pytest.raises(Refused):
            answer(outcome)
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    with pytest.raises(Refused):
        answer("confirmed")
    answer("corrected")
    assert where(new) == "to_send"


def test_she_may_ask_again_about_a_corrected_decision(
    asked: ReviewRequest, line: ActaLine, woman: Any, coordinator: Any, administrator: Any
) -> None:
    late = NOW + timedelta(days=30)
    new = corrections.correct_line(line=line, reason="Revisión.", by=coordinator, at=late)
    corrections.approve_correction(line=new, by=administrator, at=late)
    with pytest.raises(Refused):  # the old decision is no decision any more
        reviews.ask_review(line=line, about="hours", by=woman.account, at=late)
    reviews.ask_review(line=new, about="hours", by=woman.account, at=late + timedelta(days=9))
