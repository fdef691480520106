"""Accounts that an administrator makes, and the door for who lost her way."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from cms.users.roles import COORDINATOR, TRAINER
from tests.factories.courses import PASSWORD, PIN

pytestmark = pytest.mark.django_db
SECRET = "luna-de-papel-veinte"


def role(name: str) -> Any:
    return Group.objects.get(name=name)


def account(**more: Any) -> dict[str, Any]:
    return {
        "username": "nueva",
        "password1": SECRET,
        "password2": SECRET,
        "groups": [role(TRAINER).pk],
        **more,
    }


def test_an_account_needs_a_user_name_a_password_and_a_role_and_no_email(
    client: Client, administrator: Any
) -> None:
    client.force_login(administrator)
    page = client.get(reverse("wagtailusers_users:add")).content.decode()
    assert 'name="email"' not in page
    assert 'name="is_superuser"' not in page
    client.post(reverse("wagtailusers_users:add"), account())
    user = User.objects.get(username="nueva")
    assert [group.name for group in user.groups.all()] == [TRAINER]
    assert user.check_password(SECRET)


def test_nobody_is_made_superuser_by_a_form(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    client.post(reverse("wagtailusers_users:add"), account(is_superuser="on"))
    user = User.objects.get(username="nueva")
    assert not user.is_superuser
    address = reverse("wagtailusers_users:edit", args=[user.pk])
    client.post(
        address, {"username": "nueva", "is_active": "on", "is_superuser": "on", "groups": [role(TRAINER).pk]}
    )
    user.refresh_from_db()
    assert not user.is_superuser


def test_an_account_without_a_role_is_not_made(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    assert client.post(reverse("wagtailusers_users:add"), account(groups=[])).status_code == 200
    assert not User.objects.filter(username="nueva").exists()


def test_an_administrator_cannot_give_herself_another_role(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    address = reverse("wagtailusers_users:edit", args=[administrator.pk])
    client.post(address, {"username": administrator.username, "groups": [role(COORDINATOR).pk]})
    assert [group.name for group in administrator.groups.all()] == ["administrator"]


def test_her_own_password_is_not_changed_without_the_old_one(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    address = reverse("wagtailusers_users:edit", args=[administrator.pk])
    assert "password1" not in client.get(address).content.decode()
    new = "luna-de-papel-veinte"
    sent = {"username": administrator.username, "is_active": "on", "password1": new, "password2": new}
    assert client.post(address, sent).status_code == 302
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


@pytest.mark.parametrize("place", ["/admin/", "/admin/actas/"])
def test_a_trainee_who_opens_the_staffs_desk_lands_on_her_day(
    client: Client, trainee: Any, place: str
) -> None:
    client.force_login(trainee)
    last = client.get(place, follow=True)
    assert last.redirect_chain[-1][0] == "/hoy/"
    fresh = Client()
    sent = {"username": trainee.username, "pin": PIN, "next": place}
    assert fresh.post(f"/entrar/?next={place}", sent)["Location"] == "/hoy/"


def test_staff_are_led_on_to_where_they_wanted_to_go(client: Client, coordinator: Any) -> None:
    sent = {"username": coordinator.username, "password": PASSWORD, "next": "/admin/actas/"}
    assert client.post("/entrar/equipo/?next=/admin/actas/", sent)["Location"] == "/admin/actas/"


def test_roles_stand_in_words_where_accounts_are_made_and_listed(
    client: Client, administrator: Any, coordinator: Any
) -> None:
    client.force_login(administrator)
    page = client.get(reverse("wagtailusers_users:add")).content.decode()
    assert "Coordinadora" in page
    assert "> coordinator" not in page
    refused = client.post(reverse("wagtailusers_users:add"), account(password2="otra"))
    assert "La cuenta no se guardó" in refused.content.decode()
    listed = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert "Funciones" in listed
    assert "Coordinadora" in listed
    assert "Nivel de acceso" not in listed
