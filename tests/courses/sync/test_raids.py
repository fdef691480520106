"""The word by which a phone learns of a raid: on every answer that needs no session, and on nothing else."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms.users.raid import end_everything
from courses.sync.raids import raid_word
from courses.trail.actions import note
from courses.trail.deeds import Deed

pytestmark = pytest.mark.django_db


def words(client: Client) -> set[str]:
    """What a phone hears, whoever is signed in on it."""
    sent = client.post("/sync/v1/events/", {"boxes": []}, content_type="application/json")
    asked = [client.get("/telefono/sesion/"), client.get("/telefono/equipo/sesion/"), sent]
    assert [one.status_code for one in asked] == [200] * 3
    return {one.json()["word"] for one in asked}


def test_every_raid_changes_the_word_and_nothing_else_does(trainee: Any, administrator: Any) -> None:
    hers = Client()
    heard: list[str] = []
    hers.force_login(trainee)
    for _raid in range(2):
        before = words(Client())
        assert words(hers) == before == {raid_word()}
        note(Deed.SESSIONS_ENDED, about=trainee, by=administrator, at=timezone.now(), count=1)
        assert words(Client()) == before
        end_everything(by=administrator, at=timezone.now())
        heard += before
        hers.force_login(trainee)
    heard += words(Client())
    assert len(set(heard)) == 3


def test_the_word_is_a_keyed_hash_that_tells_no_number(administrator: Any, settings: Any) -> None:
    end_everything(by=administrator, at=timezone.now())
    with_this_key = raid_word()
    assert len(with_this_key) == 16
    settings.SECRET_KEY = "another key"
    assert raid_word() != with_this_key
