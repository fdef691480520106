"""Staff act for a woman in her presence, each within her role, and that she was there is kept."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certificates.awards.models import Certificate, Erasure
from courses.cohorts.models import Enrolment
from courses.consents.models import Consent
from courses.own_data.models import DataRequest
from courses.people.models import Person
from tests.certificates.awards.test_no_trace import HERS

pytestmark = pytest.mark.django_db


def address(name: str, person: Person) -> str:
    return reverse(f"own_data_desk:{name}", args=[person.pk])


def test_a_coordinator_notes_what_she_said_aloud(client: Client, person: Person, coordinator: Any) -> None:
    client.force_login(coordinator)
    client.post(
        address("permits", person), {"purpose": "photo", "answer": "no", "was_read": "on"}, follow=True
    )
    kept = Consent.objects.get()
    assert (kept.is_given, kept.was_heard, kept.noted_by) == (False, True, coordinator)
    page = client.get(address("permits", person)).content.decode()
    assert coordinator.get_username() in page
    assert client.get(address("receipt", person))["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "sent",
    [
        {"purpose": "photo", "answer": "yes"},
        {"purpose": "photo", "was_read": "on"},
        {"purpose": "blood", "answer": "yes", "was_read": "on"},
        {"purpose": "study", "answer": "no", "was_read": "on"},
        {},
    ],
    ids=["not read aloud", "no answer", "no such purpose", "leaving without knowing", "nothing"],
)
def test_nothing_is_noted_that_she_was_not_read(
    client: Client, person: Person, coordinator: Any, sent: dict[str, str]
) -> None:
    client.force_login(coordinator)
    assert client.post(address("permits", person), sent).status_code in {302, 404}
    assert not Consent.objects.exists()


def test_a_copy_is_handed_over_only_in_her_presence_and_that_is_kept(
    client: Client, person: Person, coordinator: Any
) -> None:
    client.force_login(coordinator)
    assert client.post(address("copy", person), {}).context["form"].errors
    assert not DataRequest.objects.exists()
    answer = client.post(address("copy", person), {"was_present": "on"})
    assert "data.json" in zipfile.ZipFile(BytesIO(answer.content)).namelist()
    kept = DataRequest.objects.get()
    assert (kept.kind, kept.by, kept.was_present) == ("copy", coordinator, True)


def test_an_administrator_erases_her_in_her_presence(
    client: Client, person: Person, diploma: Certificate, administrator: Any
) -> None:
    client.force_login(administrator)
    sent = {"awards": "erase", "was_present": "on", "name": "Otra Persona"}
    assert client.post(address("erase", person), sent).context["form"].errors
    assert client.post(address("erase", person), {"awards": "erase", "name": HERS}).context["form"].errors
    assert Person.objects.filter(pk=person.pk).exists()
    client.post(address("erase", person), {**sent, "name": HERS})
    assert not Person.objects.filter(pk=person.pk).exists()
    assert Erasure.objects.get(certificate=diploma).by == administrator
    kept = DataRequest.objects.get()
    assert (kept.kind, kept.person, kept.by, kept.was_present) == ("erasure", None, administrator, True)


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("coordinator", {"permits", "receipt", "copy"}),
        ("administrator", {"permits", "receipt", "copy", "erase"}),
        ("trainer", set()),
        ("reviewer", set()),
        ("officer", set()),
        ("stranger", set()),
    ],
)
def test_each_role_opens_what_it_needs_and_no_more(
    request: pytest.FixtureRequest, client: Client, person: Person, role: str, opens: set[str]
) -> None:
    client.force_login(request.getfixturevalue(role))
    names = {"permits", "receipt", "copy", "erase"}
    assert {name for name in names if client.get(address(name, person)).status_code == 200} == opens


def test_an_administrator_cannot_answer_for_her(client: Client, person: Person, administrator: Any) -> None:
    client.force_login(administrator)
    client.post(address("permits", person), {"purpose": "donor", "answer": "yes", "was_read": "on"})
    assert not Consent.objects.exists()


def test_who_says_no_to_studying_aloud_leaves_the_course(
    client: Client, person: Person, coordinator: Any
) -> None:
    client.force_login(coordinator)
    said = {"purpose": "study", "answer": "no", "was_read": "on", "knows": "on"}
    client.post(address("permits", person), said)
    assert not Enrolment.objects.active().filter(person=person).exists()
