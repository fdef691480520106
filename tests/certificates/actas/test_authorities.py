"""An officer answers for her own authority: what goes to another one does not exist for her."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actas import access, answers
from certificates.actas.models import Acta
from certificates.errors import Refused
from cms.users.roles import OFFICER
from courses import api
from courses.people.forms import OrganisationForm
from courses.people.models import Organisation
from tests.factories.courses import AuthorityFactory, OrganisationFactory, UserFactory
from tests.factories.decisions import scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(school: None) -> Any:
    """The officer of another authority."""
    user = UserFactory(username="otra-autoridad", role=OFFICER)
    AuthorityFactory(name="Otra jurisdicción").officers.add(user)
    return user


def authority_of(acta: Acta) -> Organisation:
    authority = acta.cohort.authority
    assert authority is not None
    return authority


def accept(acta: Acta, by: Any) -> Any:
    return answers.answer_lines(
        acta=acta,
        accepted=list(acta.lines.filter(is_graduate=True).values_list("pk", flat=True)),
        oficio_number="J7/1",
        oficio_date=date(2026, 4, 1),
        oficio=scan(),
        by=by,
        at=timezone.now(),
    )


def test_with_one_authority_every_officer_sees_what_was_sent(sent: Acta, officer: Any) -> None:
    assert list(access.authority_actas(officer)) == [sent]


def test_with_several_an_officer_on_no_list_sees_nothing(sent: Acta, officer: Any, colleague: Any) -> None:
    assert not access.authority_actas(officer).exists()
    with pytest.raises(Refused):
        accept(sent, officer)


def test_each_officer_sees_and_answers_her_own(sent: Acta, officer: Any, colleague: Any) -> None:
    authority_of(sent).officers.add(officer)
    assert list(access.authority_actas(officer)) == [sent]
    assert not access.authority_actas(colleague).exists()
    with pytest.raises(Refused):
        accept(sent, colleague)
    assert accept(sent, officer) is not None


def test_the_portal_of_another_authority_has_no_such_acta(sent: Acta, client: Client, colleague: Any) -> None:
    client.force_login(colleague)
    assert sent.facts["cohort"] not in client.get(reverse("certificates:authority")).content.decode()
    assert client.get(reverse("certificates:authority_acta", args=[sent.pk])).status_code == 404


def test_being_listed_makes_nobody_an_officer(sent: Acta, stranger: Any) -> None:
    authority_of(sent).officers.add(stranger)
    assert not access.authority_actas(stranger).exists()
    assert api.authorities_of(AnonymousUser()) == []


def test_the_coordinator_lists_officers_of_an_authority_only(
    officer: Any, stranger: Any, client: Client, coordinator: Any
) -> None:
    authority, issuer = AuthorityFactory(), OrganisationFactory()
    fields = {"name": authority.name, "kind": "authority", "officers": [officer.pk]}
    client.force_login(coordinator)
    response = client.post(reverse("organisations:edit", args=[authority.pk]), fields)
    assert response.status_code == 302
    assert list(Organisation.objects.get(pk=authority.pk).officers.all()) == [officer]
    form = OrganisationForm({**fields, "name": issuer.name, "kind": "issuer"}, instance=issuer)
    assert list(form.errors) == ["officers"]
    form = OrganisationForm({**fields, "officers": [stranger.pk]}, instance=authority)
    assert list(form.errors) == ["officers"]
