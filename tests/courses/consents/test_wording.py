"""The words of a version never change: what she was read can be looked up."""

from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import translation

from courses.consents import rules
from courses.consents.wording import WORDS, words_as_read

# English, version by version. Other words are another version: add a row, and have the voices made anew.
FIXED = {
    "2026-11": "cbc3cc53b1d3128a5bc1bbf48a3273c60b497c245d0bb86128f5995eaac1db25",
}

# Which Spanish words each voice reads: the id of the words, and the file that says them. Nothing can listen
# here: whoever changes the words has the voice made anew, hears it to its end, and writes both again.
SPOKEN = {
    "study": ("ada89fd5661e", "2522bc5be19e"),
    "certificate": ("7f716e640e33", "6872a2457feb"),
    "verification": ("200e7b3dc779", "52ac9d406606"),
    "photo": ("274e47b267ad", "4b3d2574ffd2"),
    "donor": ("fa9bd011818b", "7fe986794745"),
}


def digest() -> str:
    with translation.override("en"):
        texts = [text for purpose in rules.PURPOSES for text in WORDS[purpose].texts()]
    return sha256("\n".join(texts).encode()).hexdigest()


def test_the_words_of_this_version_are_the_ones_that_were_read_before() -> None:
    assert digest() == FIXED[rules.VERSION]


@pytest.mark.parametrize("purpose", rules.PURPOSES)
def test_the_voice_was_made_for_the_words_on_the_screen(purpose: str) -> None:
    words, language = words_as_read(purpose, "es")
    voice = Path(f"courses/static/courses/consents/{purpose}.mp3").read_bytes()
    assert language == "es"
    assert (words.partition("/")[2], sha256(voice).hexdigest()[:12]) == SPOKEN[purpose]


def test_every_purpose_has_words_short_enough_to_be_read_aloud() -> None:
    assert set(WORDS) == set(rules.PURPOSES)
    for words in WORDS.values():
        assert 60 < len(" ".join(words.texts())) < 450


@pytest.mark.parametrize(("hers", "read"), [("es", "es"), ("en", "en"), ("fr", "es"), ("ht", "es")])
def test_rights_are_read_in_spanish_until_a_language_is_reviewed(hers: str, read: str) -> None:
    words, language = words_as_read(rules.STUDY, hers)
    assert language == read
    assert words.startswith(f"{rules.VERSION}/")
