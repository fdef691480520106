"""Names compared as people mistake them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.people.rules import begins_a_formula, is_called, likeness, looks_like_contact, shorter, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("María José", "jose maria"),
        ("Hernández", "Hernandes"),
        ("Yesenia", "Llesenia"),
        ("Xóchitl  Vásquez", "xochitl basques"),
        ("Hilda", "Ilda"),
        ("Jénifer", "Genifer"),
        ("Anna", "Ana"),
    ],
)
def test_these_are_likely_the_same(one: str, other: str) -> None:
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "Eva"), ("Rosa", "Rosario"), ("Luz", "Luis"), ("María", "Mario")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert likeness(one) != likeness(other)


@given(st.text(max_size=60))
def test_any_text_can_be_compared_and_tidying_changes_nothing_of_it(text: str) -> None:
    assert likeness(tidy(text)) == likeness(tidy(tidy(text)))
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("query", "is_hers"),
    [("", True), ("nuñ", True), ("NUNEZ ond", True), ("ondina  argüello", True), ("ondina perez", False)],
)
def test_a_part_of_each_word_finds_a_name(query: str, is_hers: bool) -> None:
    assert is_called("Ondina Núñez Argüello", query) is is_hers


def test_shorter_names_have_two_words_at_least() -> None:
    assert shorter(likeness("Ana Luz Pérez")) == {
        likeness(two) for two in ("Ana Luz", "Ana Pérez", "Luz Pérez")
    }
    assert shorter(likeness("Ana Luz")) == set()


@pytest.mark.parametrize(
    ("text", "is_contact"),
    [("Ana", False), ("ana@correo.mx", True), ("961 123 4567", True), ("luz24", False), ("CURP123456", True)],
)
def test_telephones_documents_and_mails_are_known(text: str, is_contact: bool) -> None:
    assert looks_like_contact(text) is is_contact


@pytest.mark.parametrize("text", ["=1", "+52", "-a", "@x"])
def test_what_a_spreadsheet_would_carry_out(text: str) -> None:
    assert begins_a_formula(text)
