"""Words explained and services at the desk: who may, what is due, what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from courses.pages.library import GlossaryTerm, ReferralService
from tests.factories.lessons import service, term

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
TERMS, SERVICES = "wagtailsnippets_courses_glossaryterm", "wagtailsnippets_courses_referralservice"
FACTS = {"name": "Clínica", "kind": "health", "phone": "961 000 0000", "is_open": "on", "key": "clinica"}
CHECKED = {"reviewed_on": "2026-01-02", "reviewed_by": "Coordinación"}


@pytest.mark.parametrize(
    ("reviewed_on", "is_open", "is_due"),
    [
        (TODAY, True, False),
        (TODAY - timedelta(days=89), True, False),
        (TODAY - timedelta(days=90), True, True),
        (TODAY - timedelta(days=400), True, True),
        (TODAY - timedelta(days=400), False, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_a_service_is_due_after_ninety_days_or_if_nobody_ever_checked_it(
    reviewed_on: date | None, is_open: bool, is_due: bool
) -> None:
    made = service(reviewed_on=reviewed_on, is_open=is_open)
    assert made.is_due(TODAY) is is_due
    assert ReferralService.objects.due(TODAY).exists() is is_due


def test_the_list_marks_what_is_due_and_puts_it_first(author: Client, client: Client, reviewer: Any) -> None:
    service("nuevo", name="Recién visto")
    service("viejo", name="Sin revisar", reviewed_on=timezone.localdate() - timedelta(days=200))
    service("nunca", name="Nunca revisado", reviewed_on=None, reviewed_by="")
    page = author.get(reverse(f"{SERVICES}:list")).content.decode()
    assert page.index("Nunca revisado") < page.index("Sin revisar") < page.index("Recién visto")
    assert page.count("w-status--primary") == 2
    client.force_login(reviewer)
    for address in (reverse("wagtailadmin_home"), reverse("reviews:index")):
        assert f'href="{reverse(f"{SERVICES}:list")}">' in author.get(address).content.decode()
        assert f'href="{reverse(f"{SERVICES}:list")}">' not in client.get(address).content.decode()


@pytest.mark.parametrize("space", [TERMS, SERVICES])
def test_the_lists_take_the_same_few_queries_however_long(author: Client, space: str) -> None:
    address = reverse(f"{space}:list")
    counts = []
    for count in (50, 70):  # a page and more: wagtail-localize asks twice for each row that is shown
        for number in range(count):
            term(f"palabra-{number}")
            service(f"servicio-{number}")
        author.get(address)
        with CaptureQueriesContext(connection) as queries:
            author.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_check_has_a_name_and_no_check_needs_none(author: Client) -> None:
    address = reverse(f"{SERVICES}:add")
    author.post(address, {**FACTS, **CHECKED, "reviewed_by": ""})
    assert not ReferralService.objects.exists()
    author.post(address, FACTS)
    assert ReferralService.objects.get().reviewed_on is None
    assert author.get(reverse(f"{SERVICES}:list")).status_code == 200


def test_an_author_adds_a_word_and_a_service(author: Client) -> None:
    author.post(reverse(f"{TERMS}:add"), {"term": "Pacto", "definition": "Un acuerdo.", "key": "pacto"})
    author.post(reverse(f"{SERVICES}:add"), {**FACTS, **CHECKED})
    assert str(GlossaryTerm.objects.get(key="pacto")) == "Pacto"
    assert ReferralService.objects.get(key="clinica").phone == "961 000 0000"


def test_who_checked_it_stands_beside_the_day(author: Client) -> None:
    author.post(reverse(f"{SERVICES}:add"), {**FACTS, "reviewed_on": "2026-01-02", "reviewed_by": ""})
    assert not ReferralService.objects.exists()
    author.post(reverse(f"{SERVICES}:add"), {**FACTS, "reviewed_on": "", "reviewed_by": ""})
    assert ReferralService.objects.get().is_due(TODAY)


@pytest.mark.parametrize("phone", ["javascript:alert(1)", "llama", "9" * 30])
def test_a_telephone_is_a_telephone(author: Client, phone: str) -> None:
    answer = author.post(reverse(f"{SERVICES}:add"), {**FACTS, **CHECKED, "phone": phone})
    assert answer.status_code == 200
    assert not ReferralService.objects.exists()


def test_a_key_is_used_once_in_a_language() -> None:
    term("pacto")
    with pytest.raises(IntegrityError):
        GlossaryTerm.objects.create(key="pacto", term="x", definition="y", locale=Locale.get_default())


def test_a_word_has_an_end() -> None:
    with pytest.raises(ValidationError):
        GlossaryTerm(
            key="x", term="x" * 5000, definition="y" * 5000, locale=Locale.get_default()
        ).full_clean()


@pytest.mark.parametrize("space", [TERMS, SERVICES])
@pytest.mark.parametrize("page", ["list", "add", "edit", "delete", "usage", "history"])
def test_the_library_opens_for_authors_and_for_nobody_else(
    client: Client, request: pytest.FixtureRequest, space: str, page: str
) -> None:
    thing = term() if space == TERMS else service()
    address = reverse(f"{space}:{page}", args=[thing.pk] if page not in {"list", "add"} else [])
    roles = ["trainee", "trainer", "coordinator", "administrator", "officer", "stranger"]
    gets_in = set()
    for role in roles:
        client.force_login(request.getfixturevalue(role))
        if client.get(address).status_code == 200:
            gets_in.add(role)
    assert gets_in == {"trainer", "coordinator"}


@pytest.mark.parametrize("name", ["wagtaildocs:index", "wagtailimages:index", "wagtailmedia:index"])
def test_files_are_for_authors(client: Client, request: pytest.FixtureRequest, name: str) -> None:
    gets_in = set()
    for role in ("trainee", "trainer", "coordinator", "administrator", "officer", "stranger"):
        client.force_login(request.getfixturevalue(role))
        if client.get(reverse(name)).status_code == 200:
            gets_in.add(role)
    assert gets_in == {"trainer", "coordinator"}


def test_the_menu_shows_the_library_to_authors(author: Client, client: Client, administrator: Any) -> None:
    assert reverse(f"{SERVICES}:list") in author.get("/admin/").content.decode()
    client.force_login(administrator)
    assert reverse(f"{SERVICES}:list") not in client.get("/admin/").content.decode()
