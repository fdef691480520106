"""What people write comes out as text: in pages, headers, mail, paper and the log. Doors and the way out."""

import json
import logging
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from certificates.log.models import Witness
from certificates.printing import archival, checks
from cms.log_format import JsonLines
from courses import sheets
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from tests.factories.courses import PIN

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
RAW = ("<script>alert(1)", "<img src=x onerror")


def signed_in(account: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


def test_a_name_made_of_tags_is_shown_as_it_was_typed(
    enrolment: Enrolment, trainee: Any, trainer: Any, coordinator: Any
) -> None:
    Person.objects.filter(pk=trainee.person.pk).update(name=HOSTILE)
    Cohort.objects.filter(pk=enrolment.cohort_id).update(name=HOSTILE[:60])
    cohort = enrolment.cohort_id
    asked = [
        (trainee, "/hoy/"),
        (trainee, "/mis-datos/"),
        (trainer, reverse("cohorts:index")),
        (trainer, reverse("school:people", args=[cohort])),
        (coordinator, reverse("cards:cohort", args=[cohort])),
        (coordinator, reverse("people:index")),
    ]
    shown = 0
    for account, address in asked:
        answer = signed_in(account).get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert not [raw for raw in RAW if raw in page], address
        shown += "&lt;script&gt;alert(1)" in page
    assert shown >= 4, "she is seen"


@pytest.mark.parametrize("end", ["\r\n", "\n", "%0d%0a", "\u2028", "\r"])
def test_no_header_takes_a_second_line(trainee: Any, end: str) -> None:
    wanted = f"/hoy/{end}Set-Cookie: planted=1"
    client = Client(raise_request_exception=False)
    for address, sent in [
        ("/entrar/", {"username": trainee.username, "pin": PIN, "next": wanted}),
        ("/idioma/", {"language": "es", "next": wanted}),
        ("/este-telefono/", {"text_size": "large", "next": wanted}),
    ]:
        answer = client.post(address, sent)
        assert answer.status_code in {200, 302, 400}, address
        assert "planted" not in answer.cookies
        assert not re.search(r"[\r\n]", "".join(f"{name}{value}" for name, value in answer.items()))


@pytest.mark.parametrize(
    "email", ["a@b.example\nBcc: all@example.org", "a@b.example\r\n\r\nHola", "a b@c.example"]
)
def test_an_address_with_a_second_line_is_no_address(email: str) -> None:
    with pytest.raises(ValidationError, match="email"):
        Witness(name="Facultad", email=email).full_clean()


def test_a_line_of_the_log_stays_one_line_whatever_it_says() -> None:
    forged = 'x\r\n{"level": "info", "message": "signed in"}\x1b[2J\u2028'
    record = logging.LogRecord("cms.requests", logging.INFO, "", 0, "%s", (forged,), None)
    written = JsonLines().format(record)
    assert len(written.splitlines()) == 1
    told = json.loads(written)
    assert told["level"] == "info"
    assert told["time"].endswith("+00:00")


@pytest.mark.skipif(bool(checks.missing_libraries()), reason="WeasyPrint's libraries are missing")
@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:1/", "https://evil.example/a.png"]
)
def test_paper_fetches_nothing(address: str) -> None:
    with pytest.raises(ValueError, match="nothing"):
        sheets._fetch_nothing(address)
    with pytest.raises(ValueError, match=r"(?i)protocol|scheme|allowed|url"):
        archival._fetcher().fetch(address)


@pytest.mark.parametrize("door", ["/entrar/", "/entrar/equipo/"])
def test_a_door_masks_the_secret_and_lets_managers_fill_it_in(client: Client, door: str) -> None:
    page = client.get(door).content.decode()
    [field] = re.findall(r"<input[^>]*type=\"password\"[^>]*>", page)
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert not re.search(r"name=\"(?:pin|password)\"[^>]*type=\"text\"", page)


def test_the_way_out_is_on_every_page_of_who_is_signed_in(
    enrolment: Enrolment, trainee: Any, coordinator: Any, officer: Any
) -> None:
    for account, addresses in [
        (trainee, ["/hoy/", "/mis-datos/", "/sesiones/", "/clave/", "/curso/asistencia/"]),
        (coordinator, ["/sesiones/", "/clave/", "/cuenta/segundo-paso/"]),
        (officer, ["/autoridad/"]),
    ]:
        client = signed_in(account)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert 'action="/salir/"' in answer.content.decode(), address
    assert reverse("wagtailadmin_logout") in signed_in(coordinator).get("/admin/").content.decode()
