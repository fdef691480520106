"""Legal names: only where she wants one, sealed, seen by few, and on the diploma only if she says so."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from courses import api
from courses.cohorts.models import Cohort, Enrolment
from courses.people import sealing
from courses.people.actions import forget_legal_name, keep_legal_name, legal_name_of
from courses.people.models import LegalName, Person
from tests.factories.courses import OPENED, PersonFactory

pytestmark = pytest.mark.django_db
NAME = "Guadalupe Ramírez Ñu"


@pytest.fixture(autouse=True)
def may_see(school: None) -> None:
    """The permission, should the roles not hold it yet."""
    permission, _made = Permission.objects.get_or_create(
        codename="see_legal_name",
        content_type=ContentType.objects.get_for_model(Cohort),
        defaults={"name": "Can see legal names"},
    )
    for role in ("coordinator", "administrator"):
        Group.objects.get(name=role).permissions.add(permission)


def keep(person: Person, by: Any, *, is_printed: bool = True) -> LegalName:
    return keep_legal_name(person=person, name=f"  {NAME} ", is_printed=is_printed, by=by, at=OPENED)


def test_it_is_sealed_and_can_be_read_again_and_erased(coordinator: Any) -> None:
    person = PersonFactory()
    kept = keep(person, coordinator)
    assert NAME.encode() not in bytes(kept.sealed)
    assert legal_name_of(person) == NAME
    assert forget_legal_name(person=person)
    assert legal_name_of(person) == ""
    assert not forget_legal_name(person=person)


def test_a_sealed_name_cannot_be_moved_or_altered(coordinator: Any) -> None:
    sealed = bytes(keep(PersonFactory(), coordinator).sealed)
    for bytes_, person_id in [(sealed, uuid4()), (sealed[:-1] + b"\x00", uuid4())]:
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(bytes_, person_id=person_id)


def test_an_old_master_key_still_opens(coordinator: Any, settings: Any) -> None:
    person = PersonFactory()
    keep(person, coordinator)
    fresh = "A" * 43 + "="
    settings.MASTER_KEYS = [fresh, *settings.MASTER_KEYS]
    assert legal_name_of(person) == NAME
    settings.MASTER_KEYS = [fresh]
    with pytest.raises(sealing.SealBroken):
        legal_name_of(person)


@pytest.mark.parametrize("is_printed", [True, False])
def test_the_diploma_shows_it_only_if_she_wants(
    enrolment: Enrolment, coordinator: Any, is_printed: bool
) -> None:
    keep(enrolment.person, coordinator, is_printed=is_printed)
    [facts] = api.decisions(enrolment.cohort_id)
    assert (facts.name, facts.printed_name) == ("Lucía", NAME if is_printed else None)


def test_the_coordinator_writes_it_and_the_administrator_reads_it(
    client: Client, coordinator: Any, administrator: Any
) -> None:
    person = PersonFactory()
    url = reverse("people:legal_name", args=[person.pk])
    client.force_login(coordinator)
    client.post(url, {"name": NAME, "is_printed": "on"})
    client.force_login(administrator)
    answer = client.get(url)
    assert NAME in answer.content.decode()
    assert answer.context["header_title"].startswith(f"{person.name}: ")
    assert "no-store" in answer["Cache-Control"]
    client.post(url, {"name": "Otra"})
    assert legal_name_of(person) == NAME


def test_nobody_else_sees_it(
    client: Client, trainer: Any, officer: Any, stranger: Any, trainee: Any, enrolment: Enrolment
) -> None:
    keep(enrolment.person, trainer)
    for user in (trainer, officer, stranger, trainee):
        client.force_login(user)
        answer = client.get(reverse("people:legal_name", args=[enrolment.person_id]), follow=True)
        assert NAME not in answer.content.decode()


def test_it_stands_on_no_other_page_of_the_staff(
    client: Client, coordinator: Any, enrolment: Enrolment
) -> None:
    keep(enrolment.person, coordinator)
    client.force_login(coordinator)
    for url in (
        reverse("people:index"),
        reverse("school:people", args=[enrolment.cohort_id]),
        reverse("school:woman", args=[enrolment.cohort_id, enrolment.pk]),
    ):
        assert NAME not in client.get(url).content.decode()


def test_she_writes_sees_and_erases_it_herself(client: Client, trainee: Any, enrolment: Enrolment) -> None:
    client.force_login(trainee)
    url = reverse("courses:legal_name")
    assert client.get(url).status_code == 200
    assert not LegalName.objects.exists(), "looking keeps nothing"
    client.post(url, {"name": NAME, "is_printed": "on"})
    assert NAME in client.get(url).content.decode()
    assert LegalName.objects.get().by == trainee
    client.post(url, {"name": "", "is_printed": "on"})
    assert not LegalName.objects.exists()


@pytest.mark.parametrize("name", ["漢字", "A" * 121, "\u202eAna"])
def test_what_no_diploma_can_carry_is_refused_and_not_lost(
    client: Client, trainee: Any, enrolment: Enrolment, name: str
) -> None:
    client.force_login(trainee)
    answer = client.post(reverse("courses:legal_name"), {"name": name})
    assert answer.status_code == 200
    assert name in answer.content.decode()
    assert not LegalName.objects.exists()
