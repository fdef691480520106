"""The API for programs: the same answers, described by its own document, asked again by ETag, counted."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from certificates import codes
from certificates.awards.models import Certificate, HolderChoice
from certificates.log import actions as log
from certificates.log import merkle
from certificates.log.models import TreeHead
from certificates.verification import actions, api, throttle, uploads
from tests.factories.certificates import (
    ISSUED,
    NAME,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
)
from tests.factories.papers import issued_paper

pytestmark = pytest.mark.django_db
DOCUMENT: dict[str, Any] = json.loads(api.DOCUMENT.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def certificate(school: None) -> Certificate:
    row: Any = CertificateFactory(is_rendered=True)
    return row


def ask(client: Client, code: str, **headers: str) -> Any:
    return client.get(reverse("certificates:verify_api", args=[code]), headers=headers)


def ask_name(client: Client, code: str, body: Any) -> Any:
    return client.post(
        reverse("certificates:match_name_api", args=[code]),
        body if isinstance(body, str | bytes) else json.dumps(body),
        content_type="application/json",
    )


def ask_file(client: Client, pdf: bytes, content_type: str = "application/pdf") -> Any:
    return client.post(reverse("certificates:verify_file_api"), pdf, content_type=content_type)


def as_described(path: str, method: str, response: Any) -> dict[str, Any]:
    """The answer, held to what the document says of this status; raises when it says something else."""
    described = DOCUMENT["paths"][path][method]["responses"][str(response.status_code)]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    schema = described["content"]["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    told: dict[str, Any] = response.json()
    Draft202012Validator(schema).validate(told)
    assert response["Content-Type"] == "application/json"
    return told


# --- the document -----------------------------------------------------------------------------------
def test_the_document_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


def test_the_document_describes_every_address_of_the_api() -> None:
    patterns = [str(pattern.pattern) for pattern in _all_patterns(get_resolver())]
    served = {f"/{pattern}" for pattern in patterns if pattern.startswith("api/v1/")}
    assert {path.replace("{code}", "<str:code>") for path in DOCUMENT["paths"]} == served


def _all_patterns(resolver: Any) -> list[Any]:
    found = []
    for one in resolver.url_patterns:
        found += _all_patterns(one) if hasattr(one, "url_patterns") else [one]
    return found


def test_the_document_is_served_and_may_be_kept(client: Client, school: None) -> None:
    response = client.get(reverse("certificates:openapi"))
    assert response.json() == DOCUMENT
    assert "max-age=" in response["Cache-Control"]
    again = client.get(reverse("certificates:openapi"), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


# --- a code -----------------------------------------------------------------------------------------
PATH = "/api/v1/verify/{code}"


def shown(certificate: Certificate) -> Certificate:
    HolderChoice.objects.create(
        person_id=certificate.line.person_id,
        cohort_id=certificate.acta.cohort_id,
        shows_name=True,
        at=ISSUED,
    )
    return certificate


def replaced(certificate: Certificate) -> Certificate:
    CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    return certificate


STATES: dict[str, Callable[[Any], Any]] = {
    "valid": lambda row: row,
    "valid shown": shown,
    "suspended": lambda row: SuspensionEventFactory(certificate=row).certificate,
    "revoked": lambda row: RevocationFactory(certificate=row).certificate,
    "replaced": replaced,
    "unknown": lambda row: CertificateFactory(),
    "mistyped": lambda row: None,
}


@pytest.mark.parametrize("state", STATES)
def test_every_answer_is_as_described(state: str, client: Client, certificate: Certificate) -> None:
    row = STATES[state](certificate)
    told = as_described(PATH, "get", ask(client, row.code if row else "0000"))
    assert told["state"] == state.split()[0]
    assert told.get("name", "") == (NAME if state == "valid shown" else "")
    if state in {"replaced", "unknown", "mistyped"}:
        assert "facts" not in told


def test_an_answer_with_its_proof_takes_four_queries_and_the_proof_holds(
    client: Client, school: None, django_assert_max_num_queries: Any
) -> None:
    certificate, _pdf = issued_paper()
    for _other in range(3):
        issued_paper()
    log.publish_head(at=datetime.now(UTC))
    ask(client, certificate.code)
    with django_assert_max_num_queries(4):
        told = as_described(PATH, "get", ask(client, certificate.code))
    proof = told["log"]
    assert proof["leaf_hash"] == merkle.leaf_hash(proof["leaf"].encode()).hex()
    assert json.loads(proof["leaf"])["pdf_sha256"] == certificate.document.pdf_sha256
    assert proof["root"] == TreeHead.objects.get().root_hash
    leaf, root = bytes.fromhex(proof["leaf_hash"]), bytes.fromhex(proof["root"])
    path = [bytes.fromhex(one) for one in proof["path"]]
    assert merkle.is_included(leaf, proof["index"], proof["size"], path, root)


def test_an_unchanged_answer_is_not_sent_again_and_a_revocation_shows_at_once(
    client: Client, certificate: Certificate
) -> None:
    first = ask(client, certificate.code)
    assert "no-cache" in first["Cache-Control"]
    again = ask(client, certificate.code, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    RevocationFactory(certificate=certificate)
    changed = ask(client, certificate.code, **{"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.json()["state"]) == (200, "revoked")


def test_pages_of_anybody_may_read_an_answer_but_ask_nothing_with_cookies(
    client: Client, certificate: Certificate
) -> None:
    response = ask(client, certificate.code, Origin="https://empleador.example")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in ask_name(client, certificate.code, {"name": NAME})


def test_what_is_not_in_the_register_has_one_answer_and_one_query(
    client: Client, school: None, django_assert_num_queries: Any
) -> None:
    waiting: Any = CertificateFactory()
    answers = []
    for code in (waiting.code, codes.new_code()):
        with django_assert_num_queries(1):
            response = ask(client, code)
        answers.append((response.status_code, response.content.decode().replace(codes.display(code), "")))
    assert answers[0] == answers[1]


# --- a name -----------------------------------------------------------------------------------------
NAME_PATH = "/api/v1/verify/{code}/name"


@pytest.mark.parametrize(("typed", "is_match"), [(NAME.lower(), True), ("Otra", False)])
def test_a_name_matches_or_not(typed: str, is_match: bool, client: Client, certificate: Certificate) -> None:
    told = as_described(NAME_PATH, "post", ask_name(client, certificate.code, {"name": typed}))
    assert told == {"state": "valid", "code": codes.display(certificate.code), "match": is_match}


def test_a_name_is_not_matched_for_what_is_not_in_force(client: Client, certificate: Certificate) -> None:
    RevocationFactory(certificate=certificate)
    told = as_described(NAME_PATH, "post", ask_name(client, certificate.code, {"name": NAME}))
    assert told == {"state": "revoked", "code": codes.display(certificate.code)}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "not_json"),
        (b"\xff", "not_json"),
        ("[" * 3000, "not_json"),
        ([], "no_name"),
        ({}, "no_name"),
        ({"name": ""}, "no_name"),
        ({"name": None}, "no_name"),
        ({"name": "..."}, "no_name"),
        ({"name": "x" * 200}, "no_name"),
        ({"name": "x" * 5000}, "too_long"),
    ],
)
def test_a_question_without_a_name_is_no_try(
    body: Any, error: str, client: Client, certificate: Certificate
) -> None:
    response = ask_name(client, certificate.code, body)
    assert response.status_code == 400
    assert as_described(NAME_PATH, "post", response) == {"error": error}
    assert ask_name(client, certificate.code, {"name": NAME}).json()["match"] is True


def test_the_sixth_name_waits(client: Client, certificate: Certificate) -> None:
    for _try in range(5):
        ask_name(client, certificate.code, {"name": "Otra"})
    response = ask_name(client, certificate.code, {"name": NAME})
    told = as_described(NAME_PATH, "post", response)
    assert response.status_code == 429
    assert str(told["retry_after"]) == response["Retry-After"]


def test_page_and_api_count_together(client: Client, certificate: Certificate) -> None:
    page = reverse("certificates:verify_code", args=[certificate.code])
    for _try in range(3):
        ask_name(client, certificate.code, {"name": "Otra"})
        client.post(page, {"name": "Otra"})
    assert client.post(page, {"name": NAME}).status_code == 429


def test_an_unknown_code_has_no_name(client: Client, school: None) -> None:
    response = ask_name(client, codes.new_code(), {"name": NAME})
    assert response.status_code == 404
    assert as_described(NAME_PATH, "post", response)["state"] == "unknown"
    assert as_described(NAME_PATH, "post", ask_name(client, "0000", {"name": NAME}))["state"] == "mistyped"


# --- a file -----------------------------------------------------------------------------------------
FILE_PATH = "/api/v1/verify"


def test_a_file_is_ours_or_differs(client: Client, school: None) -> None:
    certificate, pdf = issued_paper()
    told = as_described(FILE_PATH, "post", ask_file(client, pdf))
    assert (told["is_our_file"], told["differences"]) == (True, [])
    assert told["diploma"]["state"] == "valid"
    told = as_described(FILE_PATH, "post", ask_file(client, pdf + b"more"))
    assert (told["is_our_file"], told["differences"]) == (False, ["added"])
    assert told["diploma"]["code"] == codes.display(certificate.code)
    told = as_described(FILE_PATH, "post", ask_file(client, b"hello"))
    assert told == {"is_our_file": False, "differences": ["damaged"]}


def test_a_file_of_another_kind_or_too_large_is_refused(client: Client, school: None) -> None:
    large = ask_file(client, b"%PDF-" + bytes(uploads.LARGEST))
    assert large.status_code == 413
    assert as_described(FILE_PATH, "post", large) == {"error": "too_large"}
    other = ask_file(client, b"x", "text/plain")
    assert other.status_code == 415
    assert as_described(FILE_PATH, "post", other) == {"error": "not_pdf"}


# --- how often --------------------------------------------------------------------------------------
def test_who_asks_too_often_is_told_when_to_come_back(client: Client, school: None, settings: Any) -> None:
    settings.VERIFY_PER_MINUTE = 3
    code = codes.new_code()
    assert [ask(client, code).status_code for _question in range(3)] == [404] * 3
    response = ask(client, code)
    assert response.status_code == 429
    assert as_described(PATH, "get", response)["retry_after"] <= 60
    assert response["Cache-Control"] == "no-store"
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert ask(elsewhere, code).status_code == 404


def test_a_new_minute_is_a_new_count(settings: Any) -> None:
    settings.VERIFY_PER_MINUTE = 1
    request = RequestFactory().get("/")
    first = datetime(2026, 11, 21, 12, 0, 20, tzinfo=UTC)
    assert throttle.api_limit().seconds_to_wait(request, first) == 0
    assert throttle.api_limit().seconds_to_wait(request, first.replace(second=50)) == 10
    assert throttle.api_limit().seconds_to_wait(request, first.replace(minute=1)) == 0


def test_no_address_is_kept(client: Client, school: None) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    ask(client, codes.new_code())
    kept: Any = cache
    assert "203.0.113" not in str(list(kept._cache))
    assert any("verify:api" in key for key in kept._cache)


@pytest.mark.django_db(transaction=True)
def test_names_tried_at_the_same_moment_do_not_pass_together(school: None) -> None:
    code, now = codes.new_code(), datetime.now(UTC)

    def one_try(_number: int) -> bool:
        try:
            actions.count_try(code=code, at=now)
        except actions.TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one_try, range(16))) == actions.TRIES


def test_questions_at_the_same_moment_are_all_counted(settings: Any) -> None:
    settings.VERIFY_PER_MINUTE = 10
    now = datetime.now(UTC)

    def question(_number: int) -> int:
        return throttle.api_limit().seconds_to_wait(RequestFactory().get("/"), now)

    with ThreadPoolExecutor(8) as pool:
        assert sum(wait == 0 for wait in pool.map(question, range(40))) == 10
