"""A visitor types the name on the paper: match or no match, five times an hour, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates import codes
from certificates.awards.models import Certificate, HolderChoice
from certificates.keys import sealing
from certificates.verification import actions
from certificates.verification.actions import TooManyTries, count_try
from certificates.verification.models import NameTry
from tests.factories.certificates import (
    NAME,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
CODE = codes.new_code()


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def certificate(school: None) -> Certificate:
    row: Any = CertificateFactory(is_rendered=True)
    return row


def type_name(client: Client, code: str, name: str) -> Any:
    return client.post(reverse("certificates:verify_code", args=[code]), {"name": name})


def show_name(certificate: Certificate) -> None:
    HolderChoice.objects.create(
        person_id=certificate.line.person_id,
        cohort_id=certificate.acta.cohort_id,
        shows_name=True,
        at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("typed", "match"),
    [
        (NAME, "yes"),
        ("maria guadalupe hernandez ruiz", "yes"),
        ("  MARÍA  GUADALUPE-HERNÁNDEZ, RUIZ. ", "yes"),
        ("María Guadalupe Hernández", "no"),
        ("Otra Persona", "no"),
    ],
)
def test_the_page_says_whether_it_matches(
    typed: str, match: str, client: Client, certificate: Certificate
) -> None:
    response = type_name(client, certificate.code, typed)
    assert response.status_code == 200
    assert response.context["match"] == match
    assert not response.cookies


def test_the_name_is_told_to_nobody_who_does_not_type_it(client: Client, certificate: Certificate) -> None:
    text = type_name(client, certificate.code, "Otra").content.decode()
    for part in NAME.split():
        assert part not in text


@pytest.mark.parametrize("typed", ["", "   ", "...", "x" * 500])
def test_nothing_typed_is_no_try(typed: str, client: Client, certificate: Certificate) -> None:
    response = type_name(client, certificate.code, typed)
    assert response.status_code == 200
    assert response.context["name_form"].errors
    assert not NameTry.objects.exists()


def test_the_sixth_try_in_an_hour_waits_and_says_until_when(client: Client, certificate: Certificate) -> None:
    for _try in range(5):
        assert type_name(client, certificate.code, "Otra").status_code == 200
    response = type_name(client, certificate.code, NAME)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    opens = timezone.localtime(NameTry.objects.get().window + timedelta(hours=1))
    assert f"{opens:%H:%M}" in response.content.decode()
    assert client.get(reverse("certificates:verify_code", args=[certificate.code])).status_code == 200


def test_another_code_is_not_held_back(client: Client, certificate: Certificate) -> None:
    other: Any = CertificateFactory(is_rendered=True)
    for _try in range(6):
        type_name(client, certificate.code, "Otra")
    assert type_name(client, other.code, NAME).context["match"] == "yes"


def test_a_code_that_is_not_in_the_register_is_counted_the_same_way(client: Client, school: None) -> None:
    waiting: Any = CertificateFactory()
    pages = []
    for code in (waiting.code, codes.new_code()):
        answers = [type_name(client, code, NAME) for _try in range(6)]
        assert [answer.status_code for answer in answers] == [404] * 5 + [429]
        pages.append([_without(answer.content.decode(), code) for answer in answers])
    assert pages[0] == pages[1]


def _without(text: str, code: str) -> str:
    return re.sub(r"\d\d:\d\d", "", text.replace(codes.display(code), "").replace(code, ""))


def test_the_code_itself_is_not_kept_with_the_count(client: Client, certificate: Certificate) -> None:
    type_name(client, certificate.code, "Otra")
    assert certificate.code not in NameTry.objects.get().code_hash


def test_after_an_hour_one_may_try_again() -> None:
    for _try in range(5):
        count_try(code=CODE, at=NOW)
    with pytest.raises(TooManyTries) as refused:
        count_try(code=CODE, at=NOW + timedelta(minutes=59))
    assert refused.value.opens_at == NOW + timedelta(hours=1)
    count_try(code=CODE, at=NOW + timedelta(hours=1))
    assert NameTry.objects.get().count == 1


def test_tries_of_past_hours_are_swept_away() -> None:
    for _code in range(3):
        count_try(code=codes.new_code(), at=NOW)
    count_try(code=CODE, at=NOW + timedelta(minutes=30))
    count_try(code=codes.new_code(), at=NOW + timedelta(minutes=61))
    assert NameTry.objects.count() == 2


def test_a_name_is_matched_for_a_diploma_in_force_only(client: Client, certificate: Certificate) -> None:
    suspended: Any = SuspensionEventFactory()
    revoked: Any = RevocationFactory()
    CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    for row in (suspended.certificate, revoked.certificate, certificate):
        response = type_name(client, row.code, NAME)
        assert response.status_code == 200
        assert "match" not in response.context
        assert "name_form" not in response.context


def test_a_lifted_suspension_leaves_no_trace(client: Client) -> None:
    event: Any = SuspensionEventFactory()
    SuspensionEventFactory(certificate=event.certificate, is_suspended=False)
    assert type_name(client, event.certificate.code, NAME).context["match"] == "yes"


def test_the_name_shows_where_its_holder_chose_so(client: Client, certificate: Certificate) -> None:
    show_name(certificate)
    text = client.get(reverse("certificates:verify_code", args=[certificate.code])).content.decode()
    assert NAME in text
    assert 'name="name"' not in text


def test_an_erased_name_shows_no_more_but_the_paper_still_matches(
    client: Client, certificate: Certificate
) -> None:
    show_name(certificate)
    sealing.destroy(certificate.key, timezone.now())
    text = client.get(reverse("certificates:verify_code", args=[certificate.code])).content.decode()
    assert "Guadalupe" not in text
    assert certificate.folio in text
    assert type_name(client, certificate.code, NAME).context["match"] == "yes"


def test_a_name_takes_few_queries(
    client: Client, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    type_name(client, certificate.code, NAME)
    with django_assert_max_num_queries(6):  # savepoints among them
        type_name(client, certificate.code, NAME)


def test_no_client_is_known_by_its_address(client: Client, certificate: Certificate) -> None:
    type_name(client, certificate.code, NAME)
    assert "127.0.0.1" not in str(NameTry.objects.values())
    assert actions.TRIES == 5
