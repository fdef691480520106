"""Actas and diplomas in the admin: each role does her part, and nobody two parts of it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates import award
from certificates.models import Acta, Certificate, Job, Recognition
from cms.users.roles import ADMINISTRATOR
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Requirement
from tests.factories.courses import CohortFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db


def said(response: Any) -> str:
    """What the screen told."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def easy(cohort: Cohort) -> Cohort:
    """A cohort that asks for the ethics commitment only, so that a test decides who graduates."""
    Requirement.objects.filter(cohort=cohort).exclude(kind="ethics").delete()
    return cohort


def class_of(graduates: int, others: int = 1) -> Cohort:
    """A cohort in which `graduates` women meet the rule and `others` do not."""
    cohort = easy(CohortFactory())
    for enrolment in enrolled(cohort, graduates):
        accept_ethics(enrolment=enrolment, at=timezone.now())
    enrolled(cohort, others)
    return cohort


@pytest.fixture
def acta(coordinator: Any) -> Acta:
    """Proposed by `coordinator`: two graduate, one does not."""
    return award.propose_acta(cohort_id=class_of(2).pk, by=coordinator, at=timezone.now())


@pytest.fixture
def approved(acta: Acta, administrator: Any) -> Acta:
    return award.approve_acta(acta=acta, by=administrator, at=timezone.now())


@pytest.fixture
def issued(approved: Acta, administrator: Any) -> Acta:
    award.issue_without_recognition(acta=approved, reason="Prueba", by=administrator, at=timezone.now())
    award.issue_acta(acta=approved, by=administrator, at=timezone.now())
    approved.refresh_from_db()
    return approved


def pdf() -> SimpleUploadedFile:
    """A real one-page PDF."""
    document, target = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(target)
    return SimpleUploadedFile("oficio.pdf", target.getvalue(), "application/pdf")


def page_of(acta: Acta) -> str:
    return reverse("actas:acta", args=[acta.pk])


def test_the_coordinator_sees_the_decisions_before_she_proposes(client: Client, coordinator: Any) -> None:
    cohort = class_of(2)
    client.force_login(coordinator)
    page = client.get(reverse("actas:propose"), {"cohort": cohort.pk}).content.decode()
    assert all(enrolment.person.name in page for enrolment in cohort.enrolments.all())
    assert not Acta.objects.exists()
    client.post(reverse("actas:propose"), {"cohort": cohort.pk})
    assert Acta.objects.get().lines.filter(is_graduate=True).count() == 2


