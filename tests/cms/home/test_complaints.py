"""Complaints: found from every page, without an account, written outside the trainers' chain."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Site

from cms.home.models import ComplaintsCard, HelpCard
from cms.home.seeding.content import ensure_home

pytestmark = pytest.mark.django_db


def test_it_opens_without_an_account_and_is_the_same_for_everybody(client: Client, trainee: Any) -> None:
    hers = Client()
    hers.force_login(trainee)
    mine, anybodys = hers.get("/quejas/"), client.get("/quejas/")
    assert anybodys.status_code == 200
    assert mine.content == anybodys.content
    assert mine["Cache-Control"] == "no-store"
    assert not mine.cookies
    assert not anybodys.cookies


@pytest.mark.parametrize("address", ["/ayuda/", "/quejas/"])
def test_looking_at_it_writes_nothing(address: str, trainee: Any) -> None:
    client = Client()
    client.force_login(trainee)
    client.get(address)  # noted once, whatever she opens: the day of her session, an empty card of the site
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    assert not [one["sql"] for one in context if not one["sql"].lstrip().upper().startswith("SELECT")]


@pytest.mark.parametrize("address", ["/entrar/", "/v/", "/ayuda/"])
def test_it_is_one_tap_away(address: str, client: Client) -> None:
    assert 'href="/quejas/"' in client.get(address).content.decode()


def test_before_anybody_wrote_it_it_still_says_what_counts(client: Client) -> None:
    page = client.get("/quejas/", headers={"Accept-Language": "en"}).content.decode()
    assert "Nobody loses her place, her help or her diploma because she complained." in page
    assert "whoever it is" in page


def test_the_demo_names_somebody_outside_of_the_school_and_keeps_what_was_written(client: Client) -> None:
    ensure_home()
    page = client.get("/quejas/").content.decode()
    for words in ("fuera de la escuela", "represalias", "sin dar tu nombre", "no te califica"):
        assert words in page
    card = ComplaintsCard.for_site(Site.objects.get(is_default_site=True))
    card.body = [("text", "<p>Lo nuestro.</p>")]
    card.save()
    ensure_home()
    assert "Lo nuestro." in client.get("/quejas/").content.decode()


@pytest.mark.parametrize("role", ["trainer", "reviewer", "coordinator"])
def test_whom_one_may_complain_about_cannot_change_it(role: str, request: pytest.FixtureRequest) -> None:
    client, site = Client(), Site.objects.get(is_default_site=True)
    client.force_login(request.getfixturevalue(role))
    for model in (ComplaintsCard, HelpCard):
        address = reverse("wagtailsettings:edit", args=["home", model._meta.model_name, site.pk])
        assert client.get(address).status_code in {302, 403}


def test_an_administrator_writes_it(administrator: Any, client: Client) -> None:
    site = Site.objects.get(is_default_site=True)
    client.force_login(administrator)
    address = reverse("wagtailsettings:edit", args=["home", "complaintscard", site.pk])
    assert client.get(address).status_code == 200
