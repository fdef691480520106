"""Cards of a whole cohort on paper: they work, the PINs stand apart, and attendance cards open nothing."""

import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cms.users.models import SignInCard, User
from courses.cohorts.codes import display, enrolment_by_code
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import enrolled

pytestmark = pytest.mark.django_db
NEW = "580273"


def pages(answer: Any) -> list[str]:
    """What each page of the PDF says."""
    assert answer["Content-Type"] == "application/pdf", answer.content
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def printed(client: Client, cohort: Cohort, women: list[Enrolment]) -> Any:
    return client.post(reverse("cards:print", args=[cohort.pk]), {"woman": [str(one.pk) for one in women]})


def test_ten_women_get_two_sheets_of_cards_and_one_of_pins(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    women = enrolled(cohort, 10)
    client.force_login(coordinator)
    page = client.get(reverse("cards:cohort", args=[cohort.pk]))
    assert [row["is_ticked"] for row in page.context["rows"]] == [True] * 10
    answer = printed(client, cohort, women)
    assert "no-store" in answer["Cache-Control"]
    first, second, slips = pages(answer)
    pins = re.findall(r"\b\d{6}\b", slips)
    assert len(pins) == 10
    for one in women:
        assert one.person.name in slips
        assert one.person.name not in first + second
    assert not any(pin in first + second for pin in pins)
    assert SignInCard.objects.filter(used_at=None, revoked_at=None).count() == 10
    again = client.get(reverse("cards:cohort", args=[cohort.pk]))
    assert [row["is_ticked"] for row in again.context["rows"]] == [False] * 10


def test_with_card_and_slip_she_gets_in(client: Client, coordinator: Any, enrolment: Enrolment) -> None:
    client.force_login(coordinator)
    card, slip = pages(printed(client, enrolment.cohort, [enrolment]))
    code = re.search(r"((?:[0-9A-Z]{4}\s+){4}[0-9A-Z]{4})", card)
    pin = re.search(r"\b\d{6}\b", slip)
    assert code is not None
    assert pin is not None
    sent = {"code": code[1], "first_pin": pin[0], "new_pin": NEW, "new_pin_again": NEW}
    assert Client().post("/entrar/tarjeta/", sent)["Location"] == "/hoy/"


def test_printing_again_ends_the_cards_of_before(
    client: Client, coordinator: Any, enrolment: Enrolment
) -> None:
    client.force_login(coordinator)
    for _ in range(2):
        printed(client, enrolment.cohort, [enrolment])
    assert SignInCard.objects.filter(revoked_at=None).count() == 1
    assert SignInCard.objects.count() == 2


def test_nobody_ticked_or_of_another_cohort_prints_nothing(
    client: Client, coordinator: Any, cohort: Cohort, enrolment: Enrolment
) -> None:
    client.force_login(coordinator)
    for women in ([], ["x"], ["00000000-0000-0000-0000-000000000000"]):
        answer = client.post(reverse("cards:print", args=[cohort.pk]), {"woman": women})
        assert answer.status_code == 302
    assert client.get(reverse("cards:print", args=[cohort.pk])).status_code == 405
    assert not SignInCard.objects.exists()


def test_a_trainer_prints_attendance_cards_only(
    client: Client, trainer: Any, other_trainer: Any, cohort: Cohort
) -> None:
    women = enrolled(cohort, 9)
    client.force_login(trainer)
    assert client.get(reverse("cards:cohort", args=[cohort.pk])).status_code == 302
    assert printed(client, cohort, women).status_code == 302
    assert not SignInCard.objects.exists()
    first, second = pages(client.get(reverse("cards:attendance_pdf", args=[cohort.pk])))
    codes = re.findall(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", first + second)
    assert {enrolment_by_code(cohort, code) for code in codes} == set(women)
    assert cohort.course.title not in first
    client.force_login(other_trainer)
    assert client.get(reverse("cards:attendance_pdf", args=[cohort.pk])).status_code == 404


def test_an_attendance_card_opens_nothing(client: Client, coordinator: Any, enrolment: Enrolment) -> None:
    client.force_login(coordinator)
    [card] = pages(client.get(reverse("cards:attendance_pdf", args=[enrolment.cohort_id])))
    found = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", card)
    assert found is not None
    sent = {"code": found[0], "first_pin": "402817", "new_pin": NEW, "new_pin_again": NEW}
    assert Client().post("/entrar/tarjeta/", sent).status_code == 200
    assert display(found[0].replace("-", "")) == found[0]


def test_the_account_that_a_card_makes_has_a_neutral_name(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    [woman] = enrolled(cohort)
    client.force_login(coordinator)
    printed(client, cohort, [woman])
    account = User.objects.get(person=woman.person)
    assert re.fullmatch(r"[a-z]+\d{4}", account.username)
    assert not account.has_pin
    assert [group.name for group in account.groups.all()] == ["trainee"]


def test_the_page_of_cards_holds_its_queries(
    client: Client, coordinator: Any, cohort: Cohort, queries_of: Any
) -> None:
    client.force_login(coordinator)
    pages_ = [reverse(f"cards:{name}", args=[cohort.pk]) for name in ("cohort", "attendance")]
    printed(client, cohort, enrolled(cohort, 2))
    few = [queries_of(page) for page in pages_]
    printed(client, cohort, enrolled(cohort, 15))
    assert [queries_of(page) for page in pages_] == few
