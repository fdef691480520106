"""«We are being raided»: one act ends every session and card, and says what it cannot do."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cms.users import cards, factors
from cms.users.models import KnownDevice, OpenSession, SignInCard
from tests.factories.courses import PASSWORD, PIN, UserFactory

pytestmark = pytest.mark.django_db
RAID, TEAM = "/admin/entrance/raid/", "/admin/entrance/team/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def at_the_desk(username: str) -> Client:
    client = Client()
    client.post("/entrar/equipo/", {"username": username, "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    return client


@pytest.fixture
def everybody(administrator: Any, trainer: Any, trainee: Any) -> dict[str, Client]:
    """Three who are signed in, a session that was never noted, and a card that waits."""
    her = Client()
    her.post("/entrar/", {"username": "alumna", "pin": PIN})
    unnoted = Client()
    unnoted.force_login(trainer)
    cards.make_card(account=trainee, by=administrator, at=timezone.now())
    return {
        "administrator": at_the_desk("administradora"),
        "trainer": at_the_desk("formadora"),
        "trainee": her,
        "unnoted": unnoted,
    }


def is_in(client: Client) -> bool:
    return bool(client.get("/sesiones/").status_code == 200)


def test_one_act_ends_all_sessions_and_cards(everybody: dict[str, Client]) -> None:
    answer = everybody["administrator"].post(RAID, {"word": " terminar "})
    assert answer.status_code == 200
    assert (answer.context["ended"].cards, answer.context["ended"].devices) == (1, 3)
    assert answer.context["ended"].sessions >= 4
    assert not any(is_in(client) for client in everybody.values())
    assert not OpenSession.objects.exists()
    assert not KnownDevice.objects.exists()
    assert not SignInCard.objects.filter(revoked_at=None, used_at=None).exists()
    assert "no puede hacer" in answer.content.decode()


def test_everybody_comes_back_with_what_she_knows(everybody: dict[str, Client]) -> None:
    everybody["administrator"].post(RAID, {"word": "TERMINAR"})
    assert Client().post("/entrar/", {"username": "alumna", "pin": PIN}).status_code == 302
    assert at_the_desk("administradora")


@pytest.mark.parametrize("word", ["", "yes", "terminarlo", "E" * 400])
def test_without_the_word_nothing_happens(everybody: dict[str, Client], word: str) -> None:
    answer = everybody["administrator"].post(RAID, {"word": word})
    assert answer.context["form"].errors
    assert all(is_in(client) for client in everybody.values())


def test_nobody_else_ends_everything(everybody: dict[str, Client], coordinator: Any) -> None:
    for client in (everybody["trainer"], everybody["trainee"], at_the_desk("coordinadora"), Client()):
        assert client.post(RAID, {"word": "TERMINAR"}).status_code in (302, 403)
    assert is_in(everybody["administrator"])


def test_the_command_does_the_same_and_asks_first(
    everybody: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _words: "no")
    with pytest.raises(CommandError):
        call_command("raid", stdout=StringIO())
    assert Session.objects.exists()
    told = StringIO()
    call_command("raid", "--yes", stdout=told)
    assert not Session.objects.exists()
    assert "alumna" not in told.getvalue()


def test_an_administrator_resets_a_colleagues_second_step(administrator: Any, trainer: Any) -> None:
    hers, boss = at_the_desk("formadora"), at_the_desk("administradora")
    factors.activate_app(trainer, SECRET)
    assert boss.get(f"{TEAM}{trainer.key}/").status_code == 200
    assert boss.post(f"{TEAM}{trainer.key}/")["Location"] == TEAM
    assert not factors.of(trainer).exists()
    assert not is_in(hers)
    assert not KnownDevice.objects.filter(account=trainer).exists()


def test_nobody_resets_her_own(administrator: Any) -> None:
    boss = at_the_desk("administradora")
    factors.activate_app(administrator, SECRET)
    session = boss.session  # she took it in this session
    session["account_authentication_methods"][0]["method"] = "mfa"
    session.save()
    boss.post(f"{TEAM}{administrator.key}/")
    assert factors.has_any(administrator)


def test_a_session_left_open_resets_nobody_before_it_is_confirmed(client: Client, trainer: Any) -> None:
    client.force_login(UserFactory(username="jefa", role="administrator"))
    factors.activate_app(trainer, SECRET)
    answer = client.post(f"{TEAM}{trainer.key}/")
    assert answer["Location"].startswith("/cuenta/segundo-paso/confirmar/")
    assert factors.has_any(trainer)
    sent = {"password": PASSWORD, "next": f"{TEAM}{trainer.key}/"}
    assert client.post("/cuenta/segundo-paso/confirmar/", {**sent, "password": "mala"}).status_code == 200
    assert client.post("/cuenta/segundo-paso/confirmar/", sent)["Location"] == f"{TEAM}{trainer.key}/"
    client.post(f"{TEAM}{trainer.key}/")
    assert not factors.has_any(trainer)


def test_a_trainee_has_no_second_step_to_reset(administrator: Any, trainee: Any) -> None:
    assert at_the_desk("administradora").post(f"{TEAM}{trainee.key}/").status_code == 404


def test_the_command_helps_the_last_administrator(administrator: Any) -> None:
    factors.activate_app(administrator, SECRET)
    call_command("reset_second_step", "administradora", stdout=StringIO())
    assert not factors.of(administrator).exists()
    with pytest.raises(CommandError):
        call_command("reset_second_step", "nadie", stdout=StringIO())


def test_the_list_of_the_team_names_no_trainee_and_takes_as_many_queries_for_many(
    client: Client, administrator: Any, trainee: Any, queries_of: Any
) -> None:
    client.force_login(administrator)
    counts = []
    for size in (2, 20):
        for _ in range(size):
            factors.activate_app(UserFactory(role="trainer"), SECRET)
        counts.append(queries_of(TEAM))
    assert counts[0] == counts[1]
    assert "alumna" not in client.get(TEAM).content.decode()


def test_the_account_page_leads_to_second_step_sessions_and_password(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    page = client.get("/admin/account/").content.decode()
    for address in ("/cuenta/segundo-paso/", "/sesiones/", "/clave/"):
        assert f'href="{address}"' in page
    assert 'type="password"' not in page
