"""The first account is made on the server, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cms.users.models import User

pytestmark = pytest.mark.django_db


def test_she_is_an_administrator_who_can_sign_in_and_no_superuser() -> None:
    out = StringIO()
    call_command("first_administrator", "ana", "--generate", stdout=out)
    ana = User.objects.get(username="ana")
    assert ana.check_password(out.getvalue().removeprefix("Password: ").strip())
    assert ana.has_perm("wagtailadmin.access_admin")
    assert not ana.is_superuser
    assert not ana.has_pin


def test_there_is_no_second_first_one(administrator: User, client: Client) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("first_administrator", "ana", "--generate")
    assert not User.objects.filter(username="ana").exists()


def test_a_weak_password_makes_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "1234")
    with pytest.raises(CommandError):
        call_command("first_administrator", "ana")
    assert not User.objects.filter(username="ana").exists()
