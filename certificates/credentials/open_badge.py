"""The Open Badges 3.0 credential of an award: what the paper says, signed so that a machine can check it.

https://www.imsglobal.org/spec/ob/v3p0/ It says no more than the paper, and no time more exactly than by
month, but for the moment of signing. Of her it holds a salted hash of the printed name; the salt is in
the credential alone, which only she can download.
"""

import hashlib
import json
import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Any

from django.utils.timezone import localdate

from certificates.credentials import data_integrity, did, issuer, linked_data
from certificates.credentials.phrases import Phrases, for_language
from certificates.keys import secrets

CONTEXTS = [linked_data.CREDENTIALS, linked_data.OPEN_BADGES, linked_data.EXTENSIONS]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ACHIEVEMENTS = {"diploma": "CertificateOfCompletion", "statement": "ext:StatementOfParticipation"}


def issue(facts: dict[str, Any], *, at: datetime, status_list: int, status_index: int) -> bytes:
    """The signed credential of the award that says `facts` (her name included), as JSON.

    The same input gives the same bytes. Raises keys.errors.KeyProblem, and linked_data.UndefinedTerm for a
    term that would stay outside the signature.
    """
    told = unsigned(facts, at=at, status_list=status_list, status_index=status_index)
    return issuer.signed(told, issuer=facts["did"], at=at)


def unsigned(facts: dict[str, Any], *, at: datetime, status_list: int, status_index: int) -> dict[str, Any]:
    """The credential before its proof."""
    phrases = for_language(facts["language"])
    return {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{facts['award']}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _title(facts, phrases),
        "description": phrases.disclaimer,
        "issuer": {
            "id": facts["did"],
            "type": ["Profile"],
            "name": facts["issuer"],
            "url": did.base_url(facts["did"]),
        },
        "validFrom": data_integrity.timestamp(_month(at)),
        "credentialSubject": _subject(facts, phrases),
        "evidence": _evidence(facts, phrases),
        "credentialStatus": status_entry(facts["did"], status_list, status_index),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def status_entry(issuer_did: str, status_list: int, status_index: int) -> dict[str, str]:
    """Where a credential's revocation is told."""
    address = f"{did.base_url(issuer_did)}/status/{status_list}"
    return {
        "id": f"{address}#{status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(status_index),
        "statusListCredential": address,
    }


def identity_hash(name: str, salt: str) -> str:
    """The printed name as Open Badges hashes an identity: SHA-256 of the name followed by the salt."""
    return "sha256$" + hashlib.sha256((unicodedata.normalize("NFC", name) + salt).encode()).hexdigest()


def _title(facts: dict[str, Any], phrases: Phrases) -> str:
    title = facts["title"]
    if facts["kind"] == "statement":
        title = phrases.statement_title.format(title=title)
    return phrases.demo.format(text=title) if facts["is_demo"] else title


def _month(at: datetime) -> datetime:
    """The first moment of the month that the paper names."""
    day = localdate(at)
    return datetime(day.year, day.month, 1, tzinfo=UTC)


def _subject(facts: dict[str, Any], phrases: Phrases) -> dict[str, Any]:
    salt = secrets.name_key(f"credential {facts['award']}").hex()
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(facts["name"], salt),
                "identityType": "name",
                "salt": salt,
            }
        ],
        "licenseNumber": facts["folio"],
        "achievement": _achievement(facts, phrases),
    }
    if facts["kind"] == "statement":
        return subject | _hours("creditsEarned", facts)
    return subject | {"result": [{"type": ["Result"], "status": "Completed"}]}


def _achievement(facts: dict[str, Any], phrases: Phrases) -> dict[str, Any]:
    """What was achieved. A course keeps its id; the hours one person took part in are not the course's."""
    is_diploma = facts["kind"] == "diploma"
    description = phrases.diploma if is_diploma else phrases.statement
    told = [facts["did"], facts["kind"], facts["title"], facts["language"]]
    told += [facts["hours"], facts["minutes"]] if is_diploma else []
    achievement = {
        "id": uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(told)).urn,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENTS[facts["kind"]],
        "name": facts["title"],
        "description": description.format(duration=facts["duration"], span=facts["span"]),
        "criteria": {
            "narrative": phrases.diploma_criteria if is_diploma else phrases.statement_criteria,
        },
        "inLanguage": facts["language"],
    }
    if is_diploma:
        achievement |= _hours("creditsAvailable", facts)
    if facts["recognition"]:
        achievement["otherIdentifier"] = [
            {
                "type": "IdentifierEntry",
                "identifier": facts["recognition"]["oficio_number"],
                "identifierType": "ext:oficio",
            }
        ]
    return achievement


def _hours(term: str, facts: dict[str, Any]) -> dict[str, int]:
    """Whole hours only, never rounded up; the description tells the minutes left over."""
    return {term: facts["hours"]} if facts["hours"] else {}


def _evidence(facts: dict[str, Any], phrases: Phrases) -> list[dict[str, Any]]:
    """That it is on record, in words that fit everybody; and who recognised it, by which letter."""
    is_diploma = facts["kind"] == "diploma"
    record = {
        "id": facts["verify_url"],
        "type": ["Evidence"],
        "name": phrases.record if is_diploma else phrases.attendance,
        "narrative": phrases.record_narrative if is_diploma else phrases.attendance_narrative,
    }
    if not facts["recognition"]:
        return [record]
    recognition = {
        "type": ["Evidence"],
        "genre": "Recognition",
        "name": facts["recognition"]["authority"],
        "narrative": phrases.recognition.format(**facts["recognition"]),
    }
    return [record, recognition]
