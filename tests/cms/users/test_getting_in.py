"""Wrong PINs are slowed, and nobody can turn that against a woman on her own phone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from cms.users import rules, tries
from cms.users.models import KnownDevice, User, WrongTry
from tests.factories.courses import PIN, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
WRONG = "731946"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def sign_in(client: Client, username: str = "alumna", pin: str = PIN) -> Any:
    return client.post("/entrar/", {"username": username, "pin": pin})


def hammer(username: str, times: int, address: str = "198.51.100.7") -> list[int]:
    """Wrong PINs from a phone that nobody knows; the status of each answer."""
    client = Client(REMOTE_ADDR=address)
    return [sign_in(client, username, WRONG).status_code for _ in range(times)]


def time_passes(**span: int) -> None:
    """All wrong tries were made so much earlier."""
    for row in WrongTry.objects.all():
        WrongTry.objects.filter(pk=row.pk).update(last_at=row.last_at - timedelta(**span))


def test_five_wrong_tries_are_free_and_then_she_waits_a_minute(trainee: Any) -> None:
    assert hammer("alumna", 6) == [200] * 5 + [429]
    answer = sign_in(Client())
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "1 minut" in answer.content.decode()
    time_passes(minutes=1)
    assert sign_in(Client())["Location"] == "/hoy/"


def test_a_right_pin_costs_no_try(trainee: Any) -> None:
    hammer("alumna", 4)
    for _ in range(5):
        assert sign_in(Client()).status_code == 302
    assert hammer("alumna", 2) == [200, 429]


def test_trying_while_one_waits_does_not_make_the_wait_longer(trainee: Any) -> None:
    hammer("alumna", 5)
    time_passes(seconds=50)
    assert set(hammer("alumna", 5)) == {429}
    time_passes(seconds=10)
    assert sign_in(Client()).status_code == 302


def test_an_unknown_name_is_slowed_like_a_known_one_and_in_the_same_words(trainee: Any, trainer: Any) -> None:
    def words(answer: Any) -> str:
        page = re.sub(r'value="\w*"', "", answer.content.decode())
        return str(page)

    known, unknown, staff = (
        [sign_in(Client(REMOTE_ADDR=f"198.51.100.{place}"), name, WRONG) for _ in range(8)]
        for place, name in enumerate(("alumna", "nadie", "formadora"))
    )
    for one, other, third in zip(known, unknown, staff, strict=True):
        assert one.status_code == other.status_code == third.status_code
        assert words(one) == words(other) == words(third)


@pytest.mark.parametrize("name", ["alumna", "nadie"])
def test_a_name_that_nobody_has_takes_the_work_of_one_hash_too(
    trainee: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign_in(Client(), name, WRONG)
    assert hashed == [WRONG]


def test_what_is_kept_of_wrong_tries_names_nobody(trainee: Any) -> None:
    hammer("alumna", 1)
    kept = " ".join(WrongTry.objects.values_list("subject", flat=True))
    assert not any(word in kept for word in ("alumna", str(trainee.key), "198.51"))
    assert re.fullmatch(r"[0-9a-f]{64} [0-9a-f]{64}", kept)


def test_an_attacker_who_hammers_a_class_leaves_every_known_phone_able_to_sign_in(school: None) -> None:
    names = [f"mujer{number}" for number in range(28)]
    phones = {name: Client(REMOTE_ADDR="203.0.113.5") for name in names}
    for name in names:
        PersonFactory(account=UserFactory(username=name, role="trainee", pin=PIN))
        assert sign_in(phones[name], name).status_code == 302
        phones[name].post("/salir/")
    for number, name in enumerate(names):
        hammer(name, 6, "203.0.113.5")  # the attacker sits in the same network,
        hammer(name, 6, f"198.51.100.{number}")  # and in many others
    assert {sign_in(Client(), name).status_code for name in names} == {429}, "new phones have to wait"
    assert [sign_in(phones[name], name).status_code for name in names] == [302] * 28


def test_one_address_that_tries_many_accounts_is_slowed(school: None) -> None:
    answers = [hammer(f"mujer{number}", 1)[0] for number in range(25)]
    assert answers == [200] * 20 + [429] * 5
    assert hammer("mujer24", 1, "198.51.100.8") == [200]


def test_an_ipv6_attacker_cannot_change_addresses_within_his_network(school: None) -> None:
    answers = [hammer(f"mujer{number}", 1, f"2001:db8::{number:x}")[0] for number in range(25)]
    assert answers[-1] == 429


def test_a_known_phone_has_a_small_count_of_its_own(client: Client, trainee: Any) -> None:
    sign_in(client)
    client.post("/salir/")
    assert [sign_in(client, "alumna", WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    assert sign_in(Client()).status_code == 302, "other phones are not slowed by this one"


def test_a_phone_is_known_to_the_accounts_that_used_it_only(client: Client, trainee: Any) -> None:
    other = UserFactory(username="vecina", role="trainee", pin=PIN)
    sign_in(client)
    client.post("/salir/")
    for _ in range(5):
        sign_in(client, "vecina", WRONG)
    assert sign_in(client, "vecina").status_code == 429, "her neighbour's phone is a new phone for her"
    assert sign_in(client).status_code == 302
    assert KnownDevice.objects.filter(account=other).count() == 0


def test_the_cookie_of_a_phone_is_random_kept_as_a_hash_and_out_of_reach_of_scripts(
    client: Client, trainee: Any
) -> None:
    cookie = sign_in(client).cookies["place"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert len(cookie.value) == 43
    assert KnownDevice.objects.get().token_hash != cookie.value


@pytest.mark.parametrize("junk", ["", "x", "ñ" * 50, "a" * 5000])
def test_a_made_up_cookie_is_no_known_phone(trainee: Any, junk: str) -> None:
    client = Client()
    client.cookies["place"] = junk
    assert sign_in(client).status_code == 302
    assert KnownDevice.objects.count() == 1


def test_locked_accounts_are_told_to_staff(trainee: Any) -> None:
    account = tries.from_outside(trainee, "alumna", "198.51.100.7")[:1]
    at = NOW
    for count in range(1, rules.LOCKED_FROM + 1):
        tries.begin(account, at)
        at += timedelta(seconds=rules.seconds_after(count))
    last = at - timedelta(hours=2)
    assert tries.locked([trainee], last) == {trainee.pk: 7200}
    assert tries.locked([trainee], at) == {}
    assert tries.locked([trainee], last + timedelta(days=2)) == {}


def test_counts_are_forgotten_after_a_quiet_day_and_their_rows_cleared_away(trainee: Any) -> None:
    hammer("alumna", 5)
    time_passes(hours=25)
    assert hammer("alumna", 5) == [200] * 5
    time_passes(days=3)
    hammer("otra", 1)
    assert WrongTry.objects.count() == 2


def test_a_closed_account_opens_nothing(client: Client, trainee: Any) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 200


def check(client: Client, pin: str = PIN) -> Any:
    return client.post("/entrar/comprobar/", {"pin": pin})


@pytest.fixture(params=["known phone", "session only"])
def signed_in(request: pytest.FixtureRequest, client: Client, trainee: Any) -> Client:
    if request.param == "known phone":
        sign_in(client)
    else:
        client.force_login(trainee)
    return client


def test_her_pin_is_checked_while_she_is_signed_in(signed_in: Client) -> None:
    assert check(signed_in).status_code == 204
    answer = check(signed_in, WRONG)
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
    for _ in range(4):
        check(signed_in, WRONG)
    answer = check(signed_in)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_a_lock_from_outside_does_not_touch_the_check(signed_in: Client) -> None:
    hammer("alumna", 6)
    assert check(signed_in).status_code == 204


def test_a_check_tells_a_stranger_and_staff_nothing(client: Client, trainee: Any, trainer: Any) -> None:
    assert check(client).status_code == 401
    assert client.get("/entrar/comprobar/").status_code == 405
    client.force_login(trainer)
    assert check(client).status_code == 403


def test_no_page_takes_more_queries_for_noting_sessions(
    client: Client, trainee: Any, enrolment: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainee)
    before = queries_of("/curso/")
    assert queries_of("/curso/") == before
    assert timezone.localdate() == trainee.open_sessions.get().last_used_on


def test_right_tries_make_nobody_behind_the_same_address_wait_longer() -> None:
    place, now = (
        [tries.Subject("address", "10.0.0.9", rules.ADDRESS_WAITS, rules.ADDRESS_FORGOTTEN_AFTER)],
        NOW,
    )
    for _ in range(40):
        tries.begin(place, now)
        now += timedelta(minutes=5)
    now += timedelta(minutes=15)
    for _ in range(3):
        tries.begin(place, now)
        tries.give_back(place)
        now += timedelta(seconds=1)
    assert WrongTry.objects.get().count == 40
