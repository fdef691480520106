"""The diplomas on a trainee's own page: hers, in their state, and nobody else's."""

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates import tasks
from certificates.awards import erasure
from certificates.awards.models import Certificate, HolderChoice
from courses.cohorts.models import Cohort, Enrolment
from tests.certificates.printing.paper import lines, pages
from tests.factories.certificates import (
    ISSUED,
    ActaLineFactory,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
    printed,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/curso/diploma/"


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


@pytest.fixture
def line(trainee: Any, enrolment: Enrolment) -> Any:
    return ActaLineFactory(person_id=trainee.person.pk, acta__cohort=enrolment.cohort)


def test_a_diploma_that_is_ready_can_be_downloaded(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line, is_rendered=True)
    page = browser.get(ADDRESS).content.decode()
    assert f'href="/mi-diploma/{diploma.pk}.pdf"' in page
    assert f'href="/v/{diploma.code}/"' in page
    assert browser.get(f"/mi-diploma/{diploma.pk}.pdf").status_code == 200


def test_a_diploma_that_is_being_made_has_no_link_yet(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line)
    page = browser.get(ADDRESS).content.decode()
    assert diploma.folio in page
    assert "/mi-diploma/" not in page


def test_a_revoked_diploma_is_not_offered(browser: Client, line: Any) -> None:
    diploma = CertificateFactory(line=line, is_rendered=True)
    RevocationFactory(certificate=diploma)
    page = browser.get(ADDRESS).content.decode()
    assert diploma.folio in page
    assert f'href="/mi-diploma/{diploma.pk}.pdf"' not in page
    assert f'href="/mi-diploma/{diploma.pk}/"' in page  # what happened, and what she can do


def test_a_replaced_diploma_gives_way_to_the_new_one(browser: Client, line: Any) -> None:
    old = CertificateFactory(line=line, is_rendered=True)
    new = CertificateFactory(line=line, replaces=old, is_rendered=True)
    page = browser.get(ADDRESS).content.decode()
    assert new.folio in page
    assert old.folio not in page


def test_the_diploma_of_another_woman_is_not_shown(browser: Client) -> None:
    other = CertificateFactory(is_rendered=True)
    assert other.folio not in browser.get(ADDRESS).content.decode()


def test_queries_do_not_grow_with_diplomas(
    browser: Client, line: Any, trainee: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CertificateFactory(line=line, is_rendered=True)
    browser.get(ADDRESS)  # the first page of a day also notes that her session is used
    with django_assert_num_queries(18):
        browser.get(ADDRESS)
    for _diploma in range(5):
        CertificateFactory(line__person_id=trainee.person.pk, is_rendered=True)
    with django_assert_num_queries(18):
        browser.get(ADDRESS)


def award_of(diploma: Certificate, what: str = "/") -> str:
    return f"/mi-diploma/{diploma.pk}{what}"


@pytest.fixture
def diploma(line: Any) -> Certificate:
    """Hers, really made: with its credential inside."""
    made: Certificate = CertificateFactory(line=line, name="Lucía Prueba")
    tasks.render(str(made.pk))
    return Certificate.objects.select_related("key").get(pk=made.pk)


def test_her_own_page_offers_file_card_credential_and_her_name(browser: Client, diploma: Certificate) -> None:
    page = browser.get(award_of(diploma)).content.decode()
    for address in (".pdf", ".json", "/tarjeta.pdf", "/nombre/"):
        assert award_of(diploma, address) in page
    assert re.search(r"\d+\.\d\s*KB", page)  # how large the file is, before she spends her data on it


@pytest.mark.parametrize("what", ["/", ".pdf", ".json", "/tarjeta.pdf"])
def test_for_another_woman_her_diploma_does_not_exist(
    client: Client, diploma: Certificate, stranger: Any, what: str
) -> None:
    client.force_login(stranger)
    assert client.get(award_of(diploma, what)).status_code == 404


@pytest.mark.parametrize("what", ["/", ".pdf", ".json", "/tarjeta.pdf"])
def test_without_signing_in_nothing_is_handed_out(client: Client, diploma: Certificate, what: str) -> None:
    answer = client.get(award_of(diploma, what))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/entrar/")


def test_staff_get_the_paper_but_never_her_credential(
    client: Client, diploma: Certificate, administrator: Any, coordinator: Any
) -> None:
    for user in (administrator, coordinator):
        client.force_login(user)
        assert client.get(award_of(diploma, ".pdf")).status_code == 200
        assert client.get(award_of(diploma, "/tarjeta.pdf")).status_code == 200
        assert client.get(award_of(diploma, ".json")).status_code == 404
        assert client.get(award_of(diploma)).status_code == 404


def test_her_credential_is_the_one_inside_the_paper(browser: Client, diploma: Certificate) -> None:
    answer = browser.get(award_of(diploma, ".json"))
    assert hashlib.sha256(answer.content).hexdigest() == diploma.document.vc_sha256
    assert json.loads(answer.content)["credentialSubject"]["licenseNumber"] == diploma.folio
    assert "no-store" in answer["Cache-Control"]


def against(diploma: Certificate, what: str) -> None:
    """Something happens to her diploma."""
    if what == "revoked":
        RevocationFactory(certificate=diploma, reason="error")
    elif what == "suspended":
        SuspensionEventFactory(certificate=diploma)
    else:
        CertificateFactory(line=diploma.line, replaces=diploma, is_rendered=True)


@pytest.mark.parametrize("what", ["revoked", "suspended", "replaced"])
def test_what_does_not_count_says_so_and_offers_the_file_only_as_not_valid(
    browser: Client, diploma: Certificate, what: str
) -> None:
    against(diploma, what)
    page = browser.get(award_of(diploma))
    text = page.content.decode()
    trouble = page.context["trouble"]
    assert (trouble.state, trouble.since) == (what, ISSUED)
    assert "noviembre de 2025" in text
    (link,) = re.findall(rf'<a[^>]*href="{award_of(diploma, ".pdf")}"[^>]*>([^<]*)', text)
    assert "button" not in text[text.index(award_of(diploma, ".pdf")) - 60 :][:120]
    assert re.search("not valid|sin validez", link)
    for gone in (award_of(diploma, "/tarjeta.pdf"), award_of(diploma, "/nombre/"), "/compartir/"):
        assert gone not in text
    assert browser.get(award_of(diploma, "/tarjeta.pdf")).status_code == 404


def test_a_revoked_diploma_tells_its_holder_the_public_reason(browser: Client, diploma: Certificate) -> None:
    against(diploma, "revoked")
    assert (
        str(diploma.revocation.get_reason_display().capitalize())
        in browser.get(award_of(diploma)).content.decode()
    )


def test_a_replaced_diploma_leads_to_the_new_one(browser: Client, diploma: Certificate) -> None:
    against(diploma, "replaced")
    assert f'href="{award_of(diploma.replaced_by)}"' in browser.get(award_of(diploma)).content.decode()


def test_when_the_course_is_over_her_day_leads_to_her_diploma(
    browser: Client, diploma: Certificate, enrolment: Enrolment
) -> None:
    cohorts = Cohort.objects.filter(pk=enrolment.cohort_id)
    today = timezone.localdate()
    cohorts.update(starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=9))
    assert award_of(diploma) not in browser.get("/hoy/").content.decode()
    cohorts.update(ends_on=today - timedelta(days=2))
    page = browser.get("/hoy/").content.decode()
    assert f'class="button button--next button--wide" href="{award_of(diploma)}"' in page


def test_the_card_is_light_two_pages_and_prints_nothing_over_the_facts(browser: Client, line: Any) -> None:
    told = printed(is_demo=True)
    row: Any = CertificateFactory(line=line, is_rendered=True, says={"is_demo": True, "words": told["words"]})
    content = browser.get(award_of(row, "/tarjeta.pdf")).content
    assert len(content) <= 28 * 1024
    front, back = pages(content)
    for page in (front, back):
        assert page.count("DEMOSTRACIÓN") == 1
    assert "DEMOSTRACIÓN" in front[-60:]  # a strip at the foot
    assert any("(oficio núm. SSE/DES/0417/2026," in line for line in lines(content, 1))


def test_file_names_tell_no_name(browser: Client, diploma: Certificate) -> None:
    for what in (".pdf", ".json", "/tarjeta.pdf"):
        said = browser.get(award_of(diploma, what))["Content-Disposition"]
        assert "Luc" not in said
        assert diploma.code not in said


def test_her_name_shows_when_she_says_so_and_no_longer_when_she_does_not(
    browser: Client, client: Client, diploma: Certificate
) -> None:
    address = f"/v/{diploma.code}/"
    assert "Lucía" not in client.get(address).content.decode()
    browser.post(award_of(diploma, "/nombre/"), {"is_shown": "1"})
    assert "Lucía Prueba" in client.get(address).content.decode()
    browser.post(award_of(diploma, "/nombre/"), {"is_shown": "0"})
    assert "Lucía" not in client.get(address).content.decode()


def test_nobody_else_shows_her_name(client: Client, diploma: Certificate, administrator: Any) -> None:
    client.force_login(administrator)
    assert client.post(award_of(diploma, "/nombre/"), {"is_shown": "1"}).status_code == 404
    assert not HolderChoice.objects.exists()


def test_an_erased_diploma_says_that_it_was_erased(
    browser: Client, diploma: Certificate, administrator: Any
) -> None:
    erasure.erase(certificate=diploma, by=administrator, at=ISSUED)
    for what in (".pdf", ".json", "/tarjeta.pdf"):
        answer = browser.get(award_of(diploma, what))
        assert answer.status_code == 410
        assert "Lucía" not in answer.content.decode().replace("Lucía</", "")
    assert browser.get(award_of(diploma)).status_code == 200
    assert award_of(diploma, ".pdf") not in browser.get(ADDRESS).content.decode()
