"""Syllables as Spanish parts them, and the index as its author defined it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.pages.checks.ease import reading_ease, syllables

SPANISH = st.text(alphabet="abcdeghilmnopqrstuvyáéíóúüñ", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("salud", 2),
        ("ella", 2),
        ("oído", 3),
        ("aéreo", 4),
        ("policía", 4),
        ("ahora", 3),
        ("leer", 2),
        ("guía", 2),
        ("guerra", 2),
        ("que", 1),
        ("pingüino", 3),
        ("muy", 1),
        ("y", 1),
        ("construí", 2),
        ("averiguáis", 4),
        ("anticonceptivos", 6),
        ("VIH", 1),
        ("72", 1),
    ],
)
def test_a_word_has_as_many_syllables_as_one_says(word: str, count: int) -> None:
    assert syllables(word) == count


@given(SPANISH)
def test_every_word_has_a_syllable_and_no_more_than_letters(word: str) -> None:
    assert 1 <= syllables(word) <= len(word)


def test_the_index_is_the_one_of_szigriszt_pazos() -> None:
    # 40 words of one syllable each, four sentences of ten: 206.835 − 62.3 × 1 − 10
    sentence = "la sal y el pan son de la mar ."
    words = sentence.replace(" .", " ya.")
    expected = Decimal("206.835") - Decimal("62.3") - 10
    assert reading_ease([words] * 4) == int(expected.to_integral_value())


def test_a_few_words_say_nothing() -> None:
    assert reading_ease(["Lo más importante."]) is None


def test_short_words_and_sentences_read_more_easily_than_an_office() -> None:
    plain = ["Si te duele, ve a la clínica. Lleva a tu hija. No pagas nada. Pide que te den un papel."] * 3
    office = [
        "La interrupción involuntaria de la administración farmacológica correspondiente imposibilita la "
        "consecución satisfactoria de los objetivos terapéuticos previamente establecidos institucionalmente"
    ] * 3
    easy, hard = reading_ease(plain), reading_ease(office)
    assert easy is not None
    assert hard is not None
    assert easy > 80 > 40 > hard


@given(st.lists(SPANISH, min_size=30, max_size=60))
def test_a_full_stop_more_never_makes_it_harder(words: list[str]) -> None:
    whole = reading_ease([" ".join(words)])
    parted = reading_ease([" ".join(words[:15]), " ".join(words[15:])])
    assert whole is not None
    assert parted is not None
    assert parted >= whole
