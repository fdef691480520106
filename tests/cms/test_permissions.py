"""One way in. Who gets in where, once inside, stands in tests/permissions/."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    "door",
    [
        "/admin/login/",
        "/admin/password_reset/",
        "/admin/password_reset/done/",
        "/_util/login/",
        "/django-admin/",
    ],
)
def test_there_is_one_door_only(client: Client, door: str) -> None:
    answer = client.get(door)
    assert answer.status_code in {301, 302, 404}
    if answer.status_code in {301, 302}:
        assert answer["Location"].startswith("/entrar/")
    assert client.post(door, {"username": "x", "password": "x"}).status_code in {301, 302, 403, 404, 405}
