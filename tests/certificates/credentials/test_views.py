"""The issuer's keys and lists as files: cacheable, readable from anywhere, cheap."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certificates.credentials import did, status
from certificates.keys import custody
from certificates.keys.models import SigningKey
from tests.factories.certificates import ISSUED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_keys")]

DID = "/.well-known/did.json"


@pytest.fixture
def listed() -> str:
    """The address of a status list with one revocation."""
    [(number, index)] = status.take_indexes(1)
    status.revoke(number, index, at=ISSUED)
    return f"/status/{number}"


@pytest.fixture
def keyed(own_keys: None) -> None:
    """Keys of two years."""
    for year in (2025, 2026):
        custody.signer(SigningKey.Purpose.CREDENTIAL, datetime(year, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize("path", ["listed", DID])
def test_whoever_has_the_file_gets_304(path: str, client: Client, keyed: None, listed: str) -> None:
    address = listed if path == "listed" else path
    first = client.get(address)
    assert first.status_code == 200
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_it_travels_compressed_and_its_tag_still_counts(client: Client, listed: str) -> None:
    packed = client.get(listed, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert client.get(listed, headers=headers).status_code == 304


@pytest.mark.parametrize("path", ["listed", DID])
def test_it_may_be_kept_by_caches_and_read_by_other_sites(
    path: str, client: Client, keyed: None, listed: str
) -> None:
    response = client.get(listed if path == "listed" else path)
    assert response["Cache-Control"].startswith("public, max-age=")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_a_list_costs_one_query_and_the_keys_two_at_most(client: Client, keyed: None, listed: str) -> None:
    with CaptureQueriesContext(connection) as of_list:
        client.get(listed)
    with CaptureQueriesContext(connection) as of_keys:
        client.get(DID)
    assert len(of_list) == 1
    assert len(of_keys) <= 2


def test_a_new_revocation_is_a_new_file(client: Client, listed: str) -> None:
    before = client.get(listed)
    [(number, index)] = status.take_indexes(1)
    status.revoke(number, index, at=ISSUED)
    after = client.get(listed, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


def test_a_list_not_signed_yet_says_to_come_again(client: Client) -> None:
    status.take_indexes(1)
    response = client.get("/status/1")
    assert (response.status_code, response["Retry-After"]) == (503, "60")


@pytest.mark.parametrize("path", ["/status/9", "/status/0", "/status/99999999999999999999", "/status/x"])
def test_a_list_that_is_not_there_is_not_found(path: str, client: Client, school: None) -> None:
    assert client.get(path, follow=True).status_code == 404


@pytest.mark.parametrize("path", ["listed", DID])
def test_nothing_can_be_posted(path: str, client: Client, keyed: None, listed: str) -> None:
    assert client.post(listed if path == "listed" else path).status_code == 405


def test_the_document_lists_every_key_and_all_may_assert_in_a_demo(client: Client, keyed: None) -> None:
    document = json.loads(client.get(DID).content)
    assert document["id"] == settings.ISSUER_DID
    kids = [one["id"].partition("#")[2] for one in document["verificationMethod"]]
    assert kids == ["2026-1", "2025-1"]
    assert document["assertionMethod"] == [one["id"] for one in document["verificationMethod"]]


def test_outside_a_demo_its_keys_may_not_assert(
    client: Client, keyed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IS_DEMO", False)
    document = json.loads(client.get(DID).content)
    assert len(document["verificationMethod"]) == 2
    assert document["assertionMethod"] == []


def test_a_stolen_key_is_listed_and_may_not_assert(
    client: Client, keyed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WITHDRAWN_CREDENTIAL_KEYS", ["2025-1"])
    document = json.loads(client.get(DID).content)
    assert len(document["verificationMethod"]) == 2
    assert document["assertionMethod"] == [f"{settings.ISSUER_DID}#2026-1"]


def test_it_is_the_same_document_at_every_host_that_is_not_a_former_one(client: Client, keyed: None) -> None:
    other = client.get(DID, headers={"Host": "otra.example"})
    assert json.loads(other.content)["id"] == settings.ISSUER_DID


def test_a_former_host_keeps_its_document(
    client: Client, keyed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = settings.ISSUER_DID
    status.take_indexes(1)
    monkeypatch.setattr(settings, "ISSUER_DID", "did:web:nueva.example")
    document = json.loads(client.get(DID, headers={"Host": did.host(former)}).content)
    assert document["id"] == former
    assert all(one["controller"] == former for one in document["verificationMethod"])


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("did:web:diplomas.example", "https://diplomas.example"),
        ("did:web:diplomas.example%3A8443", "https://diplomas.example:8443"),
        ("did:web:localhost%3A8000", "http://localhost:8000"),
        ("did:web:localhost", "http://localhost"),
        ("did:web:localhost.example", "https://localhost.example"),
    ],
)
def test_addresses_come_from_the_did(identifier: str, address: str) -> None:
    assert did.base_url(identifier) == address


def test_a_key_of_another_kind_is_never_listed() -> None:
    key: Any = SigningKey(
        purpose="credential",
        kid="2026-1",
        public_key=custody.signer(SigningKey.Purpose.QR, ISSUED).public.public_key,
    )
    with pytest.raises(TypeError):
        did.document_of("did:web:diplomas.example", [key])
