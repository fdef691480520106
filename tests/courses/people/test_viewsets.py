"""People in the admin: made, found, and given an account that a card opens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.people.models import Organisation, Person
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_coordinator_writes_a_person_down_with_an_account(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    data = {"name": "Rosa", "language": "es", "username": "rosa24"}
    response = client.post(reverse("people:add"), data)
    account: Any = Person.objects.get(name="Rosa").account
    assert account.username == "rosa24"
    assert not account.has_usable_password()
    assert reverse("cards:woman", args=[account.key]) in said(response)
    assert account.has_perm("courses.study")
    assert not account.has_perm("wagtailadmin.access_admin")


def test_another_name_is_noted_and_another_language_is_not(client: Client, coordinator: Any) -> None:
    person = PersonFactory(name="Rosa", language="es")
    client.force_login(coordinator)
    address = reverse("people:edit", args=[person.pk])
    client.post(address, {"name": "Rosa", "language": "en"})
    assert not TrailEntry.objects.filter(what=Deed.NAME_CHANGED).exists()
    client.post(address, {"name": "Luna", "language": "en"})
    noted = TrailEntry.objects.get(what=Deed.NAME_CHANGED)
    assert (noted.actor, noted.about, noted.facts) == (coordinator.key, str(person.pk), {})


def test_who_writes_an_organisation_down_or_lists_its_officers_is_noted(
    client: Client, coordinator: Any, officer: Any
) -> None:
    client.force_login(coordinator)
    client.post(reverse("organisations:add"), {"name": "Autoridad de ejemplo", "kind": "authority"})
    made = Organisation.objects.get(name="Autoridad de ejemplo")
    fields = {"name": made.name, "kind": "authority", "officers": [officer.pk]}
    client.post(reverse("organisations:edit", args=[made.pk]), fields)
    assert list(made.officers.all()) == [officer]
    noted = TrailEntry.objects.filter(kind="courses.organisation", about=str(made.pk)).order_by("pk")
    assert [(one.what, one.actor, one.facts) for one in noted] == [
        (Deed.RECORD_MADE, coordinator.key, {}),
        (Deed.RECORD_CHANGED, coordinator.key, {}),
    ]


def test_a_taken_user_name_saves_nothing(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    client.post(reverse("people:add"), {"name": "Rosa", "language": "es", "username": "COORDINADORA"})
    assert not Person.objects.exists()


def test_a_trainer_does_not_see_the_list_of_people(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    assert client.get(reverse("people:index")).status_code == 302


def test_an_administrator_reads_but_does_not_write_people(client: Client, administrator: Any) -> None:
    person = PersonFactory()
    client.force_login(administrator)
    assert person.name in client.get(reverse("people:index")).content.decode()
    client.post(reverse("people:edit", args=[person.pk]), {"name": "Otra", "language": "es"})
    person.refresh_from_db()
    assert person.name != "Otra"


def test_the_list_of_people_holds_its_queries(
    client: Client, coordinator: Any, queries_of: Callable[[str], int]
) -> None:
    PersonFactory.create_batch(2)
    client.force_login(coordinator)
    few = queries_of(reverse("people:index"))
    PersonFactory.create_batch(18)
    assert queries_of(reverse("people:index")) <= few
