"""Verification for anyone, and a holder's own diploma."""

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from certificates import codes, payload
from certificates.awards.models import Certificate, Revocation
from tests.factories.certificates import (
    NAME,
    ActaLineFactory,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
    facts,
    printed,
)

pytestmark = pytest.mark.django_db
PAGE_BYTES = 12 * 1024


@pytest.fixture
def certificate(school: None) -> Certificate:
    return CertificateFactory(is_rendered=True)


def page(client: Client, code: str) -> Any:
    return client.get(reverse("certificates:verify_code", args=[code]))


def api(client: Client, code: str) -> Any:
    return client.get(reverse("certificates:verify_api", args=[code]))


def test_anyone_finds_a_valid_diploma_with_every_printed_fact(
    client: Client, certificate: Certificate
) -> None:
    response = page(client, certificate.code)
    assert response.status_code == 200
    text = response.content.decode()
    told = certificate.payload
    for fact in (
        "Válido" if "Válido" in text else "Valid",
        told["folio"],
        told["title"],
        told["duration"],
        told["span"],
        told["issued"],
        told["issuer"],
        told["ally"],
        told["recognition"]["authority"],
        told["recognition"]["oficio_number"],
        told["words"]["disclaimer"],
        codes.display(certificate.code),
        *(module["title"] for module in told["modules"]),
        *(module["duration"] for module in told["modules"]),
    ):
        assert fact in text, fact


def test_every_fact_of_the_payload_stands_on_the_page(client: Client, school: None) -> None:
    signatories = [payload.Signatory("Rosa Elena Gómez", "Directora")]
    told = printed(signatories=signatories, texts={"closing": "A {name}, con {duration} de formación."})
    row: Any = CertificateFactory(
        is_rendered=True, says={key: told[key] for key in ("signatories", "texts", "words")}
    )
    text = html.unescape(page(client, row.code).content.decode())
    for fact in ("Rosa Elena Gómez, Directora", "A …, con 120 horas de formación.", "2026", row.folio):
        assert fact in text


@pytest.mark.parametrize("is_revoked", [False, True])
def test_neither_page_nor_api_says_who_where_or_how_well(
    is_revoked: bool, client: Client, certificate: Certificate
) -> None:
    if is_revoked:
        RevocationFactory(certificate=certificate)
    for response in (page(client, certificate.code), api(client, certificate.code)):
        text = response.content.decode()
        for part in (*NAME.split(), certificate.acta.cohort.name, "Sede", "Tapachula"):
            assert part not in text
        assert str(certificate.pk) not in text
        assert str(certificate.line.person_id) not in text


def test_the_answer_is_not_listed_kept_or_referred(client: Client, certificate: Certificate) -> None:
    for response in (page(client, certificate.code), api(client, certificate.code)):
        assert "noindex" in response["X-Robots-Tag"]
        assert {"no-store", "no-cache"} & set(response["Cache-Control"].split(", "))
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies


def test_the_page_is_light(client: Client, certificate: Certificate) -> None:
    assert len(page(client, certificate.code).content) <= PAGE_BYTES


def test_an_answer_to_a_stranger_takes_one_query(
    client: Client, certificate: Certificate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, certificate.code)
    with django_assert_num_queries(1):
        page(client, certificate.code)
    with django_assert_num_queries(1):
        api(client, certificate.code)


@pytest.mark.parametrize("reason", Revocation.Reason.values)
def test_a_revocation_shows_at_once_with_its_public_reason(
    reason: str, client: Client, certificate: Certificate
) -> None:
    assert api(client, certificate.code).json()["state"] == "valid"
    RevocationFactory(certificate=certificate, reason=reason)
    assert str(Revocation.Reason(reason).label) in page(client, certificate.code).content.decode()
    told = api(client, certificate.code).json()
    assert (told["state"], told["reason"], told["since"]) == ("revoked", reason, "2025-11")


def test_a_replaced_diploma_says_the_month_only(client: Client, certificate: Certificate) -> None:
    new = CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    text = page(client, certificate.code).content.decode()
    assert "noviembre de 2025" in text
    assert new.folio not in text
    assert api(client, certificate.code).json()["since"] == "2025-11"


def test_a_demonstration_is_called_one(client: Client, school: None) -> None:
    told = facts(is_demo=True)
    demo = CertificateFactory(is_rendered=True, says={"is_demo": True, "words": told["words"]})
    response = page(client, demo.code)
    assert response.context["verdict"].facts["is_demo"]
    assert "verdict__demo" in response.content.decode()
    assert api(client, demo.code).json()["facts"]["is_demo"] is True


