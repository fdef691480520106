"""What anyone may learn from a code, and what nobody learns."""

import json

import pytest
from pytest_django import DjangoAssertNumQueries

from certificates.awards.models import Certificate, Revocation
from certificates.codes import new_code
from certificates.verification import lookup
from certificates.verification.lookup import PUBLIC, State
from tests.factories.certificates import (
    ISSUED,
    NAME,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
    facts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Certificate:
    return CertificateFactory(is_rendered=True)


def test_an_issued_diploma_is_valid_with_every_printed_fact(certificate: Certificate) -> None:
    verdict = lookup.look_up(certificate.code)
    assert verdict.state == State.VALID
    assert verdict.facts == {key: certificate.payload[key] for key in PUBLIC} | {
        "disclaimer": certificate.payload["words"]["disclaimer"]
    }


def test_every_key_of_a_payload_is_either_public_or_kept_for_a_reason() -> None:
    kept = {"v", "issued_month", "design", "award", "code", "verify_url", "did"}
    kept |= {"name", "name_hash", "words", "words_language"}
    kept |= {"words", "words_language"}
    assert facts().keys() == set(PUBLIC) | kept


def test_a_revoked_diploma_says_since_when_and_why(certificate: Certificate) -> None:
    RevocationFactory(certificate=certificate, reason=Revocation.Reason.REQUEST)
    verdict = lookup.look_up(certificate.code)
    assert (verdict.state, verdict.reason, verdict.since) == (State.REVOKED, "request", ISSUED)
    assert verdict.facts


def test_a_replaced_diploma_says_since_when_and_nothing_of_the_new_one(certificate: Certificate) -> None:
    new = CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    verdict = lookup.look_up(certificate.code)
    assert (verdict.state, verdict.since) == (State.REPLACED, ISSUED)
    told = json.dumps(lookup.as_json(verdict))
    assert new.code not in told.replace("-", "")
    assert new.folio not in told
    assert lookup.look_up(new.code).state == State.VALID


def test_a_diploma_is_unknown_until_its_file_exists() -> None:
    waiting = CertificateFactory()
    assert lookup.look_up(waiting.code) == lookup.Verdict(State.UNKNOWN, waiting.code)


def test_a_code_that_was_never_issued_is_unknown() -> None:
    code = new_code()
    assert lookup.look_up(code) == lookup.Verdict(State.UNKNOWN, code)


@pytest.mark.parametrize("state", list(State))
def test_an_answer_takes_one_query(
    state: State, certificate: Certificate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    if state == State.REVOKED:
        RevocationFactory(certificate=certificate)
    if state == State.SUSPENDED:
        SuspensionEventFactory(certificate=certificate)
    if state == State.REPLACED:
        CertificateFactory(line=certificate.line, replaces=certificate)
    code = new_code() if state == State.UNKNOWN else certificate.code
    with django_assert_num_queries(1):
        assert lookup.look_up(code).state == state


@pytest.mark.parametrize("state", list(State))
def test_no_answer_names_anyone(state: State, certificate: Certificate) -> None:
    if state == State.REVOKED:
        RevocationFactory(certificate=certificate)
    if state == State.SUSPENDED:
        SuspensionEventFactory(certificate=certificate)
    if state == State.REPLACED:
        CertificateFactory(line=certificate.line, replaces=certificate)
    told = json.dumps(lookup.as_json(lookup.look_up(certificate.code)), ensure_ascii=False)
    for part in NAME.split():
        assert part not in told
    assert certificate.acta.cohort.name not in told
    assert str(certificate.pk) not in told
