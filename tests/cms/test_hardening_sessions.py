"""When a session ends: without use, after a while in any case, with the account, with its secret."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from cms.middleware import GRACE, SEEN, SINCE
from cms.users.models import OpenSession
from cms.users.roles import TRAINER
from tests.cms.users.test_second_step import SET_UP, code, enrol, gate, password_step
from tests.factories.courses import PASSWORD, PIN

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86_400
GIVEN = "luna-de-papel-veinte"
assert gate  # its fixture asks for the second step, as production does


@pytest.fixture
def staff(trainer: Any) -> Client:
    """A trainer who has taken both steps."""
    client, _answer = password_step()
    enrol(client)
    assert client.get("/admin/").status_code == 200
    return client


@pytest.fixture
def woman(trainee: Any) -> Client:
    """A trainee who has signed in."""
    client = Client()
    client.post("/entrar/", {"username": trainee.username, "pin": PIN})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/sesiones/").status_code == 200)


def set_back(client: Client, **marks: float) -> None:
    """As if this had been so many seconds ago."""
    session = client.session
    for mark, seconds in marks.items():
        session[mark] = int(time.time() - seconds)
    session.save()


@pytest.mark.parametrize(("minutes", "stays"), [(239, True), (241, False)])
def test_staff_sign_in_again_after_four_hours_without_use(staff: Client, minutes: int, stays: bool) -> None:
    set_back(staff, **{SEEN: minutes * 60})
    assert is_in(staff) is stays


def test_the_authority_s_officer_is_staff_too(officer: Any) -> None:
    client, _answer = password_step(officer.username)
    enrol(client)
    assert client.get("/autoridad/").status_code == 200
    set_back(client, **{SINCE: 13 * HOUR})
    assert client.get("/autoridad/").status_code == 302


def test_a_trainee_signs_in_again_sooner_on_a_shared_phone(woman: Client, settings: Any) -> None:
    woman.post("/este-telefono/", {"shared_phone": "yes"})
    set_back(woman, **{SEEN: GRACE * settings.SHARED_LOCK_MINUTES * 60 + 10})
    assert not is_in(woman)


@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.1, False)])
def test_staff_sign_in_again_each_working_day_whatever_they_do(
    staff: Client, hours: float, stays: bool
) -> None:
    set_back(staff, **{SEEN: 0, SINCE: hours * HOUR})
    key = staff.session.session_key
    assert is_in(staff) is stays
    assert Session.objects.filter(session_key=key).exists() is stays


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_a_trainee_types_her_pin_again_each_month(woman: Client, days: int, stays: bool) -> None:
    set_back(woman, **{SEEN: 0, SINCE: days * DAY})
    assert is_in(woman) is stays


def test_signing_in_again_begins_anew(woman: Client, trainee: Any) -> None:
    set_back(woman, **{SEEN: 0, SINCE: 29.9 * DAY})
    woman.post("/salir/")
    woman.post("/entrar/", {"username": trainee.username, "pin": PIN})
    assert is_in(woman)
    assert time.time() - woman.session[SINCE] < 60


def edit(administrator: Any, account: Any, **facts: str) -> None:
    """What an administrator changes of an account."""
    client = Client()
    client.force_login(administrator)
    sent = {"username": account.username, "groups": [Group.objects.get(name=TRAINER).pk], **facts}
    assert client.post(reverse("wagtailusers_users:edit", args=[account.pk]), sent).status_code == 302


@pytest.fixture
def admin_in(administrator: Any, settings: Any) -> Any:
    """An administrator; a test client's own session has taken no second step."""
    settings.STAFF_SECOND_FACTOR = False
    return administrator


def test_a_closed_account_has_no_session_left_and_finds_none_when_it_is_opened_again(
    staff: Client, trainer: Any, admin_in: Any
) -> None:
    edit(admin_in, trainer)  # «active» not ticked
    assert not is_in(staff)
    assert not OpenSession.objects.filter(account=trainer).exists()
    edit(admin_in, trainer, is_active="on")
    trainer.refresh_from_db()
    assert trainer.is_active
    assert not is_in(staff)


def test_a_password_that_an_administrator_gives_ends_her_sessions(
    staff: Client, trainer: Any, admin_in: Any
) -> None:
    edit(admin_in, trainer, is_active="on", password1=GIVEN, password2=GIVEN)
    assert not is_in(staff)


def test_a_password_that_she_changes_ends_her_other_sessions(staff: Client) -> None:
    stolen = Client()
    stolen.cookies["sessionid"] = str(staff.session.session_key)
    assert is_in(stolen)
    sent = {"old_password": PASSWORD, "new_password1": GIVEN, "new_password2": GIVEN}
    assert staff.post("/clave/", sent).status_code == 302
    assert is_in(staff)
    assert not is_in(stolen)


def test_asking_again_gives_the_session_a_new_key(trainer: Any) -> None:
    client, _answer = password_step()
    secret = enrol(client)
    before = client.session.session_key
    sent = {"code": code(secret, 1), "next": f"{SET_UP}codigos/"}
    assert client.post(f"{SET_UP}confirmar/", sent)["Location"] == f"{SET_UP}codigos/"
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.get(f"{SET_UP}codigos/").status_code == 200
