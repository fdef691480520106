"""Our credentials are what 1EdTech's published schema asks for."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from certificates.credentials import open_badge
from tests.factories.certificates import ISSUED, facts

pytestmark = pytest.mark.django_db

SCHEMA = Path(__file__).parent / "schemas" / "ob_v3p0_achievementcredential_schema.json"
STATEMENT: dict[str, Any] = {"kind": "statement", "recognition": None, "minutes": 45, "modules": []}


def problems(credential: dict[str, Any]) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft201909Validator(
        json.loads(SCHEMA.read_text()), format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(credential)]


def issued(**changes: Any) -> dict[str, Any]:
    content = open_badge.issue(facts(**changes), at=ISSUED, status_list=1, status_index=7)
    told: dict[str, Any] = json.loads(content)
    return told


def test_the_schema_is_the_published_one() -> None:
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest in (SCHEMA.parent / "README.md").read_text()
    assert issued()["credentialSchema"][0]["id"] == json.loads(SCHEMA.read_text())["$id"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"recognition": None},
        {"is_demo": True, "did": "did:web:localhost%3A8000"},
        {"language": "en"},
        STATEMENT,
        {**STATEMENT, "minutes": 4000},
    ],
)
def test_every_kind_of_credential_fits_the_schema(changes: dict[str, Any]) -> None:
    assert problems(issued(**changes)) == []


def test_the_schema_would_say_what_is_missing() -> None:
    credential = issued()
    del credential["credentialSubject"]["achievement"]["criteria"]
    credential["credentialStatus"] = [credential["credentialStatus"]]
    assert len(problems(credential)) >= 2
