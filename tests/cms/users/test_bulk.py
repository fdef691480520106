"""What an administrator does to many accounts at once is noted, and ends what it must end."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import OpenSession, User
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.factories.courses import PASSWORD

pytestmark = pytest.mark.django_db


def at_once(client: Client, action: str, accounts: list[Any], **sent: str) -> Any:
    """Wagtail's bulk action, as its form sends it."""
    address = reverse("wagtail_bulk_action", args=["users", "user", action])
    return client.post(f"{address}?{'&'.join(f'id={one.pk}' for one in accounts)}", sent)


def told_of(account: Any, deed: Deed) -> list[Any]:
    return list(TrailEntry.objects.filter(what=deed, about=str(account.key)).order_by("pk"))


def test_closing_many_ends_their_sessions_and_opening_them_again_is_noted(
    client: Client, administrator: Any, trainer: Any, reviewer: Any
) -> None:
    hers = Client()
    hers.post("/entrar/equipo/", {"username": trainer.username, "password": PASSWORD})
    assert hers.get("/admin/").status_code == 200
    client.force_login(administrator)
    for is_active in (False, True):
        at_once(client, "set_active_state", [trainer, reviewer], mark_as_active=str(is_active))
        assert set(User.objects.filter(pk__in=[trainer.pk, reviewer.pk]).values_list("is_active")) == {
            (is_active,)
        }
        assert not OpenSession.objects.filter(account=trainer).exists()
        assert hers.get("/admin/").status_code == 302
    for account in (trainer, reviewer):
        noted = told_of(account, Deed.ACCOUNT_CHANGED)
        assert [(one.actor, one.facts) for one in noted] == [
            (administrator.key, {"is_active": False}),
            (administrator.key, {"is_active": True}),
        ]


def test_nobody_closes_her_own(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    at_once(client, "set_active_state", [administrator], mark_as_active="False")
    administrator.refresh_from_db()
    assert administrator.is_active
    assert told_of(administrator, Deed.ACCOUNT_CHANGED) == []


@pytest.mark.parametrize("many", [True, False])
def test_a_superuser_who_deletes_an_account_is_noted(
    client: Client, administrator: Any, reviewer: Any, many: bool
) -> None:
    client.force_login(administrator)
    one_by_one = reverse("wagtailusers_users:delete", args=[reviewer.pk])
    at_once(client, "delete", [reviewer])
    client.post(one_by_one)
    assert User.objects.filter(pk=reviewer.pk).exists(), "an administrator closes accounts"
    User.objects.filter(pk=administrator.pk).update(is_superuser=True)
    at_once(client, "delete", [reviewer]) if many else client.post(one_by_one)
    assert not User.objects.filter(pk=reviewer.pk).exists()
    [noted] = told_of(reviewer, Deed.RECORD_DELETED)
    assert noted.actor == administrator.key
