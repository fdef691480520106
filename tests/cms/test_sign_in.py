"""The door: who is let in, where she is led, and the front page."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from courses.cohorts.models import Enrolment
from tests.factories.courses import PASSWORD, PIN, home

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, pin: str = PIN, **more: str) -> Any:
    return client.post("/entrar/", {"username": username, "pin": pin, **more})


def staff_sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/entrar/equipo/", {"username": username, "password": password})


def test_a_trainee_lands_at_her_day_in_her_language(client: Client, trainee: Any) -> None:
    response = sign_in(client, "alumna")
    assert response["Location"] == "/hoy/"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"


def test_staff_land_at_their_desk(client: Client, trainer: Any) -> None:
    assert staff_sign_in(client, "formadora")["Location"] == "/admin/"


def test_each_door_is_for_its_own(trainee: Any, trainer: Any) -> None:
    trainer.set_pin(PIN)
    trainer.save()
    assert sign_in(Client(), "formadora").status_code == 200
    assert staff_sign_in(Client(), "formadora", PIN).status_code == 200
    assert staff_sign_in(Client(), "alumna", PIN).status_code == 200
    trainee.set_password(PASSWORD)
    trainee.save()
    assert staff_sign_in(Client(), "alumna").status_code == 200
    assert sign_in(Client(), "alumna", PASSWORD).status_code == 200


def test_the_doors_lead_to_each_other_and_keep_where_one_wanted_to_go(client: Client, db: None) -> None:
    here, there = "/entrar/?next=/hoy/", "/entrar/equipo/?next=/hoy/"
    assert f'href="{there}"' in client.get(here).content.decode()
    assert f'href="{here}"' in client.get(there).content.decode()


def test_a_telephones_capital_letter_does_not_matter(client: Client, trainee: Any) -> None:
    assert sign_in(client, "Alumna")["Location"] == "/hoy/"


def test_she_comes_back_to_the_page_she_asked_for_but_never_to_another_house(
    client: Client, trainee: Any
) -> None:
    assert sign_in(client, "alumna", next="/curso/asistencia/")["Location"] == "/curso/asistencia/"
    assert sign_in(Client(), "alumna", next="https://example.org/")["Location"] == "/hoy/"


@pytest.mark.parametrize(("username", "pin"), [("alumna", "402818"), ("nadie", PIN)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: Client, trainee: Any, username: str, pin: str
) -> None:
    response = sign_in(client, username, pin)
    assert response.status_code == 200
    errors = response.context["form"].non_field_errors()
    assert errors == sign_in(client, "alumna", "402819").context["form"].non_field_errors()


def test_the_door_names_the_school_not_the_host(client: Client, db: None) -> None:
    page = client.get("/entrar/").content.decode()
    assert "testserver" not in page
    assert "Promotora" in page


def test_a_second_door_leads_to_the_first(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/entrar/equipo/?next=/admin/"


def test_signing_out_needs_a_form_and_forgets_what_was_kept(client: Client, trainee: Any) -> None:
    client.force_login(trainee)
    assert client.get("/salir/").status_code == 405
    response = client.post("/salir/")
    assert response["Clear-Site-Data"] == '"cache"'
    assert client.get("/hoy/")["Location"].startswith("/entrar/")


def test_staff_change_their_password(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    new = "luna-de-papel-veinte"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/clave/", {**sent, "old_password": "mala"}).status_code == 200
    assert client.post("/clave/", sent)["Location"] == "/admin/"
    assert staff_sign_in(Client(), "formadora", new)["Location"] == "/admin/"


def test_guessing_the_old_password_is_slowed(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    new = "luna-de-papel-veinte"
    sent = {"old_password": "mala", "new_password1": new, "new_password2": new}
    assert [client.post("/clave/", sent).status_code for _ in range(6)] == [200] * 5 + [429]
    assert client.post("/clave/", {**sent, "old_password": PASSWORD}).status_code == 429


def test_the_front_page_offers_the_door_and_the_check_of_a_diploma(client: Client, school: None) -> None:
    home()
    page = client.get("/").content.decode()
    assert 'href="/entrar/"' in page
    assert 'href="/v/"' in page


def test_the_front_page_leads_each_to_her_place(trainee: Any, trainer: Any) -> None:
    home()
    for account, place, other in ((trainee, "/hoy/", "/admin/"), (trainer, "/admin/", "/hoy/")):
        client = Client()
        client.force_login(account)
        page = client.get("/").content.decode()
        assert f'href="{place}"' in page
        assert f'href="{other}"' not in page


def test_what_a_signed_in_person_saw_is_not_kept(client: Client, trainee: Any, enrolment: Enrolment) -> None:
    client.force_login(trainee)
    response = client.get("/curso/")
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize("address", ["/hoy/", "/entrar/?next=/hoy/"])
def test_the_authoritys_officer_is_led_to_her_portal(client: Client, officer: Any, address: str) -> None:
    client.force_login(officer)
    assert client.get(address, follow=True).redirect_chain[-1] == ("/autoridad/", 302)
