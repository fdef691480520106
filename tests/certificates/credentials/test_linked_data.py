"""Nothing is fetched, nothing is dropped: what the contexts do not define is not signed."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from certificates.credentials import linked_data, open_badge
from tests.factories.certificates import ISSUED, facts

pytestmark = pytest.mark.django_db

FOLDER = Path(linked_data.__file__).parent / "contexts"


def document() -> dict[str, Any]:
    told = open_badge.unsigned(facts(), at=ISSUED, status_list=1, status_index=7)
    return json.loads(json.dumps(told))


def put(where: str, value: Any) -> dict[str, Any]:
    """The document with `value` at a path like `credentialSubject.achievement.curp`."""
    told = document()
    place: Any = told
    *way, last = where.split(".")
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return told


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("curp", "HERM800101MCSRZR09"),
        ("credentialSubject.curp", "HERM800101MCSRZR09"),
        ("credentialSubject.achievement.curp", "HERM800101MCSRZR09"),
        ("credentialSubject.achievement.curp", {}),
        ("credentialSubject.achievement.curp", []),
        ("credentialSubject.achievement.name", None),
        ("credentialSubject.achievement.criteria.level", 3),
        ("credentialSubject.result.0.score", 98),
        ("evidence.0.place", "Zona 07"),
        ("evidence.0.type", ["Evidence", "Interview"]),
        ("issuer.nationality", "—"),
        ("type", ["VerifiableCredential", "OpenBadgeCredential", "Diplomado"]),
        ("evidence.0.type", ["Evidence", "//example.org/Interview"]),
        ("credentialSubject.achievement.id", "relative"),
        ("credentialSubject.achievement.id", "//example.org/course"),
        ("credentialSubject.achievement.id", ""),
        ("credentialStatus.statusListCredential", "/status/1"),
        ("credentialSubject.@context", {"curp": "https://example.org/curp"}),
        ("credentialSubject.@type", ["AchievementSubject"]),
    ],
)
def test_what_would_stay_outside_the_signature_is_refused(where: str, value: Any) -> None:
    with pytest.raises(linked_data.UndefinedTerm):
        linked_data.canonical(put(where, value))


def test_compacting_what_was_expanded_gives_the_credential_back() -> None:
    """An independent look at the same promise: the whole way there and back loses nothing."""
    told, options = document(), {"documentLoader": linked_data.load}
    back = jsonld.compact(jsonld.expand(told, options), {"@context": told["@context"]}, options)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in sorted(value.items())}
        if isinstance(value, list):
            return plain(value[0]) if len(value) == 1 else [plain(item) for item in value]
        return value

    assert plain(back) == plain(told)


@pytest.mark.parametrize(
    "contexts",
    [
        [*open_badge.CONTEXTS, "https://example.org/context.json"],
        [*open_badge.CONTEXTS, {"curp": "https://example.org/curp"}],
        "https://www.w3.org/2018/credentials/v1",
        None,
        ["file:///etc/passwd"],
    ],
)
def test_a_context_that_is_not_bundled_is_never_fetched(contexts: Any) -> None:
    with pytest.raises(linked_data.ContextNotBundled):
        linked_data.canonical(document() | {"@context": contexts})


def test_the_bundled_contexts_are_the_published_ones() -> None:
    sums = dict(re.findall(r"\| (\S+\.json) \|.*\| ([0-9a-f]{64}) \|", (FOLDER / "README.md").read_text()))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")}
    assert found == sums
    assert found.keys() == set(linked_data.BUNDLED.values())
