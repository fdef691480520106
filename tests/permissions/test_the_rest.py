"""Beyond the table: other methods, forms without a token, a thing of one cohort at another's address."""

from zlib import crc32

import pytest

from tests.permissions import FILE, things
from tests.permissions.addresses import Ask, asks, things_of
from tests.permissions.asking import undrawn
from tests.permissions.routes import routes
from tests.permissions.table import IN, ROLES, Table
from tests.permissions.walking import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]
TABLE = Table.read(FILE.read_text())
STRANGE = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# No session of a browser gives them any right: there is nothing that another site could use.
WITHOUT_TOKEN = {"api/v1/verify", "api/v1/verify/<str:code>", "api/v1/verify/<str:code>/name"}
WITHOUT_TOKEN |= {"sync/v1/events/", "v/<str:code>/", "v/archivo/"}  # sealed by the phone; for everybody
OF_A_COHORT = {"attempt", "batch", "conflict", "entry", "excuse", "left", "make_up", "outing", "session"}
OF_A_COHORT |= {"ahead", "teacher", "woman"}


def refused(ask: Ask) -> list[str]:
    """The roles that no method of this address lets in."""
    rows = [words for (pattern, _method), words in TABLE.rows.items() if pattern == ask.pattern]
    return [role for role in ROLES if not any(words[role] in IN for words in rows)]


def test_no_other_method_is_a_way_round(house: House) -> None:
    askers = {role: house.asker(role) for role in ROLES}
    found = []
    with undrawn():
        for ask in house.asks:
            roles, chance = refused(ask), crc32(ask.pattern.encode())
            for method in (STRANGE[chance % len(STRANGE)], "TRACE") if roles else ():
                role = roles[chance % len(roles)]
                answer = askers[role].ask(method, ask.address)
                if answer.written or (answer.word in IN and method != "OPTIONS"):  # it tells methods only
                    found.append((role, method, ask.pattern, answer))
    assert not found, "\n".join(map(str, found))


def test_nothing_is_taken_without_the_token_of_its_form(house: House) -> None:
    found = []
    askers = {role: house.asker(role, checks_csrf=True) for role in ROLES}
    for ask in house.asks:
        for method in UNSAFE & set(ask.methods):
            words = TABLE.rows.get((ask.pattern, method), {})
            role = next((role for role in ROLES if words.get(role) in IN), None)
            if role is None or ask.pattern in WITHOUT_TOKEN:
                continue
            answer = askers[role].ask(method, ask.address)
            if answer.status != 403 or answer.written:
                found.append((role, method, ask.pattern, answer))
    assert not found, "\n".join(map(str, found))


def test_a_thing_of_another_cohort_is_not_found_at_the_address_of_ones_own(house: House) -> None:
    cast = house.cast
    hers = things.of_a_cohort(cast, cast.other, cast.stranger_woman, cast.users["trainer2"])
    crossed = house.things | {name: hers[name] for name in OF_A_COHORT}
    found, asked = [], 0
    with undrawn():
        for role in ("trainer", "coord"):
            asker = house.asker(role)
            for route in routes():
                told = things_of(route.pattern)
                if not ("cohort" in told and told & OF_A_COHORT and len(route.arguments) > 1):
                    continue
                for ask in asks(route, crossed):
                    for method in ask.methods:
                        asked += 1
                        answer = asker.ask(method, ask.address)
                        if answer.word in IN or answer.written:
                            found.append((role, method, ask.pattern, answer))
    assert asked > 40
    assert not found, "\n".join(map(str, found))
