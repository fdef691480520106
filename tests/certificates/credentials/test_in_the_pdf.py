"""The credential in a real diploma: signed, attached, read back, and revoked later."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.conf import settings

from certificates import payload
from certificates.awards import files, production
from certificates.awards.models import Certificate
from certificates.credentials import attachments, did, status, verify
from certificates.credentials.verify import Finding
from tests.certificates.credentials import oracles
from tests.factories.certificates import CertificateFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("neutral_issuer", "storage")]

NOW = datetime(2026, 11, 5, 18, tzinfo=UTC)


@pytest.fixture
def diploma() -> tuple[Certificate, bytes, str]:
    """A certificate, its signed PDF, and the credential's digest as the register would keep it."""
    [(number, index)] = status.take_indexes(1)
    status.refresh(NOW)
    certificate = CertificateFactory(status_list=number, status_index=index, created_at=NOW)
    made = production.produce(certificate, "diplomas/00/test.sealed")
    return certificate, files.read("diplomas/00/test.sealed", certificate.key, certificate.pk), made.vc_sha256


def test_it_is_the_one_that_the_register_knows_and_names_its_award(
    diploma: tuple[Certificate, bytes, str],
) -> None:
    certificate, pdf, digest = diploma
    credential = attachments.extract(pdf)
    assert hashlib.sha256(credential).hexdigest() == digest
    found = verify.verify_ours(credential, at=NOW)
    assert (found.finding, found.award, found.sha256) == (Finding.VALID, str(certificate.pk), digest)


def test_after_a_revocation_the_same_file_is_revoked(diploma: tuple[Certificate, bytes, str]) -> None:
    certificate, pdf, _digest = diploma
    status.revoke(certificate.status_list, certificate.status_index, at=NOW)
    assert verify.verify_ours(attachments.extract(pdf), at=NOW).finding == Finding.REVOKED


def test_what_it_says_is_what_the_paper_says(diploma: tuple[Certificate, bytes, str]) -> None:
    certificate, pdf, _digest = diploma
    text = attachments.extract(pdf).decode()
    facts = certificate.payload
    printed = [facts["title"], facts["folio"], facts["issuer"], facts["duration"], facts["span"]]
    assert all(fact in text for fact in printed)
    assert payload.digest(facts) == certificate.payload_sha256


def test_digital_bazaars_javascript_accepts_it(diploma: tuple[Certificate, bytes, str]) -> None:
    _certificate, pdf, _digest = diploma
    case = {
        "credential": json.loads(attachments.extract(pdf)),
        "didDocument": did.document(settings.ISSUER_DID),
        "statusList": None,
        "now": NOW.isoformat(),
    }
    try:
        answer = oracles.digital_bazaar({"diploma": case})["diploma"]
    except oracles.NotHere as missing:
        pytest.skip(f"Digital Bazaar's verifier did not run: {missing}")
    assert answer["verified"], answer["error"]
