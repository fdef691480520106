"""What comes from the page: points for every step of a practical, the answers of a test."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.assessments.models import Attempt
from courses.errors import Refused

STEP = "step-"
QUESTION = "q-"


def scores_from(post: Mapping[str, str]) -> dict[str, int]:
    """The points of each step. Raises Refused for something that is not a whole number."""
    try:
        return {name.removeprefix(STEP): int(value) for name, value in post.items() if name.startswith(STEP)}
    except ValueError as error:
        raise Refused(_("The points of a step are outside the scale. Nothing was saved.")) from error


class SheetForm(forms.Form):
    """The questions of an attempt as shown, one choice each."""

    def __init__(self, attempt: Attempt, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="%s")
        for number, question in enumerate(attempt.questions, start=1):
            choose = gettext_lazy("Choose one of the answers.")
            self.fields[QUESTION + question["id"]] = forms.ChoiceField(
                label=_("Question %(number)d") % {"number": number},
                help_text=question["text"],
                choices=[(option["id"], option["text"]) for option in question["options"]],
                widget=forms.RadioSelect,
                error_messages={"required": choose, "invalid_choice": choose},
            )

    def answers(self) -> dict[str, str]:
        """Question id → option id, as sent; the action refuses what does not belong to the sheet."""
        return {
            name.removeprefix(QUESTION): str(self.data[name])
            for name in self.data
            if name.startswith(QUESTION)
        }
