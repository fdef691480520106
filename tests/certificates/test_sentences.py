"""Sentences of a design: which braces are taken, and what is printed of them."""

import pytest

from certificates import sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        ("otorga el presente", set()),
        ("a {name}, folio {folio}", {"name", "folio"}),
        ("{oficio}{oficio}", {"oficio"}),
    ],
)
def test_the_variables_of_a_sentence_are_found(text: str, found: set[str]) -> None:
    assert sentences.variables_of(text) == found


@pytest.mark.parametrize(
    "text", ["{nombre}", "{ name }", "{Name}", "{name.first}", "{name[0]}", "{name!r}", "{name:>9}", "{0}"]
)
def test_what_is_not_a_variable_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(sentences.UnknownVariable):
        sentences.variables_of(text)


@pytest.mark.parametrize("text", ["{name", "name}", "{", "}", "{}", "{{name}}", "a {{ b", "{na{me}"])
def test_braces_that_do_not_match_are_refused(text: str) -> None:
    with pytest.raises(sentences.BadBraces):
        sentences.variables_of(text)


def test_variables_are_filled_in_all_but_her_name() -> None:
    told = sentences.resolve({"closing": "{folio} de {name}"}, {"folio": "EPS-1"})
    assert told == {"closing": "EPS-1 de {name}"}


def test_a_sentence_without_its_value_is_left_out_and_so_is_an_empty_one() -> None:
    texts = {"awards": "Por oficio {oficio}", "to": "  ", "closing": "Folio {folio}"}
    assert sentences.resolve(texts, {"oficio": "", "folio": "EPS-1"}) == {"closing": "Folio EPS-1"}


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert sentences.resolve({"to": "{title}"}, {"title": "{folio}", "folio": "X"}) == {"to": "{folio}"}
