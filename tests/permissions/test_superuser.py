"""A superuser may everything: no page of the admin may offer her what is not there."""

from typing import Any

import pytest
from django.test import Client

from tests.factories.courses import UserFactory
from tests.permissions.addresses import Ask
from tests.permissions.walking import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]
KNOWN = {
    "admin/actas/",
    "admin/diplomas/",
    "admin/pages/",
    "admin/people/",
    "admin/trail/",
    "admin/witnesses/",
}


def pages(house: House) -> list[Ask]:
    """Every page below /admin/ that needs no thing to be shown: the lists, with their rows, and forms."""
    return [
        ask
        for ask in house.asks
        if ask.pattern.startswith("admin/") and "<" not in ask.pattern and "GET" in ask.methods
    ]


def superuser() -> Any:
    user = UserFactory(username="todo", role="administrator")
    user.is_superuser = True
    user.save()
    return user


def test_every_list_of_the_admin_opens_for_a_superuser(house: House) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(superuser())
    found = {ask.pattern: client.get(ask.address).status_code for ask in pages(house)}
    assert not {pattern: status for pattern, status in found.items() if status >= 500}
    assert {pattern: found.get(pattern) for pattern in KNOWN} == dict.fromkeys(KNOWN, 200)
