"""The authority's portal: the actas sent to her, an answer line by line, nothing of anybody else."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from certificates.actas import actions as actas
from certificates.actas import answers, corrections, standing
from certificates.actas.forms import reason_field, vote_field
from certificates.actas.models import Acta, ActaLine, LineStep, Recognition
from certificates.awards import life
from certificates.printing import checks
from cms.users.roles import start_page
from tests.certificates.actas.test_paper_and_packet import text_of
from tests.factories import awards as factory
from tests.factories.decisions import class_of, scan

pytestmark = pytest.mark.django_db
NOW = timezone.now()
needs_press = pytest.mark.skipif(
    bool(checks.missing_libraries()), reason="WeasyPrint's libraries are missing"
)


def page_of(acta: Acta, name: str = "authority_acta", *more: int) -> str:
    return reverse(f"certificates:{name}", args=[acta.pk, *more])


def votes(acta: Acta, **changes: str) -> dict[str, Any]:
    """Accept every graduate, but for what is passed: `line_7="return", reason_7="…"`."""
    lines = acta.lines.filter(is_graduate=True).values_list("pk", flat=True)
    return {**{vote_field(pk): "accept" for pk in lines}, **changes}


def oficio(**changes: Any) -> dict[str, Any]:
    return {
        "oficio_number": "SSA/12/2026",
        "oficio_date": "2026-04-20",
        "oficio": scan(),
        "final": "1",
        **changes,
    }


@pytest.fixture
def portal(client: Client, officer: Any) -> Client:
    """The officer's browser."""
    client.force_login(officer)
    return client


def test_she_lands_in_her_portal_and_has_no_desk(portal: Client, officer: Any, sent: Acta) -> None:
    assert start_page(officer) == reverse("certificates:authority") == "/autoridad/"
    assert not officer.has_perm("wagtailadmin.access_admin")
    for name in ("wagtailadmin_home", "actas:index", "diplomas:index"):
        assert portal.get(reverse(name)).status_code == 302
    assert sent.facts["cohort"] in portal.get("/autoridad/").content.decode()


