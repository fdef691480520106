"""Issuing in the admin: what waits, how far a batch is, holding it, handing over."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.actas.models import Acta
from certificates.awards.models import Certificate, Delivery, Job, Registration
from certificates.desk import issue_page
from tests.factories.awards import acta_of, made
from tests.factories.decisions import said

pytestmark = pytest.mark.django_db
State = Job.State


def url(acta: Acta, act: str = "acta") -> str:
    return reverse(f"actas:{act}", args=[acta.pk])


@pytest.fixture
def desk(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def ready(coordinator: Any, administrator: Any) -> Acta:
    """Two may be issued, one did not graduate."""
    return acta_of(2, others=1, coordinator=coordinator, administrator=administrator)


def fail_one() -> Job:
    job = Job.objects.order_by("pk")[0]
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, last_error="Sin espacio.")
    return job


def test_issuing_says_how_many_and_waits_for_a_post(desk: Client, ready: Acta) -> None:
    page = desk.get(url(ready, "issue")).content.decode()
    assert "2 diplomas" in page
    assert not Certificate.objects.exists()
    desk.post(url(ready, "issue"))
    assert Certificate.objects.count() == 2


def test_issuing_without_recognition_or_decision_is_refused(desk: Client, approved: Acta) -> None:
    assert said(desk.post(url(approved, "issue")))
    assert not Certificate.objects.exists()


def test_folios_are_seen_in_the_register_before_the_diplomas_are_issued(
    client: Client, ready: Acta, coordinator: Any
) -> None:
    client.force_login(coordinator)
    assert not Registration.objects.exists()
    client.post(url(ready, "register"))
    first = Registration.objects.order_by("number")[0]
    page = client.get(reverse("diplomas:book", args=[first.series_id]) + f"?book={first.book}")
    assert first.folio in page.content.decode()
    client.post(url(ready, "register"))
    assert Registration.objects.count() == 2
    assert not Certificate.objects.exists()


def test_the_folios_of_the_register_stand_on_the_page_that_issues(desk: Client, ready: Acta) -> None:
    desk.post(url(ready, "register"))
    page = desk.get(url(ready, "issue")).content.decode()
    for entry in Registration.objects.all():
        assert entry.folio in page


def test_without_hours_the_page_says_that_there_is_no_statement(desk: Client, ready: Acta) -> None:
    page = desk.get(url(ready, "statements")).content.decode()
    assert "<table" not in page.split("pm-text")[1]
    assert said(desk.post(url(ready, "statements")))
    assert not Certificate.objects.exists()


def test_statements_are_issued_from_the_page_of_the_acta(desk: Client, ready: Acta) -> None:
    with connection.cursor() as cursor:  # past the model: a decided line never changes
        cursor.execute("UPDATE certificates_actaline SET minutes = 130 WHERE is_graduate = %s", [False])
    assert url(ready, "statements") in desk.get(url(ready)).content.decode()
    assert "2 h 10 min" in desk.get(url(ready, "statements")).content.decode()
    desk.post(url(ready, "statements"))
    assert Certificate.objects.get().kind == "statement"


@pytest.mark.parametrize("act", ["issue", "statements", "pause", "resume", "retry_all"])
def test_a_coordinator_issues_and_holds_nothing(
    client: Client, issued: Acta, coordinator: Any, act: str
) -> None:
    before = Certificate.objects.count()
    client.force_login(coordinator)
    assert client.post(url(issued, act)).status_code == 302
    assert Certificate.objects.count() == before
    assert Job.objects.tally()[State.QUEUED] == before


@pytest.mark.parametrize("act", ["register", "issue", "statements", "deliver", "progress"])
@pytest.mark.parametrize("role", ["trainer", "officer", "stranger"])
def test_for_others_there_is_no_such_page(
    client: Client, issued: Acta, role: str, act: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert client.get(url(issued, act)).status_code in {302, 404}
    assert client.post(url(issued, act)).status_code in {302, 404, 405}


def test_the_batch_is_told_in_numbers_and_words(desk: Client, issued: Acta) -> None:
    fail_one()
    told = desk.get(url(issued, "progress")).json()
    words = told.pop("words")
    assert told == {
        "done": 0,
        "failed": 1,
        "remaining": 1,
        "paused": 0,
        "total": 2,
        "seconds_left": None,
    }
    page = desk.get(url(issued)).content.decode()
    assert words in page
    assert page.count("Sin espacio.") == 2  # the reason with its count, and beside the folio


def test_a_batch_is_paused_and_goes_on_by_two_buttons(desk: Client, issued: Acta) -> None:
    assert url(issued, "pause") in desk.get(url(issued)).content.decode()
    desk.post(url(issued, "pause"))
    assert Job.objects.tally()[State.PAUSED] == 2
    page = desk.get(url(issued)).content.decode()
    assert url(issued, "resume") in page
    assert url(issued, "pause") not in page
    desk.post(url(issued, "resume"))
    assert Job.objects.tally()[State.QUEUED] == 2
    assert said(desk.post(url(issued, "resume")))


def test_a_failed_diploma_is_tried_again_by_post_only(desk: Client, issued: Acta) -> None:
    job = fail_one()
    address = reverse("actas:retry", args=[issued.pk, job.pk])
    assert desk.get(address).status_code == 405
    desk.post(address)
    assert Job.objects.get(pk=job.pk).state == State.QUEUED


def test_all_failed_ones_are_tried_again_with_one_press(desk: Client, issued: Acta) -> None:
    Job.objects.update(state=State.FAILED, last_error="Sin espacio.")
    desk.post(url(issued, "retry_all"))
    assert Job.objects.tally()[State.QUEUED] == 2


def test_a_job_of_another_acta_is_not_retried_here(
    desk: Client, issued: Acta, coordinator: Any, administrator: Any
) -> None:
    other = acta_of(1, coordinator=coordinator, administrator=administrator)
    assert desk.post(reverse("actas:retry", args=[other.pk, fail_one().pk])).status_code == 404


def test_a_cohort_is_handed_over_from_a_list_that_can_be_unchecked(
    client: Client, ready: Acta, coordinator: Any, administrator: Any
) -> None:
    first, second = made(ready, administrator)
    client.force_login(coordinator)
    page = client.get(url(ready, "deliver")).content.decode()
    assert first.name in page
    assert second.name in page
    client.post(url(ready, "deliver"), {"award": [str(first.pk)]})
    assert Delivery.objects.get().certificate == first
    assert first.name not in client.get(url(ready, "deliver")).content.decode()
    assert said(client.post(url(ready, "deliver"), {"award": ["no-uuid"]}))
    assert Delivery.objects.count() == 1


def test_the_pages_of_issuing_hold_their_queries(
    desk: Client, coordinator: Any, administrator: Any, queries_of: Any
) -> None:
    counts = []
    for graduates in (2, 20):
        acta = acta_of(graduates, coordinator=coordinator, administrator=administrator)
        desk.post(url(acta, "issue"))
        Job.objects.filter(acta=acta).update(state=State.FAILED, last_error="Sin espacio.")
        with CaptureQueriesContext(connection) as shown:
            issue_page.of_awards(administrator, acta)
        counts.append([len(shown)] + [queries_of(url(acta, act)) for act in ("issue", "deliver", "progress")])
    assert counts[0] == counts[1]
