"""Which PINs are refused, how the waits grow, and how a device is called."""

import pytest

from cms.users import rules

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36"
SAMSUNG = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 SamsungBrowser/20.0 Chrome/106.0 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Safari/604"


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "234567", "890123", "654321", "210987", "000000", "777777"),
        *("121212", "123123", "112233", "240691"),
    ],
)
def test_what_one_tries_first_is_weak(pin: str) -> None:
    assert rules.is_weak(pin, "240691")


@pytest.mark.parametrize("pin", ["402817", "123457", "900001", "112234"])
def test_most_pins_are_good(pin: str) -> None:
    assert not rules.is_weak(pin, "luz24")


def test_few_pins_are_refused() -> None:
    weak = sum(rules.is_weak(f"{number:06d}", "luz24") for number in range(10**6))
    assert weak < 1200


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", " 402817"])
def test_a_pin_is_six_plain_digits(text: str) -> None:
    assert not rules.is_pin(text)


def test_waits_grow_and_never_shrink() -> None:
    waits = [rules.seconds_after(count) for count in range(30)]
    assert waits == sorted(waits)
    assert waits[:5] == [0] * 5
    assert waits[5] == 60
    assert waits[29] == 2 * 3600


def test_on_no_day_more_than_some_twenty_tries_are_looked_at() -> None:
    clock, count, tries = 0, 0, []
    while clock < 7 * rules.DAY:
        tries.append(clock)
        count += 1
        clock += max(1, rules.seconds_after(count))
    for start in range(0, 6 * rules.DAY, rules.HOUR):
        assert sum(start <= at < start + rules.DAY for at in tries) <= 22


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (ANDROID, "Android · Chrome"),
        (SAMSUNG, "Android · Samsung"),
        (IPHONE, "iPhone · Safari"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_called_roughly(user_agent: str, words: str) -> None:
    assert rules.device_in_words(user_agent) == words
