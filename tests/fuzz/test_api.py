"""The API of verification, asked out of its own description by Schemathesis, and about anything."""

import json
from typing import Any

import pytest
import schemathesis
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from certificates.verification import api
from tests.factories.certificates import CertificateFactory
from tests.fuzz.conftest import bad_inputs
from tests.fuzz.hostile import json_values, words
from tests.fuzz.watching import ask

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(json.loads(api.DOCUMENT.read_text(encoding="utf-8")))
FILE = "POST /api/v1/verify"  # takes a PDF, which Schemathesis cannot draw: tests/fuzz/test_files.py does
DESCRIBED: Any = SCHEMA.get_all_operations()
FOUND = [one.ok() for one in DESCRIBED]
OPERATIONS = [one for one in FOUND if one.label != FILE]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_each_answer_is_one_that_the_description_promises(operation: Any) -> None:
    cases = st.one_of(
        operation.as_strategy(), operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    )

    @bad_inputs("api", 2 * len(OPERATIONS))
    @given(case=cases)
    def each(case: Any) -> None:
        body = {} if case.body in (None, schemathesis.core.NOT_SET) else {"data": case.body}
        kwargs = case.as_transport_kwargs(base_url="http://testserver")
        sent: Any = kwargs.get("data") or kwargs.get("json")
        if sent is not None:
            body = {"data": sent if isinstance(sent, bytes | str) else json.dumps(sent)}
        headers = dict(case.headers or {})
        answer = ask(
            Client(),
            case.method.lower(),
            case.formatted_path,
            kind="api",
            headers=headers,
            **body,
            **({"content_type": case.media_type or "application/json"} if body else {}),
        )
        promised = operation.definition.raw["responses"]
        assert str(answer.status_code) in promised or answer.status_code in {404, 405}

    each()


def test_no_code_and_no_name_breaks_the_pages(school: None) -> None:
    certificate: Any = CertificateFactory(is_rendered=True)
    code = certificate.code

    @bad_inputs("api", 2)
    @given(code=st.just(code) | words, body=json_values)
    def each(code: str, body: Any) -> None:
        if code.strip("/."):
            path = (
                reverse("certificates:match_name_api", args=["x"])
                .replace("/x/", "/{}/")
                .format(code.replace("/", ""))
            )
            raw = json.dumps(body if isinstance(body, dict) else {"name": body})
            ask(
                Client(),
                "post",
                path.partition("?")[0],
                kind="api",
                data=raw,
                content_type="application/json",
            )

    each()