def test_never_issued_and_not_yet_issued_get_the_same_answer(client: Client, school: None) -> None:
    waiting, never = CertificateFactory().code, codes.new_code()
    answers = []
    for code in (waiting, never):
        response = page(client, code)
        assert response.status_code == 404
        text = response.content.decode().replace(codes.display(code), "").replace(code, "")
        answers.append(re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", text))
    assert answers[0] == answers[1]
    assert api(client, waiting).status_code == api(client, never).status_code == 404
    assert api(client, never).json() == {"state": "unknown", "code": codes.display(never)}


def test_it_takes_as_many_queries_to_say_so(
    client: Client, school: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    waiting: Any = CertificateFactory()
    for code in (waiting.code, codes.new_code()):
        with django_assert_num_queries(1):
            page(client, code)


def test_a_signed_in_person_sees_what_everybody_sees(
    client: Client, trainee: Any, certificate: Certificate
) -> None:
    code = certificate.code
    texts = [re.sub(r"\d\d:\d\d", "", page(client, code).content.decode())]
    client.force_login(trainee)
    texts.append(re.sub(r"\d\d:\d\d", "", page(client, code).content.decode()))
    assert texts[0] == texts[1]


def test_a_suspended_diploma_says_so_and_nothing_more(client: Client, certificate: Certificate) -> None:
    SuspensionEventFactory(certificate=certificate)
    text = page(client, certificate.code).content.decode()
    assert "verdict--suspended" in text
    assert "verdict--valid" not in text
    assert api(client, certificate.code).json()["state"] == "suspended"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_speaks_the_language_that_is_asked_for(
    language: str, client: Client, certificate: Certificate
) -> None:
    response = client.get(reverse("certificates:verify_code", args=[certificate.code]), {"lang": language})
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()
    assert not response.cookies
    typed = client.get(reverse("certificates:verify"), {"code": certificate.code, "lang": language})
    assert typed["Location"].endswith(f"/v/{certificate.code}/?lang={language}")


@pytest.mark.parametrize(
    "change", [str.lower, codes.display, lambda code: f" {codes.display(code).lower()} "]
)
def test_a_code_may_be_typed_in_any_way(change: Any, client: Client, certificate: Certificate) -> None:
    response = client.get(reverse("certificates:verify"), {"code": change(certificate.code)})
    assert response.status_code == 302
    assert response["Location"] == reverse("certificates:verify_code", args=[certificate.code])
    assert page(client, change(certificate.code)).status_code == 200


@pytest.mark.parametrize("typed", ["EPS-2026-0007", " eps - 2026 - 7 "])
def test_a_folio_is_called_one(client: Client, school: None, typed: str) -> None:
    page = client.get("/v/", {"code": typed}).content.decode()
    assert "Eso es el folio" in page
    assert "falta" not in page


def test_a_mistyped_code_is_answered_before_any_look_up(
    client: Client, school: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = codes.new_code()
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    page(client, wrong)
    with django_assert_num_queries(0):
        typed = client.get(reverse("certificates:verify"), {"code": wrong})
        answer = page(client, wrong)
        told = api(client, wrong)
    assert typed.status_code == 200
    assert typed.context["form"].errors["code"]
    assert wrong in typed.content.decode()
    assert answer.status_code == 404
    assert wrong in answer.content.decode()
    assert told.status_code == 400
    assert told.json() == {"state": "mistyped"}


@pytest.mark.parametrize(("kept", "told"), [(4, "12"), (15, "1"), (18, "16")])
def test_a_code_of_the_wrong_length_is_told_so(kept: int, told: str, client: Client, school: None) -> None:
    typed = (codes.new_code() + "00")[:kept]
    answer = client.get(reverse("certificates:verify"), {"code": typed})
    (error,) = answer.context["form"].errors["code"]
    assert told in error.split()
    assert "%(" not in error
    assert error in html.unescape(page(client, typed).content.decode())


def test_a_print_says_whose_answer_it_is_and_when(
    client: Client, certificate: Certificate, settings: Any
) -> None:
    (line,) = re.findall(r'<p class="printed">([^<]*)', page(client, certificate.code).content.decode())
    assert settings.SITE_NAME in line
    assert re.search(r"\d{4}", line)


@pytest.mark.parametrize("typed", ["", " ", "<script>alert(1)</script>", "ñ" * 5000, "../../etc/passwd"])
def test_nonsense_is_answered_calmly(typed: str, client: Client, school: None) -> None:
    response = client.get(reverse("certificates:verify"), {"code": typed})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_the_form_opens_without_a_complaint(client: Client, school: None) -> None:
    response = client.get(reverse("certificates:verify"))
    assert response.status_code == 200
    assert not response.context["form"].errors


def test_verification_only_answers_questions(client: Client, certificate: Certificate) -> None:
    assert client.post(reverse("certificates:verify_api", args=[certificate.code])).status_code == 405
    assert client.put(reverse("certificates:verify_code", args=[certificate.code])).status_code == 405


# --- her own diploma ------------------------------------------------------------------------------
@pytest.fixture
def hers(trainee: Any) -> Certificate:
    """A diploma of `trainee`."""
    line = ActaLineFactory(person_id=trainee.person.pk, name=trainee.person.name)
    return CertificateFactory(line=line, is_rendered=True)


def download(client: Client, award: uuid.UUID) -> Any:
    return client.get(reverse("certificates:download", args=[award]))


def test_the_holder_downloads_her_diploma_under_a_neutral_name(
    client: Client, trainee: Any, hers: Certificate
) -> None:
    client.force_login(trainee)
    response = download(client, hers.pk)
    assert response.content.startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="diploma-{hers.folio}.pdf"'
    assert "no-store" in response["Cache-Control"]


def test_staff_who_may_see_diplomas_download_too(
    client: Client, administrator: Any, hers: Certificate
) -> None:
    client.force_login(administrator)
    assert download(client, hers.pk).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "trainer"])
def test_for_everybody_else_it_does_not_exist(
    who: str, client: Client, hers: Certificate, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert download(client, hers.pk).status_code == 404
    assert download(client, uuid.uuid4()).status_code == 404


def test_another_graduate_cannot_take_it(client: Client, trainee: Any, certificate: Certificate) -> None:
    client.force_login(trainee)
    assert download(client, certificate.pk).status_code == 404


def test_without_an_account_one_is_asked_to_sign_in_whether_it_exists_or_not(
    client: Client, hers: Certificate
) -> None:
    for award in (hers.pk, uuid.uuid4()):
        response = download(client, award)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("sign_in"))


def test_a_diploma_that_is_being_made_is_not_there_yet(client: Client, trainee: Any) -> None:
    waiting = CertificateFactory(line=ActaLineFactory(person_id=trainee.person.pk))
    client.force_login(trainee)
    assert download(client, waiting.pk).status_code == 404
