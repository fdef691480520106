"""A name is asked for its letters when it is written down, not when the diploma is due."""

import pytest

from courses.people.forms import PersonForm

pytestmark = pytest.mark.django_db


def form(name: str) -> PersonForm:
    return PersonForm({"name": name, "language": "es", "username": ""})


@pytest.mark.parametrize(
    "name",
    ["María Ñúñez", "Āltamīrano", "Nguyễn Thị Mỹ Hạnh", "Juana Ꞌayuuk", "Ирина Петрова", "Ünal Çağrı"],
)
def test_names_of_many_languages_are_taken(name: str) -> None:
    assert form(name).is_valid()


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Ana 李", "李"),
        ("Ana 😀", "😀"),
        ("أمينة", "أ"),
        ("Ana\u202eairaM", "U+202E"),
        ("Ana\u200bMaría", "U+200B"),
    ],
)
def test_a_letter_that_no_diploma_can_carry_is_refused_by_its_name(name: str, letter: str) -> None:
    given = form(name)
    assert not given.is_valid()
    assert letter in str(given.errors["name"])


def test_a_name_is_composed_and_its_spaces_are_tidied() -> None:
    given = form("  Mari\u0301a   Nun\u0303ez ")
    assert given.is_valid()
    assert given.cleaned_data["name"] == "María Nuñez"
