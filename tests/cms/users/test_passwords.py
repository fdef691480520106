"""Passwords of staff: how long, of what signs, and which words they may not lean on."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from cms.home.models import SiteFace
from cms.users.models import User
from cms.users.passwords import LISTED
from cms.users.roles import TRAINER
from tests.factories.courses import PASSWORD

pytestmark = pytest.mark.django_db
GOOD = "luna-de-papel-veinte"
LONG = "ñandú y maíz 🌽 " * 8  # 128 characters of every kind, spaces inside


def is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


def change(client: Client, new: str, old: str = PASSWORD) -> Any:
    return client.post("/clave/", {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize(
    "password",
    [
        "promotora2026",
        "Promotora-2026!",
        "PR0M0T0RA.2026",
        "coordinadora1",
        "Administradora#1",
        "contraseña2026",
        "saludcomunitaria",
        "Formadora-Escuela-26",
        "diplomado-salud-2",
    ],
)
def test_a_password_that_leans_on_a_word_of_the_school_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as told:
        validate_password(password)
    assert "school_word" in [error.code for error in told.value.error_list]


@pytest.mark.parametrize("password", [GOOD, "promotora-de-luna-y-maiz", "clave de sol y de fa menor", LONG])
def test_a_word_among_others_and_any_sign_is_no_harm(password: str) -> None:
    assert not is_refused(password)


def test_the_name_of_this_very_school_counts(school: None) -> None:
    assert not is_refused("Xochiquetzalli-26")
    SiteFace.objects.update_or_create(
        site=Site.objects.get(is_default_site=True), defaults={"app_name": "Xochiquetzalli"}
    )
    caches["local"].clear()
    assert is_refused("Xochiquetzalli-26")
    caches["local"].clear()


def test_the_manual_has_the_whole_list() -> None:
    manual = (Path(settings.BASE_DIR) / "docs" / "signing-in.md").read_text(encoding="utf-8")
    part = manual.partition("## Words not for passwords")[2].partition("\n## ")[0]
    told = set(part.replace(",", " ").replace(";", " ").split())
    assert set(LISTED.split()) <= told


@pytest.mark.parametrize("password", ["corta-7", "12345678901", "password1", "formadora", "qwertyuiop"])
def test_short_numeric_common_and_her_own_name_are_refused(
    client: Client, trainer: Any, password: str
) -> None:
    client.force_login(trainer)
    assert change(client, password).status_code == 200
    trainer.refresh_from_db()
    assert trainer.check_password(PASSWORD)


@pytest.mark.parametrize("new", [LONG.strip(), "ñ" * 64, " espacios delante y detrás "])
def test_a_long_password_of_any_signs_opens_exactly_as_it_was_typed(
    client: Client, trainer: Any, new: str
) -> None:
    client.force_login(trainer)
    assert change(client, new).status_code == 302
    sent = {"username": trainer.username, "password": new}
    assert Client().post("/entrar/equipo/", sent).status_code == 302
    for other in (new[:-1], new.upper(), f"{new}x"):
        assert Client().post("/entrar/equipo/", {**sent, "password": other}).status_code == 200, other


def test_a_new_password_needs_the_old_one(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    for old in ("", "no", GOOD):
        assert change(client, GOOD, old).status_code == 200
    trainer.refresh_from_db()
    assert trainer.check_password(PASSWORD)
    assert change(client, GOOD).status_code == 302
    trainer.refresh_from_db()
    assert trainer.check_password(GOOD)


def test_an_administrator_gives_no_weak_one_either(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    role = Group.objects.get(name=TRAINER).pk
    for password, is_made in [("promotora2026", False), (GOOD, True)]:
        sent = {"username": "nueva", "password1": password, "password2": password, "groups": [role]}
        client.post(reverse("wagtailusers_users:add"), sent)
        assert User.objects.filter(username="nueva").exists() is is_made
