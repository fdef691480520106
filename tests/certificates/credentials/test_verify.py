"""Our own check takes nothing on trust: every tampering is found and named."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from certificates.credentials import status, verify
from certificates.credentials.verify import Finding
from tests.certificates.credentials import tampering
from tests.certificates.credentials.tampering import Case, untouched
from tests.factories.certificates import facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("neutral_issuer")]

NOW = datetime(2026, 11, 5, 18, tzinfo=UTC)
EXPECTED = {
    "nothing": Finding.VALID,
    "the title changed": Finding.ALTERED,
    "the hours changed": Finding.ALTERED,
    "her name's hash changed": Finding.ALTERED,
    "the letter of recognition removed": Finding.ALTERED,
    "the status entry removed": Finding.ALTERED,
    "another status index": Finding.ALTERED,
    "the time of signing changed": Finding.ALTERED,
    "the proof removed": Finding.ALTERED,
    "an undefined term added": Finding.UNDEFINED_TERM,
    "an undefined term, signed elsewhere and changed": Finding.UNDEFINED_TERM,
    "a context added": Finding.MALFORMED,
    "another key in our name": Finding.ALTERED,
    "another issuer, in order by its own keys": Finding.OTHER_ISSUER,
    "a key that may not assert": Finding.UNKNOWN_KEY,
    "revoked": Finding.REVOKED,
    "a status list signed by another key": Finding.STATUS_UNTRUSTED,
    "a status list of another address": Finding.STATUS_UNTRUSTED,
}


def content(credential: dict[str, Any]) -> bytes:
    return json.dumps(credential, ensure_ascii=False).encode()


def test_every_tampering_is_found_and_named() -> None:
    cases = dict(tampering.every(NOW))
    ours = cases["nothing"].did_document
    assert {name: tampering.our_result(case, ours).finding for name, case in cases.items()} == EXPECTED


def test_only_what_we_signed_names_an_award() -> None:
    cases = dict(tampering.every(NOW))
    ours = cases["nothing"].did_document
    named = {name for name, case in cases.items() if tampering.our_result(case, ours).award}
    assert named == {
        "nothing",
        "revoked",
        "a status list signed by another key",
        "a status list of another address",
    }
    assert tampering.our_result(cases["nothing"], ours).award == facts()["award"]


def test_without_a_status_list_nothing_is_said_of_revocation() -> None:
    case = untouched(NOW)
    found = verify.verify(content(case.credential), case.did_document, at=NOW)
    assert (found.finding, found.is_revoked) == (Finding.VALID, None)
    assert found.is_authentic


def test_a_list_out_of_date_is_not_believed() -> None:
    case = untouched(NOW)
    keys, listed = case.did_document, content(case.status_list)
    for at in (NOW - timedelta(days=1), NOW + timedelta(days=93)):
        found = verify.verify(content(case.credential), keys, listed, at=at)
        assert found.finding == Finding.STATUS_UNTRUSTED


def test_a_key_told_twice_is_refused() -> None:
    case = untouched(NOW)
    text = content(case.credential).decode()
    doubled = text.replace('"licenseNumber": ', '"licenseNumber": "EPS-2026-9999", "licenseNumber": ', 1)
    assert json.loads(doubled) == case.credential  # a careless reader sees nothing
    found = verify.verify(doubled.encode(), case.did_document, at=NOW)
    assert found.finding == Finding.MALFORMED


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"\xff\xfe",
        b'{"@context": 1}',
        b"[" * 30_000,
        b'{"a":' * 20_000,
        b"{" + b" " * 70_000 + b"}",
        b'{"issuer": {"id": 5}, "credentialStatus": {"statusListCredential": "x/1"}}',
        b'{"issuer": {"id": "did:web:a"}, "credentialStatus": {"statusListCredential": "x/-1"}}',
        b'{"issuer": {"id": "x"}, "credentialStatus": {"statusListCredential": "x/99999999999999999"}}',
    ],
)
def test_junk_is_malformed_and_raises_nothing(junk: bytes) -> None:
    case = untouched(NOW)
    assert verify.verify(junk, case.did_document, at=NOW).finding == Finding.MALFORMED
    assert not verify.verify_ours(junk, at=NOW).is_authentic


def test_a_credential_made_to_take_minutes_is_refused_at_once() -> None:
    case = untouched(NOW)
    alike = {"type": ["EndorsementCredential"]}
    for told in (
        [copy.deepcopy(alike) for _ in range(8)],
        [{"id": "_:a"}, {"id": "_:b"}],
        [alike | {"endorsement": [alike | {"endorsement": [alike] * 3}] * 3}] * 3,
    ):
        hostile = content(case.credential | {"endorsement": told})
        assert verify.verify(hostile, case.did_document, at=NOW).finding == Finding.MALFORMED


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("urn:a:b"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def case() -> Case:
    """A credential that nobody touched."""
    return untouched(NOW)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_change_anywhere_is_accepted_and_none_raises(case: Case, data: st.DataObject) -> None:
    """Put anything in any place of a credential or its list: never valid, never an exception."""
    given_docs = {"credential": case.credential, "status_list": case.status_list}
    told = copy.deepcopy(given_docs)
    place: Any = told[data.draw(st.sampled_from(sorted(told)))]
    key = data.draw(st.sampled_from(_keys(place)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.sampled_from(_keys(place)))
    place[key] = data.draw(json_values)
    assume(json.dumps(told) != json.dumps(given_docs))
    found = verify.verify(
        content(told["credential"]), case.did_document, content(told["status_list"]), at=NOW
    )
    assert found.finding != Finding.VALID


def _keys(place: Any) -> list[Any]:
    return list(place) if isinstance(place, dict) else list(range(len(place)))


def test_ours_are_checked_by_the_keys_and_lists_kept_here() -> None:
    case = untouched(NOW)
    assert verify.verify_ours(content(case.credential), at=NOW).finding == Finding.VALID
    status.revoke(1, int(case.credential["credentialStatus"]["statusListIndex"]), at=NOW)
    found = verify.verify_ours(content(case.credential), at=NOW)
    assert (found.finding, found.award) == (Finding.REVOKED, facts()["award"])


def test_what_another_host_issued_is_not_ours() -> None:
    case = tampering.TAMPERINGS["another issuer, in order by its own keys"](untouched(NOW))
    assert verify.verify_ours(content(case.credential), at=NOW).finding == Finding.OTHER_ISSUER


def test_checking_ours_takes_three_queries_at_most(
    django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = untouched(NOW)
    monkeypatch.setattr(settings, "ISSUER_DID", "did:web:nueva.example")
    with django_assert_max_num_queries(3):
        assert verify.verify_ours(content(case.credential), at=NOW).finding == Finding.VALID


@pytest.mark.usefixtures("own_keys")
def test_what_was_signed_in_2026_verifies_when_the_key_of_2027_is_there() -> None:
    case = untouched(NOW)
    later = datetime(2027, 2, 1, tzinfo=UTC)
    next_year = untouched(later, award="0b7f6c1e-0000-4000-8000-000000000002")
    kids = [one["id"].partition("#")[2] for one in next_year.did_document["verificationMethod"]]
    assert kids == ["2027-1", "2026-1"]
    listed = content(next_year.status_list)
    for one in (case, next_year):
        told = content(one.credential)
        assert verify.verify(told, next_year.did_document, listed, at=later).finding == Finding.VALID
