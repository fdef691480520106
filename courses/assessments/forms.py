"""What comes from the page: points for every step of a practical, the answers of a test."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.assessments.models import Attempt
from courses.assessments.rules import WORDS
from courses.errors import Refused

STEP = "step-"
CONTROLS = {"csrfmiddlewaretoken", "go", "save"}  # what a sheet sends beside answers


def scores_from(post: Mapping[str, str]) -> dict[str, int]:
    """The points of each step. Raises Refused for something that is not a whole number."""
    try:
        return {name.removeprefix(STEP): int(value) for name, value in post.items() if name.startswith(STEP)}
    except ValueError as error:
        raise Refused(_("The points of a step are outside the scale. Nothing was saved.")) from error


def second_from(post: Mapping[str, str], assessors: Any) -> Any:
    """Who assessed beside her, or nobody. Raises Refused for someone who is not on the list."""
    chosen = post.get("second", "")
    if not chosen:
        return None
    is_id = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
    found = assessors.filter(pk=int(chosen)).first() if is_id else None
    if found is None:
        raise Refused(_("The second assessor does not belong to this cohort. Choose one from the list."))
    return found


def event_from(post: Mapping[str, str]) -> UUID | None:
    """The id that this page was given, so that the same page sent twice counts once."""
    try:
        return UUID(post.get("event", ""))
    except ValueError:
        return None


def answers_from(post: Mapping[str, str]) -> dict[str, str]:
    """Question id → option id, as sent; the action refuses what does not belong to the sheet."""
    return {name: value for name, value in post.items() if name not in CONTROLS}


class SheetForm(forms.Form):
    """The questions of an attempt as shown, one choice each, with the answers saved so far."""

    def __init__(self, attempt: Attempt, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="%s", initial=attempt.answers)
        self.attempt = attempt
        for number, question in enumerate(attempt.questions, start=1):
            if question.get("is_text"):
                self.fields[question["id"]] = forms.CharField(
                    label=_("Question %(number)d") % {"number": number},
                    max_length=WORDS,
                    widget=forms.Textarea,
                    error_messages={"required": gettext_lazy("Write your answer, in your own words.")},
                )
                continue
            choose = gettext_lazy("Choose one of the answers.")
            self.fields[question["id"]] = forms.ChoiceField(
                label=_("Question %(number)d") % {"number": number},
                choices=[(option["id"], option["text"]) for option in question["options"]],
                widget=forms.RadioSelect,
                error_messages={"required": choose, "invalid_choice": choose},
            )

    @property
    def has_words(self) -> bool:
        """Whether a person must read something before there is a result."""
        return any(question.get("is_text") for question in self.attempt.questions)

    def place_of_words_refused(self) -> int | None:
        """The number of the first question whose words cannot be kept as they are, so that she sees them."""
        for number, question in enumerate(self.attempt.questions, start=1):
            if question.get("is_text") and self[question["id"]].value() and self[question["id"]].errors:
                return number
        return None

    def questions(self) -> list[dict[str, Any]]:
        """Each question as a screen shows it; `selected` and `answer`: what she chose, as id and in words."""
        shown = []
        for number, question in enumerate(self.attempt.questions, start=1):
            field = self[question["id"]]
            choices = [(option["id"], option["text"]) for option in question["options"]]
            shown.append(
                {
                    "name": question["id"],
                    "number": number,
                    "text": question["text"],
                    "choices": choices,
                    "selected": field.value(),
                    "answer": field.value() if question.get("is_text") else dict(choices).get(field.value()),
                    "is_text": question.get("is_text", False),
                    "most": WORDS,
                    "error": field.errors[0] if field.errors else "",
                    "audio": question.get("audio"),
                }
            )
        return shown
