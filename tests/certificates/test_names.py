"""One table of names for both that compare them: this module, and the offline verifier (tests/e2e)."""

import json
from pathlib import Path

import pytest

from certificates import names

TABLE = json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))
KEY = bytes(range(16))


@pytest.mark.parametrize(("name", "normal"), TABLE)
def test_a_name_has_one_normal_form(name: str, normal: str) -> None:
    assert names.normalise(name) == normal


@pytest.mark.parametrize(("name", "normal"), TABLE)
def test_the_normal_form_is_its_own(name: str, normal: str) -> None:
    assert names.normalise(normal) == normal


def test_a_name_matches_however_it_is_typed() -> None:
    expected = names.keyed_hash(KEY, "María Guadalupe Hernández Ruiz")
    assert names.matches(KEY, "maria guadalupe hernandez RUIZ", expected)
    assert not names.matches(KEY, "María Guadalupe Hernández", expected)
    assert not names.matches(KEY, "María Guadalupe Ruiz Hernández", expected)
    assert not names.matches(bytes(16), "María Guadalupe Hernández Ruiz", expected)


def test_the_hash_of_an_issued_award_never_changes() -> None:
    assert names.keyed_hash(KEY, "María Guadalupe Hernández Ruiz") == "b3ceb93ee6ed60837923ac8e79c9df01"
