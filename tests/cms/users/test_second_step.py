"""The second step of staff: asked before the session begins, set up before anything else opens."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from cms.users import factors
from cms.users.models import KnownDevice, OpenSession, WrongTry
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.factories.courses import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of an app in these tests
HOME, SET_UP, ASKED = "/admin/", "/cuenta/segundo-paso/", "/entrar/segundo-paso/"


@pytest.fixture(autouse=True)
def gate(settings: LazySettings) -> None:
    """As in production."""
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()  # allauth notes used codes there too


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What her app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong() -> str:
    """Six digits that no neighbouring moment shows."""
    right = {code(steps=steps) for steps in range(-3, 4)}
    return next(digits for digits in ("000000", "111111", "222222") if digits not in right)


def password_step(username: str = "formadora", client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/entrar/equipo/", {"username": username, "password": PASSWORD})


@pytest.fixture
def with_app(trainer: Any) -> Any:
    factors.activate_app(trainer, SECRET)
    return trainer


def is_in(client: Client) -> bool:
    return bool(client.get(HOME).status_code == 200)


def test_the_right_password_alone_opens_no_session(with_app: Any) -> None:
    client, answer = password_step()
    assert answer["Location"] == ASKED
    assert SESSION_KEY not in client.session
    assert not is_in(client)
    assert not OpenSession.objects.exists()
    assert not KnownDevice.objects.exists()


def test_with_the_code_she_is_in_and_where_she_wanted_to_go(with_app: Any) -> None:
    client = Client()
    client.post("/entrar/equipo/?next=/admin/reports/", {"username": "formadora", "password": PASSWORD})
    assert client.get(ASKED).status_code == 200
    sent = {"username": "formadora", "password": PASSWORD, "next": "/admin/pages/"}
    client.post("/entrar/equipo/", sent)
    assert client.post(ASKED, {"code": code()})["Location"] == "/admin/pages/"
    assert is_in(client)
    assert KnownDevice.objects.filter(account=with_app).exists()
    assert OpenSession.objects.get().account == with_app


def test_a_code_opens_once(with_app: Any) -> None:
    shown = code()
    first, _answer = password_step()
    assert first.post(ASKED, {"code": shown}).status_code == 302
    second, _answer = password_step()
    assert second.post(ASKED, {"code": shown}).status_code == 200
    assert not is_in(second)


@pytest.mark.parametrize(
    "sent", [{}, {"code": ""}, {"code": "9" * 500}, {"code": "abc def"}, {"credential": "{}"}]
)
def test_what_is_no_code_opens_nothing_and_says_so(with_app: Any, sent: dict[str, str]) -> None:
    client, _answer = password_step()
    answer = client.post(ASKED, sent)
    assert answer.status_code == 200
    assert not is_in(client)


def test_without_the_password_the_second_step_is_not_asked(client: Client, with_app: Any) -> None:
    assert client.get(ASKED)["Location"] == "/entrar/equipo/"
    assert client.post(ASKED, {"code": code()})["Location"] == "/entrar/equipo/"


def test_a_recovery_code_opens_once(client: Client, trainer: Any) -> None:
    client, _answer = password_step()
    enrol(client)
    [first, *_rest] = shown_codes(client)
    for expected in (302, 200):
        lost, _answer = password_step()
        assert lost.post(ASKED, {"code": first}).status_code == expected


@pytest.mark.parametrize("page", ["aplicacion/", "llave/"])
def test_whoever_sets_it_up_slowly_types_her_password_again_and_goes_on(trainer: Any, page: str) -> None:
    client, _answer = password_step()
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session.save()
    asked = client.get(f"{SET_UP}{page}")["Location"]
    assert asked.startswith(f"{SET_UP}confirmar/")
    assert client.get(asked).status_code == 200
    wanted = client.post(asked, {"password": PASSWORD, "next": f"{SET_UP}{page}"})["Location"]
    assert wanted == f"{SET_UP}{page}"
    assert client.get(wanted).status_code == 200
    assert not is_in(client)


def enrol(client: Client) -> str:
    """She sets up an app; its secret."""
    page = client.get(f"{SET_UP}aplicacion/")
    secret = "".join(page.context["groups"])
    answer = client.post(f"{SET_UP}aplicacion/", {"code": code(secret)})
    assert answer["Location"] == f"{SET_UP}codigos/"
    return secret


def shown_codes(client: Client) -> list[str]:
    return list(client.get(f"{SET_UP}codigos/").context["codes"])


def test_whoever_has_none_sets_it_up_first_and_is_in_then(trainer: Any) -> None:
    client, answer = password_step()
    assert answer["Location"] == SET_UP
    assert not is_in(client)
    assert client.get("/entrar/equipo/")["Location"] == SET_UP
    assert client.post(f"{SET_UP}aplicacion/", {"code": "000000"}).status_code in (200, 302)
    enrol(client)
    assert is_in(client)
    assert len(shown_codes(client)) == 10
    assert OpenSession.objects.get().session_key == client.session.session_key


def test_a_wrong_code_at_set_up_keeps_the_key_on_the_screen(trainer: Any) -> None:
    client, _answer = password_step()
    groups = client.get(f"{SET_UP}aplicacion/").context["groups"]
    answer = client.post(f"{SET_UP}aplicacion/", {"code": wrong()})
    assert answer.context["groups"] == groups
    assert not factors.has_any(trainer)


def test_secrets_lie_sealed_in_the_database_and_in_the_session(trainer: Any) -> None:
    client, _answer = password_step()
    secret = "".join(client.get(f"{SET_UP}aplicacion/").context["groups"])
    assert secret not in str(dict(client.session))
    client.post(f"{SET_UP}aplicacion/", {"code": code(secret)})
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert all(one.replace(" ", "") not in kept for one in shown_codes(client))


def test_a_session_that_some_other_door_opened_gets_nowhere(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    assert not is_in(client)
    assert client.get(SET_UP)["Location"].startswith("/entrar/equipo/")
    factors.activate_app(trainer, SECRET)
    assert not is_in(client)


def test_a_trainee_who_becomes_staff_cannot_set_it_up_with_her_pin(trainee: Any) -> None:
    client = Client()
    client.post("/entrar/", {"username": "alumna", "pin": "402817"})
    assert client.get("/sesiones/").status_code == 200
    trainee.groups.add(Group.objects.get(name="administrator"))
    assert client.get("/sesiones/").status_code == 302
    assert client.get(SET_UP)["Location"].startswith("/entrar/equipo/")


def test_trainees_are_not_asked_and_have_no_such_page(trainee: Any) -> None:
    client = Client()
    assert client.post("/entrar/", {"username": "alumna", "pin": "402817"})["Location"] == "/hoy/"
    assert client.get(SET_UP).status_code == 404


def test_wrong_codes_are_slowed_but_never_on_a_browser_she_uses(with_app: Any) -> None:
    hers, _answer = password_step()
    hers.post(ASKED, {"code": code(steps=-1)})
    hers.post("/salir/")
    stranger, _answer = password_step()
    assert [stranger.post(ASKED, {"code": wrong()}).status_code for _ in range(6)] == [200] * 5 + [429]
    assert stranger.post(ASKED, {"code": code()}).status_code == 429
    password_step(client=hers)
    assert hers.post(ASKED, {"code": code()}).status_code == 302
    assert WrongTry.objects.exists()


def test_wrong_codes_do_not_slow_the_door_itself(with_app: Any) -> None:
    stranger, _answer = password_step()
    for _ in range(6):
        stranger.post(ASKED, {"code": wrong()})
    assert password_step()[1]["Location"] == ASKED


def test_she_sees_and_ends_her_other_sessions_and_that_browser_is_unknown_again(with_app: Any) -> None:
    clients = []
    for steps in (-1, 0):
        client, _answer = password_step()
        assert client.post(ASKED, {"code": code(steps=steps)}).status_code == 302
        clients.append(client)
    lost, here = clients
    assert len(here.get("/sesiones/").context["others"]) == 1
    here.post("/sesiones/")
    assert (is_in(here), is_in(lost)) == (True, False)
    assert KnownDevice.objects.count() == 1
    assert password_step(client=lost)[1]["Location"] == ASKED


def test_a_new_password_keeps_the_step_of_this_session_only(with_app: Any) -> None:
    client, _answer = password_step()
    client.post(ASKED, {"code": code()})
    new = "luna-de-papel-veinte"
    client.post("/clave/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert is_in(client)
    assert TrailEntry.objects.get(what=Deed.SECRET_CHANGED).actor == with_app.key


def test_the_only_second_step_is_not_removed(trainer: Any) -> None:
    client, _answer = password_step()
    enrol(client)
    row = factors.of(trainer).get(type=factors.APP)
    client.post(f"{SET_UP}{row.pk}/quitar/")
    assert factors.has_any(trainer)
    Authenticator.objects.create(user=trainer, type=factors.KEY, data={"name": "llave"})
    client.post(f"{SET_UP}{row.pk}/quitar/")
    assert not factors.of(trainer).filter(type=factors.APP).exists()
    assert factors.of(trainer).filter(type=factors.CODES).exists()


def test_she_cannot_remove_what_is_a_colleagues(trainer: Any, coordinator: Any) -> None:
    row = factors.activate_app(coordinator, SECRET)
    client, _answer = password_step()
    enrol(client)
    assert client.post(f"{SET_UP}{row.pk}/quitar/").status_code == 404
    assert factors.has_any(coordinator)


def test_what_changes_how_she_gets_in_is_confirmed_after_a_while(trainer: Any) -> None:
    client, _answer = password_step()
    secret = enrol(client)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    answer = client.get(f"{SET_UP}codigos/")
    assert answer["Location"] == f"{SET_UP}confirmar/?next=%2Fcuenta%2Fsegundo-paso%2Fcodigos%2F"
    assert is_in(client)
    assert client.post(f"{SET_UP}confirmar/", {"code": wrong()}).status_code == 200
    sent = {"code": code(secret, 1), "next": f"{SET_UP}codigos/"}
    assert client.post(f"{SET_UP}confirmar/", sent)["Location"] == f"{SET_UP}codigos/"
    assert client.get(f"{SET_UP}codigos/").status_code == 200
    assert client.post(f"{SET_UP}confirmar/", {**sent, "next": "https://example.org/"}).status_code == 200


def test_new_recovery_codes_end_the_old_ones(trainer: Any) -> None:
    client, _answer = password_step()
    enrol(client)
    before = shown_codes(client)
    assert client.get(f"{SET_UP}codigos/nuevos/").status_code == 200
    client.post(f"{SET_UP}codigos/nuevos/")
    assert not set(before) & set(shown_codes(client))


def test_the_file_of_recovery_codes_names_nothing_of_us(trainer: Any) -> None:
    client, _answer = password_step()
    enrol(client)
    answer = client.get(f"{SET_UP}codigos/archivo/")
    assert answer["Content-Disposition"] == 'attachment; filename="notas.txt"'
    assert answer["Cache-Control"].count("no-store")
    assert answer.content.decode().split("\n")[:-1] == shown_codes(client)


def test_another_account_on_the_same_browser_inherits_no_step(trainer: Any, coordinator: Any) -> None:
    client, _answer = password_step()
    factors.activate_app(coordinator, SECRET)
    password_step("coordinadora", client)
    assert client.post(ASKED, {"code": code()}).status_code == 302
    assert is_in(client)
    assert client.get("/sesiones/").wsgi_request.user == coordinator


def test_an_account_that_was_closed_meanwhile_does_not_get_in(with_app: Any) -> None:
    client, _answer = password_step()
    with_app.is_active = False
    with_app.save()
    assert client.post(ASKED, {"code": code()})["Location"] == "/entrar/equipo/"
    assert not is_in(client)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        "[" * 15_000,
        "x" * 30_000,
        "{}",
        '{"id": 1}',
        '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
        '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": '
        '{"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"}}',
        '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": '
        '{"clientDataJSON": "////", "attestationObject": "////", "authenticatorData": [], "signature": {}}}',
    ],
)
def test_what_no_browser_says_of_a_passkey_is_refused_in_words(trainer: Any, answer: str) -> None:
    client, _answer = password_step()
    assert client.get(f"{SET_UP}llave/").status_code == 200
    refused = client.post(f"{SET_UP}llave/", {"name": "mía", "credential": answer})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    assert not factors.has_any(trainer)
    for asked in (f"{SET_UP}confirmar/", ASKED):
        assert client.post(asked, {"credential": answer}).status_code in (200, 302)


def test_a_changed_master_key_is_said_in_the_log_and_opens_nothing(
    with_app: Any, settings: LazySettings
) -> None:
    client, _answer = password_step()
    settings.MASTER_KEYS = ["A" * 43 + "="]
    assert client.post(ASKED, {"code": code()}).status_code == 200
    assert not is_in(client)


def test_a_demonstration_does_not_ask_unless_she_set_it_up(trainer: Any, settings: LazySettings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client, answer = password_step()
    assert answer["Location"] == HOME
    assert is_in(client)
    assert client.get(f"{SET_UP}").status_code == 200
    factors.activate_app(trainer, SECRET)
    assert password_step()[1]["Location"] == ASKED
