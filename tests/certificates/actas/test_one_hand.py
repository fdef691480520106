"""An act for two people takes two: an account that one made, or gave its way in back, is not the other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers, corrections
from certificates.actas.models import Acta, ActaLine, Recognition
from certificates.errors import Refused
from cms.users import factors
from cms.users.models import User
from cms.users.roles import ADMINISTRATOR, COORDINATOR, TRAINER
from courses.api import Deed, note, one_hand
from courses.trail.hands import GIVEN_BACK_DAYS, MADE_DAYS
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of, scan

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SECRET = "luna-de-papel-veinte"
Answer = Callable[..., Recognition | None]


def post_account(by: Any, **facts: Any) -> None:
    """What an administrator sends from Wagtail's form of accounts."""
    client, known = Client(), User.objects.filter(username=facts["username"]).first()
    client.force_login(by)
    address = reverse("wagtailusers_users:edit", args=[known.pk]) if known else None
    roles = [Group.objects.get(name=name).pk for name in facts.pop("roles")]
    sent = {"is_active": "on", "password1": SECRET, "password2": SECRET, "groups": roles, **facts}
    assert client.post(address or reverse("wagtailusers_users:add"), sent).status_code == 302


@pytest.fixture
def puppet(administrator: Any) -> User:
    """A coordinator whose account the administrator made by herself."""
    post_account(administrator, username="nueva", roles=[COORDINATOR])
    return User.objects.get(username="nueva")


@pytest.fixture
def other(school: None) -> Any:
    """Another administrator, who made no account."""
    return UserFactory(role=ADMINISTRATOR)


def proposed(by: Any) -> Acta:
    return actas.propose_acta(cohort_id=class_of(1).pk, by=by, at=NOW)


def test_who_made_the_proposers_account_does_not_approve(
    puppet: User, administrator: Any, other: Any
) -> None:
    acta = proposed(puppet)
    with pytest.raises(Refused):
        actas.approve_acta(acta=acta, by=administrator, at=NOW)
    assert Acta.objects.get(pk=acta.pk).state == Acta.State.PROPOSED
    actas.approve_acta(acta=acta, by=other, at=NOW)


def test_an_administrator_whom_the_proposer_made_does_not_approve(coordinator: Any, other: Any) -> None:
    told = {"roles": [ADMINISTRATOR], "is_active": True}
    note(Deed.ACCOUNT_MADE, about=other, by=coordinator, at=NOW - timedelta(days=MADE_DAYS - 1), **told)
    with pytest.raises(Refused):
        actas.approve_acta(acta=proposed(coordinator), by=other, at=NOW)


@pytest.mark.parametrize(("days", "is_refused"), [(1, True), (GIVEN_BACK_DAYS + 1, False)])
def test_who_reset_the_proposers_second_step_does_not_approve_for_a_while(
    coordinator: Any, administrator: Any, days: int, is_refused: bool
) -> None:
    note(Deed.SECOND_STEP_RESET, about=coordinator, by=administrator, at=NOW - timedelta(days=days))
    acta = proposed(coordinator)
    if is_refused:
        with pytest.raises(Refused):
            actas.approve_acta(acta=acta, by=administrator, at=NOW)
    else:
        actas.approve_acta(acta=acta, by=administrator, at=NOW)


def test_the_reset_and_a_new_password_that_she_gives_count(
    coordinator: Any, administrator: Any, other: Any
) -> None:
    factors.reset(account=coordinator, by=administrator)
    assert one_hand(administrator, [coordinator, other], timezone.now()) == {coordinator.pk}
    post_account(other, username=coordinator.username, roles=[COORDINATOR])
    assert one_hand(other, [coordinator, administrator], timezone.now()) == {coordinator.pk}


def test_a_first_desk_counts_as_a_made_account(stranger: Any, trainee: Any, administrator: Any) -> None:
    """An account that slept, or a trainee's, becomes a colleague's by a form or by Wagtail's bulk act."""
    post_account(administrator, username=stranger.username, roles=[TRAINER])
    client = Client()
    client.force_login(administrator)
    address = reverse("wagtail_bulk_action", args=["users", "user", "assign_role"])
    role = Group.objects.get(name=COORDINATOR).pk
    client.post(f"{address}?id={trainee.pk}", {"role": role})
    later = timezone.now() + timedelta(days=MADE_DAYS - 1)
    assert trainee.groups.filter(name=COORDINATOR).exists()
    assert one_hand(administrator, [stranger, trainee], later) == {stranger.pk, trainee.pk}
    assert one_hand(administrator, [stranger, trainee], later + timedelta(days=2)) == set()


def test_a_correction_takes_two_people(
    sent: Acta, answer: Answer, coordinator: Any, administrator: Any, other: Any
) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    answer(accepted=[], returned={line.pk: "El nombre no coincide."})
    new = corrections.correct_line(line=line, name="María Inés", reason="Así.", by=coordinator, at=NOW)
    factors.reset(account=coordinator, by=administrator)
    with pytest.raises(Refused):
        corrections.approve_correction(line=new, by=administrator, at=NOW)
    offered = {person.pk: may_approve(person, sent, new) for person in (administrator, other)}
    assert offered == {administrator.pk: False, other.pk: True}
    corrections.approve_correction(line=new, by=other, at=NOW)


def may_approve(person: Any, acta: Acta, line: ActaLine) -> bool:
    """Does her screen offer it?"""
    client = Client()
    client.force_login(person)
    page = client.get(reverse("actas:acta", args=[acta.pk])).content.decode()
    return reverse("actas:approve_line", args=[acta.pk, line.pk]) in page


def test_an_officer_whom_the_approver_made_does_not_answer_for_the_authority(
    sent: Acta, officer: Any, administrator: Any
) -> None:
    lines = [line.pk for line in sent.lines.filter(is_graduate=True)]
    note(Deed.ACCOUNT_MADE, about=officer, by=administrator, at=NOW, roles=["officer"], is_active=True)
    assert sent.decided_by == administrator
    with pytest.raises(Refused):
        answers.answer_lines(
            acta=sent,
            accepted=lines,
            oficio_number="1",
            oficio_date=NOW.date(),
            oficio=scan(),
            by=officer,
            at=NOW,
        )
    assert not Recognition.objects.exists()


def test_her_screen_says_why_and_still_lets_her_return_it(puppet: User, administrator: Any) -> None:
    acta, client = proposed(puppet), Client()
    client.force_login(administrator)
    page = client.get(reverse("actas:acta", args=[acta.pk])).content.decode()
    assert reverse("actas:approve", args=[acta.pk]) not in page
    assert reverse("actas:return", args=[acta.pk]) in page
    actas.return_acta(acta=acta, reason="Falta una sesión.", by=administrator, at=NOW)


def test_an_account_that_is_gone_and_one_nobody_made_stand_apart(administrator: Any, other: Any) -> None:
    assert one_hand(administrator, [None, other], datetime.now(NOW.tzinfo)) == set()
    assert one_hand(administrator, [administrator], NOW) == {administrator.pk}
