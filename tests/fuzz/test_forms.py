"""Every form of the house and every address, asked what nobody should ask."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.addresses import ADDRESSES
from tests.fuzz.conftest import bad_inputs
from tests.fuzz.forms import Form
from tests.fuzz.hostile import MAGIC, words
from tests.fuzz.places import ROLES, Place, forms, places
from tests.fuzz.watching import ask
from tests.permissions.conftest import house
from tests.permissions.walking import House

__all__ = ["house"]  # a fixture of other tests
pytestmark = pytest.mark.django_db
TOKEN = "csrfmiddlewaretoken"


@pytest.fixture(scope="module")
def known(house: House) -> list[Place]:
    """Asked once for all of this module."""
    return places(house)


@pytest.fixture(scope="module")
def clients(house: House) -> dict[str, Client]:
    """A browser for each role."""
    return {role: house.asker(role).client for role in ROLES}


def test_no_form_breaks_and_what_it_refuses_is_not_half_saved(
    house: House, known: list[Place], clients: dict[str, Client]
) -> None:
    found = forms(house, known)
    assert len(found) > 200

    @bad_inputs("forms")
    @given(form=st.sampled_from(found), data=st.data())
    def each(form: Form, data: Any) -> None:
        ask(clients[form.role], "post", form.action, kind="forms", data=changed(form, data.draw))

    each()


def changed(form: Form, draw: Any) -> dict[str, Any]:
    """What the form would send, with some of its fields bad, missing, twice or of another name."""
    told: dict[str, Any] = {}
    for name, value in form.fields:
        told.setdefault(name, []).append(value)
    names = sorted(set(told) - {TOKEN}) or ["x"]
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)):
        deed = draw(st.sampled_from(["other", "other", "other", "missing", "twice", "file"]))
        if deed == "other":
            told[name] = [draw(words)]
        elif deed == "missing":
            told.pop(name, None)
        elif deed == "twice":
            told[name] = [*told.get(name, []), draw(words), draw(words)]
        else:
            told[name] = [SimpleUploadedFile("a.txt", b"x")]
    for name in form.files:
        if draw(st.booleans()):
            told[name] = SimpleUploadedFile(
                draw(st.sampled_from(["a.pdf", "a.png", "a.csv", "a", "a.zip"])), draw(st.sampled_from(MAGIC))
            )
    if draw(st.integers(0, 9)) == 0:
        told[draw(words)] = [draw(words)]
    return told


QUERIES = ["p", "q", "page", "order", "ordering", "lang", "next", "locale", "from", "to", "export"]
QUERIES += ["filter", "code", "id", "status", "date"]
PART = re.compile(r"(?<=/)(1|ninguna|00000000-0000-0000-0000-000000000007)(?=/|$)")


def test_no_address_breaks(known: list[Place], clients: dict[str, Client]) -> None:
    walked = [f"/{address}" for address in ADDRESSES]

    @bad_inputs("addresses", 2)
    @given(address=st.sampled_from(walked), role=st.sampled_from(ROLES), data=st.data())
    def bad_parts(address: str, role: str, data: Any) -> None:
        bad = PART.sub(lambda _found: quote(data.draw(words)[:200], safe=""), address)
        ask(clients[role], data.draw(METHODS), bad, kind="addresses")

    @bad_inputs("addresses", 2)
    @given(place=st.sampled_from(known), data=st.data())
    def bad_questions(place: Place, data: Any) -> None:
        role, address = place
        asked = data.draw(st.dictionaries(st.sampled_from(QUERIES) | words, words, min_size=1, max_size=3))
        ask(clients[role], "get", address, kind="addresses", data=asked)

    bad_parts()
    bad_questions()


METHODS = st.sampled_from(["get", "get", "post", "head", "put", "patch", "delete", "options"])
