"""Papers handed over: once, by whom, when; a lost one is printed again from the same file."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.actas.models import Acta
from certificates.awards import erasure, files, handover, life
from certificates.awards.models import Certificate, Delivery, Document
from certificates.errors import Refused
from tests.factories.awards import acta_of, made

pytestmark = pytest.mark.django_db
What = Delivery.What


@pytest.fixture
def diplomas(coordinator: Any, administrator: Any) -> list[Certificate]:
    """Two, made and stored."""
    return made(acta_of(2, coordinator=coordinator, administrator=administrator), administrator)


def deliver(diploma: Certificate, by: Any, what: str = What.DIPLOMA) -> Delivery:
    return handover.deliver(certificate=diploma, what=what, by=by, at=timezone.now())


def test_who_handed_it_over_and_when_is_kept(diplomas: list[Certificate], coordinator: Any) -> None:
    delivery = deliver(diplomas[0], coordinator)
    assert (delivery.by, delivery.what) == (coordinator, What.DIPLOMA)
    assert list(Delivery.objects.all()) == [delivery]


def test_the_first_paper_is_handed_over_once(diplomas: list[Certificate], coordinator: Any) -> None:
    deliver(diplomas[0], coordinator)
    with pytest.raises(Refused):
        deliver(diplomas[0], coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(certificate=diplomas[0], what=What.DIPLOMA, by=coordinator, at=timezone.now())


def test_a_reprint_is_the_same_file_and_comes_after_the_first_paper(
    diplomas: list[Certificate], coordinator: Any
) -> None:
    with pytest.raises(Refused):
        deliver(diplomas[0], coordinator, What.REPRINT)
    deliver(diplomas[0], coordinator)
    deliver(diplomas[0], coordinator, What.REPRINT)
    deliver(diplomas[0], coordinator, What.REPRINT)
    assert [one.what for one in Delivery.objects.all()] == ["diploma", "reprint", "reprint"]
    assert Document.objects.filter(certificate=diplomas[0]).count() == 1


@pytest.mark.parametrize("role", ["officer", "trainer", "stranger"])
def test_others_hand_nothing_over(
    diplomas: list[Certificate], role: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(role)
    with pytest.raises(Refused):
        deliver(diplomas[0], user)
    with pytest.raises(Refused):
        handover.deliver_many(acta=diplomas[0].acta, awards=[diplomas[0].pk], by=user, at=timezone.now())


@pytest.mark.parametrize("ended_by", ["revoke", "replace", "suspend", "erase", "waiting"])
def test_what_does_not_stand_is_not_handed_over(
    diplomas: list[Certificate], coordinator: Any, administrator: Any, ended_by: str
) -> None:
    diploma, told = diplomas[0], {"by": administrator, "at": timezone.now()}
    if ended_by == "revoke":
        life.revoke_certificate(certificate=diploma, reason="error", **told)
    elif ended_by == "replace":
        life.replace_certificate(certificate=diploma, name="Nombre Nuevo", **told)
    elif ended_by == "suspend":
        life.suspend_certificate(certificate=diploma, **told)
    elif ended_by == "erase":
        erasure.erase(certificate=diploma, **told)
    else:
        diploma = life.replace_certificate(certificate=diploma, name="Nombre Nuevo", **told)
    with pytest.raises(Refused):
        deliver(diploma, coordinator)
    assert diploma not in handover.deliverable(diploma.acta)


def test_a_cohort_is_handed_over_at_once_and_nobody_twice(
    diplomas: list[Certificate], coordinator: Any
) -> None:
    acta: Acta = diplomas[0].acta
    deliver(diplomas[0], coordinator)
    chosen = [one.pk for one in diplomas]
    assert handover.deliver_many(acta=acta, awards=chosen, by=coordinator, at=timezone.now()) == 1
    assert Delivery.objects.count() == 2
    with pytest.raises(Refused):
        handover.deliver_many(acta=acta, awards=chosen, by=coordinator, at=timezone.now())


def test_the_diploma_of_another_acta_is_not_handed_over_with_this_one(
    diplomas: list[Certificate], coordinator: Any, administrator: Any
) -> None:
    other = made(acta_of(1, coordinator=coordinator, administrator=administrator), administrator)[0]
    with pytest.raises(Refused):
        handover.deliver_many(acta=diplomas[0].acta, awards=[other.pk], by=coordinator, at=timezone.now())


def test_after_months_the_stored_file_is_still_the_one_that_was_signed(diplomas: list[Certificate]) -> None:
    document = diplomas[0].document
    assert files.read(document.path, diplomas[0].key, diplomas[0].pk).startswith(b"%PDF")