def test_an_administrator_proposes_nothing(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    assert client.get(reverse("actas:propose")).status_code == 302


def test_whoever_proposed_cannot_approve_and_reads_why(client: Client, acta: Acta) -> None:
    proposer = UserFactory(role=ADMINISTRATOR)
    Acta.objects.filter(pk=acta.pk).update(proposed_by=proposer)
    client.force_login(proposer)
    assert reverse("actas:approve", args=[acta.pk]) not in client.get(page_of(acta)).content.decode()
    response = client.post(reverse("actas:approve", args=[acta.pk]))
    assert said(response).strip() == "Quien propuso un acta no puede aprobarla. Pídalo a otra administradora."
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED


def test_another_administrator_approves_by_post_only(client: Client, acta: Acta, administrator: Any) -> None:
    client.force_login(administrator)
    url = reverse("actas:approve", args=[acta.pk])
    assert client.get(url).status_code == 200
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED
    client.post(url)
    acta.refresh_from_db()
    assert acta.state == Acta.State.APPROVED


@pytest.mark.parametrize("act", ["approve", "return", "recognise", "waive", "issue"])
def test_a_coordinator_does_none_of_the_other_acts(
    client: Client, acta: Acta, coordinator: Any, act: str
) -> None:
    client.force_login(coordinator)
    assert client.post(reverse(f"actas:{act}", args=[acta.pk])).status_code == 302
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED


def test_the_officer_sees_graduates_and_totals_and_nobody_else(
    client: Client, approved: Acta, officer: Any
) -> None:
    client.force_login(officer)
    page = client.get(page_of(approved)).content.decode()
    for line in approved.lines.all():
        assert (line.name in page) == line.is_graduate
    assert approved.lines.get(is_graduate=False).name not in page


def test_the_officer_does_not_see_a_proposal_nor_diplomas(client: Client, acta: Acta, officer: Any) -> None:
    client.force_login(officer)
    assert client.get(page_of(acta)).status_code == 404
    assert client.get(reverse("diplomas:index")).status_code == 302
    assert client.get(reverse("actas:progress", args=[acta.pk])).status_code == 404


def test_a_trainer_finds_no_actas(client: Client, acta: Acta, trainer: Any) -> None:
    client.force_login(trainer)
    assert client.get(page_of(acta)).status_code == 404
    assert client.get(reverse("actas:index")).status_code == 302


def test_the_officer_attaches_the_oficio_and_staff_read_it(
    client: Client, approved: Acta, officer: Any, trainer: Any
) -> None:
    client.force_login(officer)
    data = {"oficio_number": "SSA/12/2026", "oficio_date": "2026-04-20", "oficio": pdf()}
    client.post(reverse("actas:recognise", args=[approved.pk]), data)
    assert Recognition.objects.get().oficio_number == "SSA/12/2026"
    answer = client.get(reverse("actas:oficio", args=[approved.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a file response
    client.force_login(trainer)
    assert client.get(reverse("actas:oficio", args=[approved.pk])).status_code == 404


@pytest.mark.parametrize("size", [10 * 1024 * 1024, 11 * 1024 * 1024], ids=["10 MB", "11 MB"])
def test_a_big_file_that_is_no_pdf_is_refused(
    client: Client, approved: Acta, officer: Any, size: int
) -> None:
    client.force_login(officer)
    fake = SimpleUploadedFile("oficio.pdf", b"x" * size, "application/pdf")
    data = {"oficio_number": "1", "oficio_date": "2026-04-20", "oficio": fake}
    response = client.post(reverse("actas:recognise", args=[approved.pk]), data)
    assert response.status_code == 200
    assert "PDF" in said(response) or "MB" in said(response)
    assert not Recognition.objects.exists()


def test_issuing_says_how_many_and_waits_for_a_post(
    client: Client, approved: Acta, administrator: Any
) -> None:
    client.force_login(administrator)
    client.post(reverse("actas:waive", args=[approved.pk]), {"reason": "La autoridad no respondió."})
    page = client.get(reverse("actas:issue", args=[approved.pk])).content.decode()
    assert "2 diplomas" in page
    assert not Certificate.objects.exists()
    client.post(reverse("actas:issue", args=[approved.pk]))
    assert Certificate.objects.count() == 2


def test_issuing_without_recognition_or_decision_is_refused(
    client: Client, approved: Acta, administrator: Any
) -> None:
    client.force_login(administrator)
    assert said(client.post(reverse("actas:issue", args=[approved.pk])))
    assert not Certificate.objects.exists()


def test_the_batch_is_told_in_numbers(client: Client, issued: Acta, administrator: Any) -> None:
    Job.objects.filter(pk=Job.objects.all()[0].pk).update(state=Job.State.FAILED, last_error="Sin espacio.")
    client.force_login(administrator)
    facts = client.get(reverse("actas:progress", args=[issued.pk])).json()
    assert facts == {"done": 0, "failed": 1, "remaining": 1, "total": 2}
    assert "Sin espacio." in client.get(page_of(issued)).content.decode()


def test_a_failed_diploma_is_tried_again(
    client: Client, issued: Acta, administrator: Any, coordinator: Any
) -> None:
    job = Job.objects.all()[0]
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    url = reverse("actas:retry", args=[issued.pk, job.pk])
    client.force_login(coordinator)
    client.post(url)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    client.force_login(administrator)
    assert client.get(url).status_code == 405
    client.post(url)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_an_administrator_revokes_and_replaces(client: Client, issued: Acta, administrator: Any) -> None:
    first, second = Certificate.objects.order_by("folio")
    client.force_login(administrator)
    client.post(reverse("diplomas:revoke", args=[first.pk]), {"reason": "error"})
    client.post(reverse("diplomas:replace", args=[second.pk]), {"name": "Nombre Nuevo"})
    first, second = Certificate.objects.with_state().filter(pk__in=[first.pk, second.pk]).order_by("folio")
    assert first.revocation.reason == "error"
    assert second.replaced_by.payload["name"] == "Nombre Nuevo"
    index = reverse("diplomas:index")
    for state, folio in (("revoked", first.folio), ("replaced", second.folio)):
        page = client.get(index, {"state": state}).content.decode()
        assert folio in page
    assert second.folio not in client.get(index, {"state": "revoked"}).content.decode()


def test_a_name_that_cannot_be_printed_replaces_nothing(
    client: Client, issued: Acta, administrator: Any
) -> None:
    client.force_login(administrator)
    diploma = Certificate.objects.all()[0]
    response = client.post(reverse("diplomas:replace", args=[diploma.pk]), {"name": "Ana\u202eanA"})
    assert response.status_code == 200
    assert Certificate.objects.count() == 2


def test_a_coordinator_reads_diplomas_and_changes_none(
    client: Client, issued: Acta, coordinator: Any
) -> None:
    diploma = Certificate.objects.all()[0]
    client.force_login(coordinator)
    assert diploma.folio in client.get(reverse("diplomas:diploma", args=[diploma.pk])).content.decode()
    assert client.post(reverse("diplomas:revoke", args=[diploma.pk]), {"reason": "error"}).status_code == 302
    assert not hasattr(Certificate.objects.with_state().get(pk=diploma.pk), "revocation")


def test_the_list_finds_a_diploma_by_folio_and_by_name(
    client: Client, issued: Acta, administrator: Any
) -> None:
    first, second = Certificate.objects.order_by("folio")
    client.force_login(administrator)
    for words in (first.folio, first.payload["name"]):
        page = client.get(reverse("diplomas:index"), {"q": words}).content.decode()
        assert first.folio in page
        assert second.folio not in page


def test_an_acta_holds_its_queries(
    client: Client, coordinator: Any, officer: Any, administrator: Any, queries_of: Callable[[str], int]
) -> None:
    counts: list[list[int]] = []
    for graduates in (2, 20):
        made = award.propose_acta(cohort_id=class_of(graduates).pk, by=coordinator, at=timezone.now())
        award.approve_acta(acta=made, by=administrator, at=timezone.now())
        found = []
        for user in (coordinator, officer):
            client.force_login(user)
            found.append(queries_of(page_of(made)))
        counts.append(found)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["actas:index", "diplomas:index"])
def test_the_lists_hold_their_queries(
    client: Client, coordinator: Any, administrator: Any, queries_of: Callable[[str], int], name: str
) -> None:
    def issue(graduates: int) -> None:
        made = award.propose_acta(cohort_id=class_of(graduates).pk, by=coordinator, at=timezone.now())
        award.approve_acta(acta=made, by=administrator, at=timezone.now())
        award.issue_without_recognition(acta=made, reason="Prueba", by=administrator, at=timezone.now())
        award.issue_acta(acta=made, by=administrator, at=timezone.now())

    issue(2)
    client.force_login(administrator)
    few = queries_of(reverse(name))
    for _time in range(4):
        issue(4)
    assert queries_of(reverse(name)) <= few
