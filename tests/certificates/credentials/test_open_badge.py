"""What a credential says and what it does not, and that it says it the same way twice."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

from certificates import wording
from certificates.credentials import linked_data, open_badge, phrases
from certificates.keys.errors import KeyMissing
from tests.factories.certificates import ISSUED, NAME, facts

pytestmark = pytest.mark.django_db


def issued(**changes: Any) -> dict[str, Any]:
    """The credential of a diploma, as data; pass which facts differ."""
    content = open_badge.issue(facts(**changes), at=ISSUED, status_list=1, status_index=7)
    return json.loads(content)


def statement(**changes: Any) -> dict[str, Any]:
    return issued(
        **{"kind": "statement", "recognition": None, "minutes": 37 * 60 + 30, "modules": [], **changes}
    )


def test_the_same_award_gives_the_same_bytes() -> None:
    first = open_badge.issue(facts(), at=ISSUED, status_list=1, status_index=7)
    assert first == open_badge.issue(facts(), at=ISSUED, status_list=1, status_index=7)


def test_the_name_is_only_there_as_a_salted_hash() -> None:
    text = json.dumps(issued(), ensure_ascii=False)
    assert all(part not in text for part in NAME.split())
    [identity] = issued()["credentialSubject"]["identifier"]
    assert identity["identityHash"] == open_badge.identity_hash(NAME, identity["salt"])


def test_each_award_has_a_salt_of_its_own() -> None:
    other = issued(award="0b7f6c1e-0000-4000-8000-000000000002")
    salts = {one["credentialSubject"]["identifier"][0]["salt"] for one in (issued(), other)}
    assert len(salts) == 2


def test_it_tells_no_day_but_that_of_signing() -> None:
    credential = issued()
    assert credential["validFrom"] == "2025-11-01T00:00:00Z"
    assert credential["proof"].pop("created") == "2025-11-05T18:00:00Z"
    assert "2025-11-05" not in json.dumps(credential)


def test_the_month_is_that_of_the_paper_where_the_school_is() -> None:
    evening = datetime(2025, 12, 1, 2, tzinfo=UTC)  # still the last of November in Mexico
    content = open_badge.issue(facts(), at=evening, status_list=1, status_index=7)
    assert json.loads(content)["validFrom"] == "2025-11-01T00:00:00Z"


def test_it_says_no_more_than_the_paper() -> None:
    """Every word in it is one of the paper's facts, a fixed phrase, or a name of the standard."""
    credential = issued()
    told = credential["credentialSubject"]
    assert told.keys() == {"type", "identifier", "licenseNumber", "achievement", "result"}
    assert told["result"] == [{"type": ["Result"], "status": "Completed"}]
    assert told["licenseNumber"] == "EPS-2026-0001"
    assert told["achievement"].keys() == {
        "id",
        "type",
        "achievementType",
        "name",
        "description",
        "criteria",
        "inLanguage",
        "creditsAvailable",
        "otherIdentifier",
    }


def test_the_issuer_is_the_one_that_the_paper_shows() -> None:
    credential = issued(issuer="Instituto ficticio de Formación")
    assert credential["issuer"]["name"] == "Instituto ficticio de Formación"
    assert credential["issuer"]["id"] == "did:web:diplomas.example"


def test_the_recognition_stands_with_its_authority_and_letter() -> None:
    credential = issued()
    assert credential["evidence"][1]["name"] == "Secretaría de Salud del Estado de Ejemplo"
    assert "SSE/DES/0417/2026, noviembre de 2026" in credential["evidence"][1]["narrative"]
    [letter] = credential["credentialSubject"]["achievement"]["otherIdentifier"]
    assert letter["identifier"] == "SSE/DES/0417/2026"


def test_without_recognition_nothing_speaks_of_one() -> None:
    credential = issued(recognition=None)
    assert len(credential["evidence"]) == 1
    assert "otherIdentifier" not in credential["credentialSubject"]["achievement"]


def test_a_statement_says_participation_and_real_hours_and_no_completion() -> None:
    credential = statement()
    told = credential["credentialSubject"]
    assert credential["name"].startswith("Constancia de participación: ")
    assert told["achievement"]["achievementType"] == "ext:StatementOfParticipation"
    assert "37 horas 30 minutos" in told["achievement"]["description"]
    assert "No acredita el programa completo" in told["achievement"]["description"]
    assert told["creditsEarned"] == 37
    assert "result" not in told
    assert "creditsAvailable" not in told["achievement"]


def test_a_statement_of_less_than_an_hour_rounds_nothing_up() -> None:
    assert "creditsEarned" not in statement(minutes=45)["credentialSubject"]


def test_a_course_keeps_its_identifier_and_a_statement_does_not_borrow_it() -> None:
    def achievement(credential: dict[str, Any]) -> str:
        return credential["credentialSubject"]["achievement"]["id"]

    other = issued(award="0b7f6c1e-0000-4000-8000-000000000002", folio="EPS-2026-0002")
    assert achievement(issued()) == achievement(other)
    assert achievement(statement()) == achievement(statement(minutes=60))
    assert achievement(statement()) != achievement(issued())


def test_a_demo_says_so_first() -> None:
    assert issued(is_demo=True)["name"].startswith("DEMOSTRACIÓN, sin validez: ")
    assert "DEMOSTRACIÓN" not in json.dumps(issued(), ensure_ascii=False)


def test_the_status_is_one_revocation_entry_at_the_host_of_the_did() -> None:
    assert issued()["credentialStatus"] == {
        "id": "https://diplomas.example/status/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://diplomas.example/status/1",
    }


def test_a_demo_on_this_machine_points_to_this_machine() -> None:
    credential = issued(did="did:web:localhost%3A8000")
    assert credential["credentialStatus"]["statusListCredential"] == "http://localhost:8000/status/1"


def test_every_language_of_a_diploma_is_one_of_credentials() -> None:
    assert phrases.LANGUAGES.keys() == wording.LANGUAGES.keys()


def test_a_language_without_phrases_is_refused() -> None:
    with pytest.raises(wording.UnknownLanguage):
        phrases.for_language("xx")


def test_it_can_be_said_in_english() -> None:
    credential = issued(language="en", title="Community Health")
    assert credential["credentialSubject"]["achievement"]["inLanguage"] == "en"
    assert credential["description"].startswith("It recognises community training")


def test_a_missing_key_is_said_and_nothing_is_signed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(settings, "KEYS_DIR", tmp_path)
    monkeypatch.setattr(settings, "IS_DEMO", False)
    with pytest.raises(KeyMissing):
        issued()


def test_every_term_of_every_kind_is_covered_by_the_signature() -> None:
    for told in (facts(), facts(kind="statement", recognition=None, is_demo=True, language="en")):
        linked_data.canonical(open_badge.unsigned(told, at=ISSUED, status_list=1, status_index=7))
