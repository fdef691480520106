"""Every address of the site, walked from the URL conf: which ones open a session, and that no other does."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client

from cms.users import cards, factors
from cms.users.roles import ADMINISTRATOR, COORDINATOR, OBSERVER, OFFICER, REVIEWER, TRAINER
from courses.errors import Refused
from tests.addresses import ADDRESSES
from tests.cms.test_hardening_production import MADE
from tests.factories.courses import PASSWORD, PIN, UserFactory

pytestmark = pytest.mark.django_db
STAFF = [TRAINER, REVIEWER, COORDINATOR, ADMINISTRATOR, OFFICER, OBSERVER]
NEW = "luna-de-papel-veinte"
# What opens a session, and with what (docs/signing-in.md). Every other address opens none, whatever is sent.
DOORS = {"entrar/", "entrar/equipo/"}
SET_UP = {f"cuenta/segundo-paso/{page}" for page in ("", "aplicacion/", "llave/", "confirmar/")}
EVERY_SECRET = {  # the names under which Django, Wagtail and allauth ask for them
    "username": "administradora",
    "login": "administradora",
    "email": "administradora@example.org",
    "password": PASSWORD,
    "old_password": PASSWORD,
    "password1": NEW,
    "password2": NEW,
    "new_password1": NEW,
    "new_password2": NEW,
    "pin": PIN,
    "new_pin": PIN,
    "new_pin_again": PIN,
    "first_pin": PIN,
    "code": "000000",
    "credential": "{}",
}
MORE = [  # doors that other installations of Django, Wagtail and allauth have
    "django-admin/",
    "django-admin/login/",
    "admin/login/",
    "admin/password_reset/",
    "admin/password_reset/confirm/MQ/set-password/",
    "admin/password_reset/complete/",
    "accounts/login/",
    "accounts/signup/",
    "accounts/password/reset/",
    "accounts/2fa/authenticate/",
    "accounts/2fa/webauthn/login/",
    "_util/login/",
    "_util/authenticate_with_password/1/1/",
    "password_reset/",
    "login/",
    "entrar/segundo-paso/llave/",
]


def walk(role: str) -> list[str]:
    """Every address for the mightiest; the others, for whom the same gate stands, look at a part of them."""
    return ADDRESSES if role == ADMINISTRATOR else ADDRESSES[STAFF.index(role) :: 9]


@cache
def strangers(address: str) -> tuple[int, str | None]:
    """What somebody who is not signed in gets there."""
    return told(Client(), address)


def told(client: Client, address: str) -> tuple[int, str | None]:
    answer = client.get(f"/{address}")
    return answer.status_code, answer.get("Location")


@pytest.fixture
def gate(settings: LazySettings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    caches["default"].clear()


def session_of(client: Client) -> Any:
    """What stands in the session of this browser, as the database has it."""
    cookie = client.cookies.get("sessionid")
    row = Session.objects.filter(session_key=cookie.value if cookie else "").first()
    return row.get_decoded() if row else {}


@pytest.mark.usefixtures("school")
def test_no_other_address_opens_a_session_or_takes_a_password(administrator: Any) -> None:
    opened = []
    for address in sorted({*ADDRESSES, *MORE} - DOORS):
        client = Client(raise_request_exception=False)
        client.post(f"/{address}", EVERY_SECRET)
        if SESSION_KEY in session_of(client):
            opened.append(address)
    assert opened == []
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


@pytest.mark.parametrize("address", MORE)
def test_doors_of_other_houses_do_not_exist(client: Client, db: None, address: str) -> None:
    answer = client.get(f"/{address}")
    assert answer.status_code in {301, 302, 404}
    if answer.status_code in {301, 302}:
        assert answer["Location"].startswith("/entrar/")
        assert "segundo-paso" not in answer["Location"]


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("role", STAFF)
def test_a_session_without_second_step_is_a_strangers_everywhere(school: None, role: str) -> None:
    """Whatever door may open it one day: each address answers as to somebody who is not signed in."""
    some_door = Client()
    some_door.force_login(UserFactory(username="alguien", role=role))
    assert [one for one in walk(role) if told(some_door, one) != strangers(one)] == []


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("role", STAFF)
def test_who_has_to_set_it_up_gets_those_pages_and_nothing_else(school: None, role: str) -> None:
    """After the right password. The language, help and what is public answer as to anybody."""
    half = Client()
    UserFactory(username="alguien", role=role)
    half.post("/entrar/equipo/", {"username": "alguien", "password": PASSWORD})
    hers = {*SET_UP, "entrar/equipo/"}  # which leads to them
    looked_at = {*walk(role), *hers}
    assert {one for one in looked_at if told(half, one) != strangers(one)} == hers


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("role", STAFF)
def test_the_password_alone_opens_nothing_to_who_has_a_second_step(school: None, role: str) -> None:
    client = Client()
    account = UserFactory(username="alguien", role=role)
    factors.activate_app(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post("/entrar/equipo/", {"username": "alguien", "password": PASSWORD})
    hers = {"entrar/segundo-paso/"}
    assert {one for one in {*walk(role), *hers} if told(client, one) != strangers(one)} == hers
    assert SESSION_KEY not in client.session


@pytest.mark.usefixtures("gate", "school")
def test_staff_come_in_by_no_pin_and_no_card(administrator: Any, trainer: Any) -> None:
    trainer.set_pin(PIN)
    trainer.save()
    client = Client()
    client.post("/entrar/", {"username": "formadora", "pin": PIN})
    assert SESSION_KEY not in client.session
    with pytest.raises(Refused):
        cards.make_card(account=trainer, by=administrator, at=administrator.date_joined)


def test_production_has_no_switch_for_it(tmp_path: Path) -> None:
    """Whatever the environment says."""
    told = {**MADE, "DATA_DIR": str(tmp_path), "KEYS_DIR": str(tmp_path / "keys")}
    told |= {"DATABASE_URL": "postgres://a@b/c", "STAFF_SECOND_FACTOR": "0"}
    asked = "from cms.settings import production as p; print(p.STAFF_SECOND_FACTOR, p.DEBUG)"
    found = subprocess.run(
        [sys.executable, "-c", asked], env={**os.environ, **told}, capture_output=True, text=True
    )
    assert found.stdout.split() == ["True", "False"], found.stderr
