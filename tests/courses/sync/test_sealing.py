"""The letterbox: what is sealed opens here only, also after keys and secrets were changed."""

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses.sync import rules, sealing
from courses.sync.models import SyncKey

pytestmark = pytest.mark.django_db


def sealed(key: SyncKey, plain: bytes = b"hola") -> rules.Box:
    return rules.read_box({"kid": key.kid, **sealing.seal(key.public, plain, str(uuid.uuid4()))})


def opened(box: rules.Box) -> bytes:
    return sealing.unseal(box, sealing.key_ring([box.kid]))


def test_what_a_phone_seals_the_server_opens() -> None:
    assert opened(sealed(sealing.current_key(timezone.now()))) == b"hola"


def test_a_box_moved_under_another_id_does_not_open() -> None:
    box = sealed(sealing.current_key(timezone.now()))
    moved = rules.Box(uuid.uuid4(), box.kid, box.epk, box.iv, box.data)
    with pytest.raises(sealing.Unreadable):
        opened(moved)


def test_a_rotated_key_still_opens_what_was_sealed_to_it() -> None:
    old = sealing.current_key(timezone.now())
    box = sealed(old)
    call_command("rotate_sync_key")
    assert sealing.current_key(timezone.now()).kid != old.kid
    assert opened(box) == b"hola"


def test_the_private_half_is_not_readable_in_the_database() -> None:
    key = sealing.current_key(timezone.now())
    assert bytes(key.private).startswith(b"gAAAA")  # a Fernet token
    assert "d" not in key.public


def test_a_changed_secret_opens_old_boxes_only_while_it_is_a_fallback(settings: Any) -> None:
    old = sealing.current_key(timezone.now())
    box, before = sealed(old), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret-of-this-house", [before]
    assert opened(box) == b"hola"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(sealing.UnknownKey):
        opened(box)
    assert sealing.current_key(timezone.now()).kid != old.kid, "phones seal to a key that opens"
