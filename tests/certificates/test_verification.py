"""What anyone may learn from a code, and what nobody learns."""

import json

import pytest
from pytest_django import DjangoAssertNumQueries

from certificates import verification
from certificates.codes import new_code
from certificates.models import Certificate, Revocation
from certificates.verification import PUBLIC, State
from tests.factories.certificates import ISSUED, CertificateFactory, RevocationFactory, facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Certificate:
    return CertificateFactory(is_rendered=True)


def test_an_issued_diploma_is_valid_with_every_printed_fact(certificate: Certificate) -> None:
    verdict = verification.look_up(certificate.code)
    assert verdict.state == State.VALID
    assert verdict.facts == {key: certificate.payload[key] for key in PUBLIC} | {
        "disclaimer": certificate.payload["words"]["disclaimer"]
    }


def test_every_key_of_a_payload_is_either_public_or_kept_for_a_reason() -> None:
    kept = {"v", "design", "award", "code", "verify_url", "name", "words"}
    assert facts().keys() == set(PUBLIC) | kept


def test_a_revoked_diploma_says_since_when_and_why(certificate: Certificate) -> None:
    RevocationFactory(certificate=certificate, reason=Revocation.Reason.REQUEST)
    verdict = verification.look_up(certificate.code)
    assert (verdict.state, verdict.reason, verdict.since) == (State.REVOKED, "request", ISSUED)
    assert verdict.facts


def test_a_replaced_diploma_says_since_when_and_nothing_of_the_new_one(certificate: Certificate) -> None:
    new = CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    verdict = verification.look_up(certificate.code)
    assert (verdict.state, verdict.since) == (State.REPLACED, ISSUED)
    told = json.dumps(verification.as_json(verdict))
    assert new.code not in told.replace("-", "")
    assert new.folio not in told
    assert verification.look_up(new.code).state == State.VALID


def test_a_diploma_is_unknown_until_its_file_exists() -> None:
    waiting = CertificateFactory()
    assert verification.look_up(waiting.code) == verification.Verdict(State.UNKNOWN, waiting.code)


def test_a_code_that_was_never_issued_is_unknown() -> None:
    code = new_code()
    assert verification.look_up(code) == verification.Verdict(State.UNKNOWN, code)


@pytest.mark.parametrize("state", list(State))
def test_an_answer_takes_one_query(
    state: State, certificate: Certificate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    if state == State.REVOKED:
        RevocationFactory(certificate=certificate)
    if state == State.REPLACED:
        CertificateFactory(line=certificate.line, replaces=certificate)
    code = new_code() if state == State.UNKNOWN else certificate.code
    with django_assert_num_queries(1):
        assert verification.look_up(code).state == state


@pytest.mark.parametrize("state", list(State))
def test_no_answer_names_anyone(state: State, certificate: Certificate) -> None:
    if state == State.REVOKED:
        RevocationFactory(certificate=certificate)
    if state == State.REPLACED:
        CertificateFactory(line=certificate.line, replaces=certificate)
    told = json.dumps(verification.as_json(verification.look_up(certificate.code)), ensure_ascii=False)
    for part in certificate.payload["name"].split():
        assert part not in told
    assert certificate.acta.cohort.name not in told
    assert str(certificate.pk) not in told
