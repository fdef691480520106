"""Every door says in the log whether it opened, and to which account of staff; of a trainee nothing."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.log_format import JsonLines
from cms.users import cards, factors
from cms.users.factor_forms import AnswerForm
from tests.factories.courses import PASSWORD, PIN

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHERS = "somebody.else@example.org"
Said = Callable[[], list[str]]


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    """What the log said since it was asked last, as production writes it."""
    caplog.set_level(logging.INFO, "cms.users.door_log")

    def since() -> list[str]:
        ours = [record for record in caplog.records if record.name == "cms.users.door_log"]
        caplog.clear()
        lines = [JsonLines().format(record) for record in ours]
        for told in ("formadora", "alumna", "Lucía", PASSWORD, PIN, OTHERS, "127.0.0.1"):
            assert not any(told in line for line in lines), told
        return [record.getMessage() for record in ours]

    return since


def at_the_door(door: str, **sent: str) -> Client:
    client = Client()
    client.post(door, sent)
    return client


def code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def test_staff_are_told_by_the_key_of_their_account(said: Said, trainer: Any) -> None:
    at_the_door("/entrar/equipo/", username="formadora", password="no")
    at_the_door("/entrar/equipo/", username="formadora", password=PASSWORD)
    assert said() == [
        f"password: wrong, account {trainer.key}",
        f"password: right, account {trainer.key}",
    ]


def test_a_trainee_and_a_name_that_nobody_has_are_not_told(said: Said, trainee: Any) -> None:
    at_the_door("/entrar/", username="alumna", pin="111222")
    client = at_the_door("/entrar/", username="alumna", pin=PIN)
    at_the_door("/entrar/equipo/", username=OTHERS, password=PASSWORD)
    client.post("/entrar/comprobar/", {"pin": "111222"})
    client.post("/salir/")
    assert said() == [
        "PIN: wrong, account -",
        "PIN: right, account -",
        "password: wrong, account -",
        "PIN once more: wrong, account -",
        "refused: POST check_pin, account -",
        "signed out, account -",
    ]


def test_whoever_is_slowed_is_told(said: Said, trainer: Any) -> None:
    for _try in range(7):
        at_the_door("/entrar/equipo/", username="formadora", password="no")
    assert said()[-1] == f"password: slowed, account {trainer.key}"


def test_the_second_step_tells_which_one_it_was(said: Said, trainer: Any) -> None:
    factors.activate_app(trainer, SECRET)
    RecoveryCodes.activate(trainer)
    client = at_the_door("/entrar/equipo/", username="formadora", password=PASSWORD)
    said()
    for sent in ("000000", code()):
        client.post(reverse("mfa_authenticate"), {"code": sent})
    assert not AnswerForm(trainer, {"credential": "{}"}).is_valid()
    again = at_the_door("/entrar/equipo/", username="formadora", password=PASSWORD)
    row = factors.of(trainer).get(type=factors.CODES)
    again.post(reverse("mfa_authenticate"), {"code": row.wrap().get_unused_codes()[0]})
    assert said() == [
        f"code: wrong, account {trainer.key}",
        f"code: right, account {trainer.key}",
        f"passkey: wrong, account {trainer.key}",
        f"password: right, account {trainer.key}",
        f"recovery code: right, account {trainer.key}",
    ]


def test_a_card_is_told_without_whose_it_was(said: Said, trainee: Any, coordinator: Any) -> None:
    card = cards.make_card(account=trainee, by=coordinator, at=timezone.now())
    facts = {"code": card.code, "new_pin": "582046", "new_pin_again": "582046"}
    at_the_door("/entrar/tarjeta/", **facts, first_pin="000000")
    at_the_door("/entrar/tarjeta/", **facts, first_pin=card.first_pin)
    assert said() == ["card: wrong, account -", "card: right, account -"]


def test_a_changed_password_asks_for_the_old_one_and_tells(said: Said, trainer: Any, client: Client) -> None:
    client.force_login(trainer)
    client.post("/clave/", {"old_password": "no", "new_password1": "x", "new_password2": "x"})
    assert said() == [f"password once more: wrong, account {trainer.key}"]


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/admin/users/", "wagtailusers_users:index"),  # Wagtail leads her home
        ("/admin/entrance/raid/", "cards:raid"),  # so it does with ours
        ("/admin/workflows/list/", "wagtailadmin_workflows:index"),  # our own gate: a page that says so
    ],
)
def test_a_refusal_is_told_with_the_name_of_its_address(
    said: Said, coordinator: Any, client: Client, address: str, route: str
) -> None:
    client.force_login(coordinator)
    assert client.get(f"{address}?q={OTHERS}").status_code in {302, 403}
    assert said() == [f"refused: GET {route}, account {coordinator.key}"]


def test_a_forged_form_and_a_trainees_refusal_are_told(said: Said, trainee: Any, trainer: Any) -> None:
    for person, account in [(trainee, "-"), (trainer, str(trainer.key))]:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person)
        strict.post("/salir/", headers={"origin": "https://evil.example"})
        assert said() == [f"refused: POST sign_out, account {account}"]


def test_what_is_allowed_is_no_refusal(said: Said, coordinator: Any, client: Client) -> None:
    client.force_login(coordinator)
    client.get(reverse("cohorts:index"))
    client.get(reverse("wagtailadmin_home"))
    assert said() == []
