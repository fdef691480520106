"""What must hold of the table whatever it says line by line: read from the file, without asking anybody."""

from collections.abc import Mapping

import pytest

from tests.permissions import FILE
from tests.permissions.addresses import NoSample, asks, things_of
from tests.permissions.routes import Route
from tests.permissions.samples import CLOSED
from tests.permissions.table import IN, ROLES, Key, Table, differences, shortened

TABLE = Table.read(FILE.read_text())
# What belongs to the trainee, hangs at the trainer's cohort, was sent to the officer's authority.
HERS = {"attempt", "award", "line", "link", "module"}
OF_HER_COHORT = {"ahead", "attempt", "batch", "cohort", "conflict", "entry", "excuse", "left"}
OF_HER_COHORT |= {"make_up", "outing", "session", "teacher", "woman"}
OF_HER_AUTHORITY = {"acta", "acta_sent", "recognition"}
OTHERS = [("trainee", "woman2", HERS), ("trainer", "trainer2", OF_HER_COHORT)]
OTHERS += [("officer", "officer2", OF_HER_AUTHORITY)]
OUTSIDE = {"nobody", "trainee", "woman2", "officer", "officer2", "stranger"}
# Words, drawings and the day's greeting, the same for everybody.
HARMLESS = {"admin/jsi18n/", "admin/sprite/"}
# What anybody may open without an account, by its beginning or whole.
PUBLIC = {"", "admin/jsi18n/", "admin/sprite/", "ayuda/", "entrar/", "entrar/equipo/", "entrar/tarjeta/"}
PUBLIC |= {"health/ready/", "metrics", "quejas/"}  # figures: to this machine itself alone, as a test is
PUBLIC |= {"health/", "idioma/", "manifest.webmanifest", "sw.js", "sync/v1/events/", "sync/v1/key/"}
PUBLIC_BELOW = (".well-known/", "^media/", "^status/", "api/v1/", "c/", "log/", "telefono/", "v/")
# Who at all may get in below a beginning of an address, whatever else changes. The longest that fits counts.
ONLY: dict[str, set[str]] = {
    "admin/": {"trainer", "trainer2", "reviewer", "coord", "admin", "observer"},
    "admin/users/": {"admin"},
    "admin/groups/": set(),
    "admin/bulk/users/": {"admin"},
    "admin/collections/": set(),
    "admin/workflows/": set(),
    "admin/keys/": {"admin"},
    "admin/log/": {"admin"},
    "admin/trail/": {"admin"},
    "admin/retention/": {"admin"},
    "admin/own-data/": {"coord", "admin"},
    "admin/entrance/raid/": {"admin"},
    "admin/entrance/team/": {"admin"},
    "admin/witnesses/": {"admin"},
    "admin/settings/": {"admin"},
    "admin/actas/": {"coord", "admin"},
    "admin/diplomas/": {"coord", "admin"},
    "admin/people/": {"coord", "admin"},
    "admin/entrance/": {"coord", "admin"},
    "admin/entrance/cohort/<int:pk>/attendance/": {"coord", "trainer"},
    "autoridad/": {"officer", "officer2"},
    "sync/v1/team/": {"trainer", "trainer2", "coord"},
}


def test_a_line_is_read_as_it_was_written() -> None:
    assert Table.read(TABLE.text()).rows == TABLE.rows
    assert FILE.read_text() == TABLE.text()


@pytest.mark.parametrize(("owner", "other", "things"), OTHERS, ids=[row[1] for row in OTHERS])
def test_what_is_hers_is_nobody_elses_of_the_same_role(owner: str, other: str, things: set[str]) -> None:
    asked = [(key, words) for key, words in TABLE.rows.items() if things & things_of(key[0])]
    hers = [key for key, words in asked if words[owner] in IN]
    assert len(hers) >= 5
    assert [key for key, words in asked if words[owner] in IN and words[other] in IN] == []


def test_who_has_no_account_opens_only_what_is_public() -> None:
    is_open = {pattern for (pattern, _method), words in TABLE.rows.items() if words["nobody"] in IN}
    assert {one for one in is_open - PUBLIC if not one.startswith(PUBLIC_BELOW)} == set()
    assert is_open | HARMLESS >= PUBLIC


@pytest.mark.parametrize("beginning", sorted(ONLY))
def test_below_these_addresses_nobody_else_gets_in(beginning: str) -> None:
    found = {
        (pattern, method): {role for role, word in words.items() if word in IN} - ONLY[beginning]
        for (pattern, method), words in TABLE.rows.items()
        if pattern.startswith(beginning) and pattern not in HARMLESS and _longest(pattern) == beginning
    }
    assert found
    assert {key: roles for key, roles in found.items() if roles} == {}


def _longest(pattern: str) -> str:
    return max((one for one in ONLY if pattern.startswith(one)), key=len)


def test_an_address_that_lets_nobody_in_is_closed_on_purpose() -> None:
    open_for = {pattern for (pattern, _method), words in TABLE.rows.items() if IN & set(words.values())}
    shut = {pattern for pattern, _method in TABLE.rows} - open_for
    assert [pattern for pattern in sorted(shut) if not pattern.startswith(tuple(CLOSED))] == []
    assert [one for one in CLOSED if not any(pattern.startswith(one) for pattern in shut)] == []


# What the comparison itself says.
ROW = ("casa/", "GET")
SHUT = dict.fromkeys(ROLES, "no")


def said(table: dict[Key, Mapping[str, str]], told: dict[Key, Mapping[str, str]]) -> str:
    return "\n".join(differences(Table(table), told, ROLES))


def test_a_new_address_without_a_line_fails_with_the_line_to_add() -> None:
    found = said({}, {ROW: SHUT | {"coord": "opens"}})
    assert "/casa/ (GET) has no line" in found
    assert Table.read(found.splitlines()[-1]).rows == {ROW: SHUT | {"coord": "opens"}}


def test_a_changed_answer_names_role_method_and_address() -> None:
    found = said({ROW: SHUT}, {ROW: SHUT | {"observer": "opens"}})
    assert found == "observer: GET /casa/ → opens, and the table says no"


def test_a_method_without_a_line_lets_nobody_in() -> None:
    post = ("casa/", "POST")
    assert said({ROW: SHUT}, {ROW: SHUT, post: SHUT}) == ""
    assert "trainer: POST /casa/ → acts" in said({ROW: SHUT}, {ROW: SHUT, post: SHUT | {"trainer": "acts"}})


def test_a_line_of_an_address_that_is_gone_fails() -> None:
    assert said({ROW: SHUT}, {}) == "/casa/ has a line, and is no address any more"


def test_an_argument_that_nothing_stands_for_is_named() -> None:
    with pytest.raises(NoSample, match="nothing stands for <wheel>"):
        list(asks(Route("casa/<int:wheel>/", "", ("GET",)), {}))


def test_methods_that_let_nobody_in_are_left_out() -> None:
    told = {ROW: SHUT | {"coord": "opens"}, ("casa/", "POST"): SHUT, ("otra/", "GET"): SHUT}
    assert set(shortened(told).rows) == {ROW, ("otra/", "GET")}