@pytest.mark.parametrize("role", ["trainee", "trainer", "coordinator", "administrator", "stranger"])
def test_for_nobody_else_there_is_a_portal(
    client: Client, sent: Acta, request: pytest.FixtureRequest, role: str
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert client.get("/autoridad/").status_code == 404
    for name in ("authority_acta", "authority_answer", "authority_pdf", "authority_packet"):
        assert client.get(page_of(sent, name)).status_code == 404
    assert client.post(page_of(sent, "authority_answer"), votes(sent)).status_code == 404


def test_who_is_not_signed_in_is_asked_to(client: Client, sent: Acta) -> None:
    for url in ("/autoridad/", page_of(sent)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/entrar/")


def test_she_sees_no_acta_that_was_not_sent_to_her_here(
    portal: Client, approved: Acta, coordinator: Any
) -> None:
    assert portal.get(page_of(approved)).status_code == 404
    answers.send_lines(acta=approved, channel="packet", manifest_sha256="a" * 64, by=coordinator, at=NOW)
    assert portal.get(page_of(approved)).status_code == 404  # that one went on paper
    assert "cohort" not in portal.get("/autoridad/").context


def test_she_reads_programme_totals_and_graduates_and_nobody_else(portal: Client, sent: Acta) -> None:
    page = portal.get(page_of(sent)).content.decode()
    for line in sent.lines.all():
        assert (line.name in page) == line.is_graduate
        assert str(line.person_id) not in page
        if line.is_graduate:
            assert line.evidence.get().sentence not in page  # nobody's single result
    assert sent.facts["title"] in page
    assert sent.facts["content_digest"][:16] in page
    assert "2 de 2" in page or "2 of 2" in page


def test_an_exception_is_shown_with_its_author_and_reason(
    portal: Client, coordinator: Any, administrator: Any
) -> None:
    cohort = class_of(1)
    woman = cohort.enrolments.get(ethics_accepted_at=None)
    made = actas.propose_acta(
        cohort_id=cohort.pk, exceptions={woman.pk: "Firmó en papel."}, by=coordinator, at=NOW
    )
    actas.approve_acta(acta=made, has_read_exceptions=True, by=administrator, at=NOW)
    answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)
    page = portal.get(page_of(made)).content.decode()
    assert "Firmó en papel." in page
    assert coordinator.get_username() in page


def test_nothing_is_final_before_the_page_that_asks_once_more(portal: Client, sent: Acta) -> None:
    first, second = sent.lines.filter(is_graduate=True)
    url = page_of(sent, "authority_answer")
    choice = votes(sent, **{vote_field(second.pk): "return", reason_field(second.pk): "Falta su acento."})
    page = portal.post(url, choice).content.decode()
    assert "Falta su acento." in page
    assert first.name in page
    assert not Recognition.objects.exists()
    assert not LineStep.objects.filter(kind__in=["accepted", "returned"]).exists()
    portal.post(url, {**choice, **oficio()})
    found = Recognition.objects.get()
    assert (found.oficio_number, found.is_on_behalf) == ("SSA/12/2026", False)
    assert first.steps.filter(kind="accepted", recognition=found).exists()
    assert second.steps.get(kind="returned").reason == "Falta su acento."
    page = portal.get(page_of(sent)).content.decode()
    assert "SSA/12/2026" in page
    assert "Falta su acento." in page


def test_she_may_change_her_mind_before_it_is_final(portal: Client, sent: Acta) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    choice = votes(sent, **{vote_field(line.pk): "return", reason_field(line.pk): "Falta su acento."})
    page = portal.post(page_of(sent, "authority_answer"), {**choice, "change": "1"})
    assert page.templates[0].name == "certificates/authority/answer.html"
    assert "Falta su acento." in page.content.decode()
    assert not LineStep.objects.filter(kind="returned").exists()


def test_a_return_wants_a_reason_and_the_form_keeps_the_rest(portal: Client, sent: Acta) -> None:
    _first, second = sent.lines.filter(is_graduate=True)
    choice = votes(sent, **{vote_field(second.pk): "return"})
    page = portal.post(page_of(sent, "authority_answer"), {**choice, **oficio()})
    assert page.templates[0].name == "certificates/authority/answer.html"
    assert page.context["form"].errors
    assert page.context["form"][vote_field(second.pk)].value() == "return"
    assert not Recognition.objects.exists()


def test_some_lines_may_wait_for_a_later_oficio(portal: Client, sent: Acta) -> None:
    first, second = sent.lines.filter(is_graduate=True)
    url = page_of(sent, "authority_answer")
    portal.post(url, {**votes(sent, **{vote_field(second.pk): "later"}), **oficio()})
    assert first.steps.filter(kind="accepted").exists()
    assert not second.steps.filter(kind="accepted").exists()
    page = portal.get(url).content.decode()
    assert second.name in page
    assert first.name not in page


def test_returning_everything_needs_no_oficio(portal: Client, sent: Acta) -> None:
    changes: dict[str, str] = {}
    for line in sent.lines.filter(is_graduate=True):
        changes |= {vote_field(line.pk): "return", reason_field(line.pk): "Faltan las listas."}
    portal.post(page_of(sent, "authority_answer"), {**votes(sent, **changes), "final": "1"})
    assert LineStep.objects.filter(kind="returned").count() == 2
    assert not Recognition.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"oficio": ""},
        {"oficio": scan(b"MZ no")},
        {"oficio": scan(password="secreto")},
        {"oficio_number": ""},
        {"oficio_date": "2099-01-01"},
    ],
    ids=["no file", "no PDF", "locked", "no number", "tomorrow"],
)
def test_a_bad_oficio_is_told_on_the_page_and_nothing_is_accepted(
    portal: Client, sent: Acta, changes: dict[str, Any]
) -> None:
    page = portal.post(page_of(sent, "authority_answer"), {**votes(sent), **oficio(**changes)})
    assert page.status_code == 200
    assert page.context["oficio"].errors
    assert not Recognition.objects.exists()


def test_a_line_that_is_not_on_the_form_cannot_be_smuggled_in(portal: Client, sent: Acta) -> None:
    inside = sent.lines.get(is_graduate=False)
    portal.post(
        page_of(sent, "authority_answer"), {**votes(sent), vote_field(inside.pk): "accept", **oficio()}
    )
    assert not inside.steps.exists()
    assert LineStep.objects.filter(kind="accepted").count() == 2


def test_answering_twice_changes_nothing_and_says_so(portal: Client, sent: Acta) -> None:
    url = page_of(sent, "authority_answer")
    portal.post(url, {**votes(sent), **oficio()})
    again = portal.post(url, {**votes(sent), **oficio(oficio_number="OTRO")})
    assert again.status_code == 302
    assert [str(message) for message in get_messages(again.wsgi_request)]
    assert Recognition.objects.count() == 1


def test_looking_changes_nothing(portal: Client, sent: Acta) -> None:
    before = LineStep.objects.count()
    for url in ("/autoridad/", page_of(sent), page_of(sent, "authority_answer")):
        portal.get(url)
    assert LineStep.objects.count() == before


def test_she_downloads_her_own_oficio(portal: Client, accepted: Acta) -> None:
    found = accepted.recognitions.get()
    answer = portal.get(page_of(accepted, "authority_oficio", found.pk))
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"].startswith("max-age=0") or "no-store" in answer["Cache-Control"]


