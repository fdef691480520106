"""What each purpose means, in plain words. They are read aloud too (static/courses/consents/, es)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from courses.consents import rules


@dataclass(frozen=True)
class Words:
    """A purpose as she reads it: what is asked, what is done, and what a «no» changes."""

    title: Any
    what: Any
    without: Any

    def texts(self) -> tuple[str, ...]:
        return (str(self.title), str(self.what), str(self.without))


WORDS: dict[str, Words] = {
    rules.STUDY: Words(
        _("Studying in this school"),
        _(
            "To teach you, the school keeps the name you use, your attendance, the lessons you finish and "
            "your results. Your trainers and your coordinator see them. Nobody outside the school does."
        ),
        _(
            "Without this you cannot go on in the course: if you say no, you leave it. What you did stays "
            "yours. You can take a copy, or have it erased."
        ),
    ),
    rules.CERTIFICATE: Words(
        _("Your diploma"),
        _(
            "To give you a diploma, the school writes your name, your hours and the course in its register. "
            "The health authority sees the list of those who graduate."
        ),
        _(
            "Without this you go on studying, and no diploma is prepared for you. A diploma that you already "
            "have stays valid."
        ),
    ),
    rules.VERIFICATION: Words(
        _("Your name when somebody checks your diploma"),
        _(
            "Whoever checks your diploma by its code sees that it is valid. With your yes "
            "they see your name too."
        ),
        _(
            "Without this they see no name. They can only write one, and are told whether it is the same. "
            "Your diploma is worth the same."
        ),
    ),
    rules.PHOTO: Words(
        _("Photographs of you"),
        _(
            "Today no photograph of you is kept here. With your yes, the school may ask you some day, and "
            "asks again each time."
        ),
        _("Without this nobody takes your photograph. Nothing else changes."),
    ),
    rules.DONOR: Words(
        _("Being counted for those who pay for the course"),
        _(
            "Those who pay for the course get numbers: how many women study and how many finish. With your "
            "yes you are counted. Your name is never told."
        ),
        _("Without this you are not counted. Nothing else changes."),
    ),
}


def language_read(language: str) -> str:
    """The language in which rights are read to whoever speaks `language`: Spanish until it is reviewed."""
    return language if language.split("-")[0] in settings.REVIEWED_LANGUAGES else "es"


def words_as_read(purpose: str, language: str) -> tuple[str, str]:
    """Which words of this purpose stand on the screen of whoever speaks `language`, and in which language."""
    shown = language_read(language)
    with translation.override(shown):
        return rules.words_id(WORDS[purpose].texts()), shown
