"""The page of keys: administrators read it, nobody changes it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certificates.keys import custody
from certificates.keys.models import SigningKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(school: None) -> str:
    return reverse("keys:index")


def key(number: int) -> SigningKey:
    row = custody.public_keys(SigningKey.Purpose.LOG)[0]
    return SigningKey.objects.create(
        purpose=SigningKey.Purpose.LOG,
        kid=f"2020-{number}",
        algorithm="Ed25519",
        public_key=row.public_key,
        starts_at=datetime(2020, 1, 1, tzinfo=UTC),
        ends_at=datetime(2021, 1, 1, tzinfo=UTC),
    )


def test_an_administrator_reads_every_key_with_its_fingerprint(
    client: Client, administrator: Any, url: str
) -> None:
    old = key(1)
    client.force_login(administrator)
    page = client.get(url).content.decode()
    for row in SigningKey.objects.all():
        assert row.kid in page
        assert row.fingerprint[:16] in page
    assert len(old.fingerprint) == 64
    assert "DEMOSTRACI" in page.upper() or "DEMONSTRATION" in page
    assert "PRIVATE" not in page


@pytest.mark.parametrize("role", ["coordinator", "trainer", "officer", "trainee", "stranger"])
def test_nobody_else_does(client: Client, url: str, role: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(role))
    response = client.get(url)
    assert response.status_code in {302, 403}


def test_nothing_can_be_changed_there(client: Client, administrator: Any, url: str) -> None:
    client.force_login(administrator)
    assert client.post(url, {"kid": "x"}).status_code == 405


def test_what_is_wrong_with_the_keys_stands_there_in_words(
    client: Client, administrator: Any, url: str, settings: Any
) -> None:
    settings.PDF_SIGNATURE_LEVEL = "B-T"
    client.force_login(administrator)
    assert "PDF_TIMESTAMP_URL" in client.get(url).content.decode()


def test_twenty_keys_cost_no_more_queries_than_two(
    client: Client, administrator: Any, url: str, queries_of: Callable[[str], int]
) -> None:
    client.force_login(administrator)
    for number in range(2):
        key(number)
    few = queries_of(url)
    for number in range(2, 20):
        key(number)
    assert queries_of(url) == few