def test_an_oficio_of_another_acta_is_not_found_here(
    portal: Client, accepted: Acta, coordinator: Any, administrator: Any
) -> None:
    other = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=NOW)
    actas.approve_acta(acta=other, by=administrator, at=NOW)
    answers.send_lines(acta=other, channel="portal", by=coordinator, at=NOW)
    found = accepted.recognitions.get()
    assert portal.get(page_of(other, "authority_oficio", found.pk)).status_code == 404


@needs_press
def test_she_downloads_the_acta_and_the_packet_under_neutral_names(portal: Client, sent: Acta) -> None:
    for name, start, ending in (
        ("authority_pdf", b"%PDF", f'"acta-{sent.pk}.pdf"'),
        ("authority_packet", b"PK", f'"acta-{sent.pk}.zip"'),
    ):
        answer = portal.get(page_of(sent, name))
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"].endswith(ending)
        assert "no-store" in answer["Cache-Control"]


def test_a_file_that_cannot_be_made_is_explained(
    portal: Client, sent: Acta, settings: Any, tmp_path: Any
) -> None:
    settings.IS_DEMO, settings.KEYS_DIR, settings.PDF_KEY = False, tmp_path, {}
    for name in ("authority_pdf", "authority_packet"):
        answer = portal.get(page_of(sent, name))
        assert answer.status_code == 302
        assert [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_corrected_line_comes_back_under_its_number(
    portal: Client, sent: Acta, officer: Any, coordinator: Any, administrator: Any
) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    answers.answer_lines(acta=sent, returned={line.pk: "Acento."}, by=officer, at=NOW)
    assert "Acento." in portal.get(page_of(sent)).content.decode()
    new = corrections.correct_line(line=line, name="Inés", reason="Así es.", by=coordinator, at=NOW)
    page = portal.get(page_of(sent)).content.decode()
    assert "Inés" not in page  # not approved, not sent
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    answers.send_lines(acta=sent, channel="portal", by=coordinator, at=NOW)
    told = portal.get(page_of(sent)).context["told"]
    numbers = standing.numbers(standing.of_acta(sent))
    assert [(one.number, one.name) for one in told.graduates if one.line.pk == new.pk] == [
        (numbers[line.pk], "Inés")
    ]


@needs_press
def test_she_sees_which_diplomas_were_revoked_or_replaced_and_no_new_name(
    portal: Client, accepted: Acta, administrator: Any
) -> None:
    first, second = factory.made(accepted, administrator)
    assert all(one.afterwards is None for one in portal.get(page_of(accepted)).context["told"].graduates)
    life.revoke_certificate(certificate=first, reason="error", by=administrator, at=NOW)
    life.replace_certificate(certificate=second, name="Nombre Nuevo", by=administrator, at=NOW)
    page = portal.get(page_of(accepted))
    told = {one.line.pk: one.afterwards for one in page.context["told"].graduates}
    today = timezone.localdate(NOW, accepted.cohort.zone)
    assert {pk: (one.state, one.on, one.folio) for pk, one in told.items()} == {
        first.line_id: ("revoked", today, first.folio),
        second.line_id: ("replaced", today, second.folio),
    }
    assert all(one.words in page.content.decode() for one in told.values())
    assert "Nombre Nuevo" not in page.content.decode()
    paper = text_of(portal.get(page_of(accepted, "authority_pdf")).content)
    assert all(one.words in paper for one in told.values())
    assert "Nombre Nuevo" not in paper
    packet = zipfile.ZipFile(BytesIO(portal.get(page_of(accepted, "authority_packet")).content))
    sheet = load_workbook(BytesIO(packet.read("graduados.xlsx"))).active
    assert {row[3] for row in sheet.iter_rows(min_row=2, values_only=True)} == {
        one.words for one in told.values()
    }


def test_the_pages_hold_their_queries(
    portal: Client, coordinator: Any, administrator: Any, queries_of: Callable[[str], int]
) -> None:
    counts = []
    for graduates in (2, 20):
        made = actas.propose_acta(cohort_id=class_of(graduates).pk, by=coordinator, at=NOW)
        actas.approve_acta(acta=made, by=administrator, at=NOW)
        answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)
        counts.append([queries_of(page_of(made)), queries_of(page_of(made, "authority_answer"))])
    assert counts[0] == counts[1]
    assert ActaLine.objects.filter(steps__kind="sent").count() == 22


def test_the_list_holds_its_queries(
    portal: Client, coordinator: Any, administrator: Any, queries_of: Callable[[str], int]
) -> None:
    def send() -> None:
        made = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=NOW)
        actas.approve_acta(acta=made, by=administrator, at=NOW)
        answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)

    for _ in range(2):
        send()
    few = queries_of("/autoridad/")
    for _ in range(5):
        send()
    assert queries_of("/autoridad/") == few
