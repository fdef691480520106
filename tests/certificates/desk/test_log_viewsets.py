"""The administrators' page of the log, and who the witnesses are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from certificates.log import actions
from certificates.log.models import AuditRun, HeadMail, TreeHead, Witness
from tests.certificates.log.conftest import Fill, fill, witness

__all__ = ["fill", "witness"]  # fixtures of the log's own tests

pytestmark = pytest.mark.django_db
PAGE = "/admin/log/"


def page(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_log_says_that_it_has_no_witness_and_no_check(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    text = page(client)
    assert "testigo" in text or "witness" in text


def test_it_shows_the_last_head_and_who_received_it(
    client: Client, administrator: Any, fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    fill(3)
    head = actions.publish_head(timezone.now())
    assert head is not None
    actions.mail_head(HeadMail.objects.get().pk, timezone.now())
    client.force_login(administrator)
    text = page(client)
    assert head.root_hash in text.replace("<wbr>", "")
    assert witness.name in text
    assert "/log/head/3" in text


def test_a_mail_that_failed_says_why_and_is_sent_by_a_button(
    client: Client, administrator: Any, fill: Fill, witness: Witness, mailoutbox: list[Any]
) -> None:
    fill(1)
    actions.publish_head(timezone.now())
    HeadMail.objects.update(
        attempts=HeadMail.MAX_ATTEMPTS, last_error=HeadMail.Error.REFUSED, run_after=timezone.now()
    )
    mail = HeadMail.objects.get()
    client.force_login(administrator)
    assert str(HeadMail.Error.REFUSED.label) in page(client)
    assert client.get(f"{PAGE}mails/{mail.pk}/again/").status_code == 405
    client.post(f"{PAGE}mails/{mail.pk}/again/")
    assert actions.mail_head(mail.pk, timezone.now())
    assert str(HeadMail.Error.REFUSED.label) not in page(client)
    assert client.post(f"{PAGE}mails/{mail.pk}/again/").status_code == 404


def test_what_the_last_check_found_is_said(client: Client, administrator: Any) -> None:
    AuditRun.objects.create(at=timezone.now(), size=4)
    client.force_login(administrator)
    assert "Falta la 7" not in page(client)
    AuditRun.objects.create(at=timezone.now(), size=4, findings=["Falta la 7"], findings_count=1)
    assert "Falta la 7" in page(client)


def test_a_log_whose_head_is_overdue_says_so(client: Client, administrator: Any, fill: Fill) -> None:
    fill(1)
    actions.publish_head(timezone.now() - timedelta(days=3))
    client.force_login(administrator)
    before = page(client).count("pm-note")
    fill(1)
    assert page(client).count("pm-note") == before + 1


def test_a_log_of_which_no_head_was_ever_signed_says_so_after_two_days(
    client: Client, administrator: Any, fill: Fill
) -> None:
    client.force_login(administrator)
    empty = page(client).count("pm-note")
    fill(1, at=timezone.now() - timedelta(days=3))
    assert page(client).count("pm-note") == empty + 1


@pytest.mark.parametrize("who", ["coordinator", "trainer", "officer", "stranger"])
def test_the_page_is_for_administrators(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 302
    assert client.post(f"{PAGE}check/").status_code == 302
    assert client.get("/admin/witnesses/").status_code == 302
    menu = client.get("/admin/").content.decode()
    assert PAGE not in menu


def test_without_a_worker_the_check_says_so(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    response = client.post(f"{PAGE}check/", follow=True)
    assert response.status_code == 200
    assert AuditRun.objects.count() == 0
    assert "messages" in response.content.decode()


def test_an_administrator_names_a_witness_and_nobody_can_be_deleted(
    client: Client, administrator: Any
) -> None:
    client.force_login(administrator)
    facts = {"name": "Jurisdicción", "email": "testigo@autoridad.example", "is_active": "on"}
    client.post("/admin/witnesses/new/", facts)
    witness = Witness.objects.get()
    assert (witness.name, witness.is_active) == ("Jurisdicción", True)
    assert client.get(f"/admin/witnesses/delete/{witness.pk}/").status_code == 404
    client.post(f"/admin/witnesses/edit/{witness.pk}/", {**facts, "is_active": ""})
    witness.refresh_from_db()
    assert not witness.is_active


def test_the_pages_take_as_many_queries_for_twenty_as_for_two(
    client: Client, administrator: Any, fill: Fill, queries_of: Callable[[str], int]
) -> None:
    client.force_login(administrator)

    def witnesses(count: int) -> None:
        have = Witness.objects.count()
        for number in range(have, count):
            Witness.objects.create(name=f"T{number}", email=f"t{number}@autoridad.example")
        fill(1)
        actions.publish_head(timezone.now())

    witnesses(2)
    few = queries_of(PAGE), queries_of("/admin/witnesses/")
    witnesses(20)
    assert TreeHead.objects.count() == 2
    assert (queries_of(PAGE), queries_of("/admin/witnesses/")) == few
