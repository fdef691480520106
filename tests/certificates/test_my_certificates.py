"""The diplomas on a trainee's own page: hers, in their state, and nobody else's."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from courses.cohorts.models import Enrolment
from tests.factories.certificates import ActaLineFactory, CertificateFactory, RevocationFactory

ADDRESS = "/curso/diploma/"


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


@pytest.fixture
def line(trainee: Any, enrolment: Enrolment) -> Any:
    return ActaLineFactory(person_id=trainee.person.pk, acta__cohort=enrolment.cohort)


def test_a_diploma_that_is_ready_can_be_downloaded(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line, is_rendered=True)
    page = browser.get(ADDRESS).content.decode()
    assert f'href="/mi-diploma/{diploma.pk}.pdf"' in page
    assert f'href="/v/{diploma.code}/"' in page
    assert browser.get(f"/mi-diploma/{diploma.pk}.pdf").status_code == 200


def test_a_diploma_that_is_being_made_has_no_link_yet(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line)
    page = browser.get(ADDRESS).content.decode()
    assert diploma.folio in page
    assert "/mi-diploma/" not in page


def test_a_revoked_diploma_is_not_offered(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line, is_rendered=True)
    RevocationFactory(certificate=diploma)
    page = browser.get(ADDRESS).content.decode()
    assert diploma.folio in page
    assert "/mi-diploma/" not in page


def test_a_replaced_diploma_gives_way_to_the_new_one(browser: Client, line: Any) -> None:
    old = CertificateFactory(line=line, is_rendered=True)
    new = CertificateFactory(line=line, replaces=old, is_rendered=True)
    page = browser.get(ADDRESS).content.decode()
    assert new.folio in page
    assert old.folio not in page


def test_the_diploma_of_another_woman_is_not_shown(browser: Client) -> None:
    other = CertificateFactory(is_rendered=True)
    assert other.folio not in browser.get(ADDRESS).content.decode()


def test_queries_do_not_grow_with_diplomas(
    browser: Client, line: Any, trainee: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CertificateFactory(line=line, is_rendered=True)
    with django_assert_num_queries(11):
        browser.get(ADDRESS)
    for _diploma in range(5):
        CertificateFactory(line__person_id=trainee.person.pk, is_rendered=True)
    with django_assert_num_queries(11):
        browser.get(ADDRESS)
