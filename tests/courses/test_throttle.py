"""So many questions a minute from one place; another place and the next minute begin anew."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from courses.throttle import address_of, seconds_to_wait

NOON = datetime(2026, 2, 1, 12, 0, 15, tzinfo=UTC)


def test_so_many_a_minute_and_no_more() -> None:
    who = str(uuid.uuid4())
    assert [seconds_to_wait("test", who, 2, NOON) for _time in range(3)] == [0, 0, 45]
    assert seconds_to_wait("test", who + "2", 2, NOON) == 0
    assert seconds_to_wait("other", who, 2, NOON) == 0
    assert seconds_to_wait("test", who, 2, NOON + timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("told", "proxies", "address"),
    [
        ("", 0, "127.0.0.1"),
        ("6.6.6.6", 0, "127.0.0.1"),  # anyone may write this header
        ("6.6.6.6, 198.51.100.7", 1, "198.51.100.7"),
        ("198.51.100.7:4711", 1, "198.51.100.7"),
        ("2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", 1, "198.51.100.7"),
        ("nonsense", 1, "nonsense"),
        ("", 1, "127.0.0.1"),
        ("203.0.113.9, 10.0.0.1", 2, "203.0.113.9"),
        ("203.0.113.9", 3, "127.0.0.1"),  # a proxy of ours is missing
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings: Any, told: str, proxies: int, address: str) -> None:
    settings.PROXY_COUNT = proxies
    assert address_of(RequestFactory().get("/", headers={"X-Forwarded-For": told})) == address
