"""The register of diplomas in the admin: found by folio or name, filtered by state, every act on one."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from certificates import tasks
from certificates.actas.counts import with_counts
from certificates.actas.models import Acta
from certificates.awards import actions, erasure, life
from certificates.awards.models import Certificate, Delivery, Job, Registration
from tests.certificates.actas.test_paper_and_packet import text_of
from tests.factories.awards import acta_of, made
from tests.factories.certificates import CertificateFactory
from tests.factories.decisions import said

pytestmark = pytest.mark.django_db
INDEX = "diplomas:index"


@pytest.fixture
def diplomas(coordinator: Any, administrator: Any) -> list[Certificate]:
    """Two, made and stored."""
    return made(acta_of(2, coordinator=coordinator, administrator=administrator), administrator)


@pytest.fixture
def desk(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


def url(diploma: Certificate, act: str = "diploma") -> str:
    return reverse(f"diplomas:{act}", args=[diploma.pk])


def listed(desk: Client, **query: str) -> str:
    return desk.get(reverse(INDEX), query).content.decode()


def test_a_diploma_is_found_by_folio_and_by_name(desk: Client, diplomas: list[Certificate]) -> None:
    first, second = diplomas
    for words in (first.folio, first.name, first.name.upper()):
        page = listed(desk, q=words)
        assert first.folio in page
        assert second.folio not in page
    assert first.folio not in listed(desk, q="nadie así")


def test_a_name_that_was_erased_is_not_found_any_more(
    desk: Client, diplomas: list[Certificate], administrator: Any
) -> None:
    first, name = diplomas[0], diplomas[0].name
    erasure.erase(certificate=first, by=administrator, at=timezone.now())
    assert first.folio not in listed(desk, q=name)
    assert first.folio in listed(desk, q=first.folio)


def test_the_list_is_filtered_by_state_and_kind(
    desk: Client, diplomas: list[Certificate], administrator: Any
) -> None:
    told = {"by": administrator, "at": timezone.now()}
    revoked, suspended = diplomas
    waiting = CertificateFactory()
    failed = CertificateFactory(job__state="failed")
    statement = CertificateFactory(kind="statement", is_rendered=True)
    replaced = CertificateFactory(is_rendered=True)
    erased = CertificateFactory(is_rendered=True)
    life.revoke_certificate(certificate=revoked, reason="error", **told)
    life.suspend_certificate(certificate=suspended, **told)
    CertificateFactory(line=replaced.line, replaces=replaced)
    erasure.erase(certificate=erased, **told)
    for state, folio in (
        ("revoked", revoked.folio),
        ("suspended", suspended.folio),
        ("preparing", waiting.folio),
        ("failed", failed.folio),
        ("issued", statement.folio),
        ("replaced", replaced.folio),
        ("erased", erased.folio),
    ):
        page = listed(desk, state=state)
        assert folio in page, state
        others = {revoked.folio, suspended.folio, failed.folio, replaced.folio} - {folio}
        assert not [other for other in others if f">{other}<" in page.replace(" ", "")], state
    page = listed(desk, kind="statement")
    assert statement.folio in page
    assert waiting.folio not in page


def test_the_page_of_a_diploma_tells_everything_that_happened(
    desk: Client, diplomas: list[Certificate], administrator: Any
) -> None:
    diploma, told = diplomas[0], {"by": administrator, "at": timezone.now()}
    desk.post(url(diploma, "deliver"), {"what": "diploma"})
    life.suspend_certificate(certificate=diploma, **told)
    life.lift_suspension(certificate=diploma, **told)
    page = desk.get(url(diploma)).content.decode()
    assert page.count("<time") >= 6  # registered, decided, made, handed over, suspended, lifted
    assert diploma.name in page
    assert administrator.get_username() in page


def test_every_act_asks_first_and_is_done_by_post(desk: Client, diplomas: list[Certificate]) -> None:
    diploma = diplomas[0]
    for act in ("deliver", "suspend", "replace", "revoke", "erase"):
        assert desk.get(url(diploma, act)).status_code == 200
    assert not Delivery.objects.exists()
    state = Certificate.objects.with_state().get(pk=diploma.pk)
    assert not state.is_suspended
    assert not hasattr(state, "revocation")
    assert not hasattr(state, "erasure")


def test_an_administrator_delivers_suspends_lifts_replaces_and_revokes(
    desk: Client, diplomas: list[Certificate]
) -> None:
    first, second = diplomas
    desk.post(url(first, "deliver"), {"what": "diploma"})
    assert Delivery.objects.get().certificate == first
    desk.post(url(first, "suspend"))
    assert Certificate.objects.with_state().get(pk=first.pk).is_suspended
    desk.post(url(first, "lift"))
    assert not Certificate.objects.with_state().get(pk=first.pk).is_suspended
    answer = desk.post(url(first, "replace"), {"name": "Nombre Nuevo"})
    new = Certificate.objects.select_related("key").get(replaces=first)
    assert answer["Location"] == url(new)
    assert new.name == "Nombre Nuevo"
    desk.post(url(second, "revoke"), {"reason": "error"})
    assert Certificate.objects.with_state().get(pk=second.pk).revocation.reason == "error"


def test_a_name_that_cannot_be_printed_replaces_nothing_and_says_so(
    desk: Client, diplomas: list[Certificate]
) -> None:
    answer = desk.post(url(diplomas[0], "replace"), {"name": "Ana\u202eanA"})
    assert answer.status_code == 200
    assert said(answer)
    assert Certificate.objects.count() == 2


def test_erasing_asks_for_the_folio_typed(desk: Client, diplomas: list[Certificate]) -> None:
    diploma = diplomas[0]
    for typed in ("", "sí", diplomas[1].folio):
        assert desk.post(url(diploma, "erase"), {"folio": typed}).status_code == 200
    assert not hasattr(Certificate.objects.with_state().get(pk=diploma.pk), "erasure")
    name = diploma.name
    desk.post(url(diploma, "erase"), {"folio": f" {diploma.folio.lower()} "})
    assert hasattr(Certificate.objects.with_state().get(pk=diploma.pk), "erasure")
    assert name not in desk.get(url(diploma)).content.decode()


def test_a_refusal_is_told_on_the_same_screen(desk: Client, diplomas: list[Certificate]) -> None:
    desk.post(url(diplomas[0], "revoke"), {"reason": "error"})
    answer = desk.post(url(diplomas[0], "suspend"))
    assert answer.status_code == 200
    assert said(answer)


@pytest.mark.parametrize("act", ["revoke", "replace", "suspend", "lift", "erase"])
def test_a_coordinator_reads_diplomas_and_changes_none(
    client: Client, diplomas: list[Certificate], coordinator: Any, act: str
) -> None:
    client.force_login(coordinator)
    assert diplomas[0].folio in client.get(url(diplomas[0])).content.decode()
    assert client.post(url(diplomas[0], act), {"reason": "error"}).status_code == 302
    state = Certificate.objects.with_state().get(pk=diplomas[0].pk)
    assert not hasattr(state, "revocation")
    assert not state.is_suspended


@pytest.mark.parametrize("role", ["trainer", "officer", "stranger"])
def test_for_others_there_is_no_register(
    client: Client, diplomas: list[Certificate], role: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    for address in (url(diplomas[0]), reverse(INDEX), reverse("diplomas:register")):
        assert client.get(address).status_code == 302


def book_url(name: str, entry: Registration) -> str:
    return reverse(f"diplomas:{name}", args=[entry.series_id]) + f"?book={entry.book}"


def test_the_register_book_is_read_printed_and_taken_along(
    desk: Client, diplomas: list[Certificate], administrator: Any
) -> None:
    life.revoke_certificate(certificate=diplomas[1], reason="error", by=administrator, at=timezone.now())
    entry = diplomas[0].registration
    assert entry.book in desk.get(reverse("diplomas:register")).content.decode()
    page = desk.get(book_url("book", entry)).content.decode()
    assert diplomas[0].name in page
    assert diplomas[1].folio in page
    with pikepdf.open(BytesIO(desk.get(book_url("book_pdf", entry)).content)) as document:
        assert document.Root.MarkInfo.Marked
        box = document.pages[0].mediabox
        assert float(box[2]) > float(box[3])
        assert len(document.pages) == 1
    workbook = openpyxl.load_workbook(BytesIO(desk.get(book_url("book_xlsx", entry)).content))
    rows = list(workbook.active.values)
    assert [row[1] for row in rows[1:]] == [one.folio for one in diplomas]
    assert [row[4] for row in rows[1:]] == [one.name for one in diplomas]


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_page_of_the_book_names_the_school_and_marks_a_demonstration(
    desk: Client, diplomas: list[Certificate], *, is_demo: bool
) -> None:
    acta = diplomas[0].acta
    acta.facts["is_demo"] = is_demo
    acta.save(update_fields=["facts"])
    text = text_of(desk.get(book_url("book_pdf", diplomas[0].registration)).content)
    assert acta.facts["issuer"] in text
    assert (gettext("DEMONSTRATION: this document has no validity.") in text) is is_demo


def test_a_workbook_takes_no_name_for_a_formula(desk: Client) -> None:
    trap = '=HYPERLINK("http://example.org")'
    diploma = CertificateFactory(name=trap, is_rendered=True)
    content = desk.get(book_url("book_xlsx", diploma.registration)).content
    cell = openpyxl.load_workbook(BytesIO(content)).active["E2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (trap, "s", True)


def test_there_is_no_book_of_another_name(desk: Client, diplomas: list[Certificate]) -> None:
    series = diplomas[0].registration.series_id
    for query in ("?book=1812", ""):
        assert desk.get(reverse("diplomas:book", args=[series]) + query).status_code == 404


def test_the_register_holds_its_queries(
    desk: Client, queries_of: Callable[[str], int], diplomas: list[Certificate]
) -> None:
    addresses = [
        reverse(INDEX),
        reverse(INDEX) + "?q=Persona",
        book_url("book", diplomas[0].registration),
        book_url("book_xlsx", diplomas[0].registration),
        url(diplomas[0]),
    ]
    tasks.sweep()
    few = [queries_of(address) for address in addresses]
    for number in range(18):
        CertificateFactory(
            name=f"Persona {number}",
            registration__series=diplomas[0].registration.series,
            registration__book=diplomas[0].registration.book,
            is_rendered=True,
        )
    assert [queries_of(address) for address in addresses] <= few


def test_what_happened_is_marked_by_a_sign_of_its_own(
    desk: Client, diplomas: list[Certificate], administrator: Any
) -> None:
    life.suspend_certificate(certificate=diplomas[0], by=administrator, at=timezone.now())
    life.revoke_certificate(certificate=diplomas[0], reason="error", by=administrator, at=timezone.now())
    page = desk.get(url(diplomas[0])).content.decode()
    assert '<i aria-hidden="true">!</i>' in page
    assert '<i aria-hidden="true">✕</i>' in page
    assert reverse("certificates:card", args=[diplomas[0].pk]) not in page
    assert (
        "button button-secondary"
        in page.split(reverse("certificates:download", args=[diplomas[0].pk]))[0][-60:]
    )
    assert reverse("certificates:card", args=[diplomas[1].pk]) in desk.get(url(diplomas[1])).content.decode()


def test_what_was_never_made_is_annulled_and_nobody_waits_for_it(
    desk: Client, coordinator: Any, administrator: Any
) -> None:
    acta = acta_of(1, coordinator=coordinator, administrator=administrator)
    actions.issue_acta(acta=acta, by=administrator, at=timezone.now())
    waiting = Certificate.objects.get()
    assert with_counts(Acta.objects.all()).get().making == 1
    Job.objects.update(state=Job.State.FAILED)
    life.revoke_certificate(certificate=waiting, reason="error", by=administrator, at=timezone.now())
    assert with_counts(Acta.objects.all()).get().making == 0
    assert gettext("annulled before it was issued") in desk.get(url(waiting)).content.decode()
