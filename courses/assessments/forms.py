"""What comes from the page: points for every step of a practical, the answers of a test."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from courses.assessments import kinds
from courses.assessments.models import Attempt
from courses.assessments.rules import WORDS
from courses.errors import Refused
from courses.pages.neutral import neutral_address

STEP = "step-"
ADDRESSES = ("slug", "code")  # of a test, of a practical: they stand in the address that she opens
CONTROLS = {"csrfmiddlewaretoken", "go", "save"}  # what a sheet sends beside answers


class NeutralAddressForm(WagtailAdminModelForm):
    """A test or rubric, under an address that tells nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & set(ADDRESSES):
            self.fields[name].validators = [*self.fields[name].validators, neutral_address]


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


def answers_from(post: QueryDict) -> dict[str, str]:
    """Question id → answer, from the fields of a sheet; the action refuses what does not belong to it.

    Several ticks of a question become one text, and so do its lines: "line:what was chosen" (kinds).
    """
    found: dict[str, list[str]] = {}
    for name in post:
        question, colon, line = name.partition(":")
        if question in CONTROLS:
            continue
        given = [f"{line}:{value}" if colon else value for value in post.getlist(name) if value]
        found.setdefault(question, []).extend(given)
    return {question: ",".join(given) for question, given in found.items()}


MISSING = {
    kinds.SINGLE: gettext_lazy("Choose one of the answers."),
    kinds.TRUE_FALSE: gettext_lazy("Choose one of the answers."),
    kinds.MULTIPLE: gettext_lazy("Choose one answer or more."),
    kinds.ORDERING: gettext_lazy("Give each line its own number, from first to last."),
    kinds.MATCHING: gettext_lazy("Choose what belongs to each line."),
    kinds.NUMERIC: gettext_lazy("Write a number, for example 28 or 2.5."),
    kinds.SHORT_ANSWER: gettext_lazy("Write your answer, in your own words."),
}


class AnswerField(forms.Field):
    """The answer to one question as shown, as a text (kinds)."""

    def __init__(self, question: dict[str, Any], number: int) -> None:
        super().__init__(label=_("Question %(number)d") % {"number": number})
        self.question = question

    def clean(self, value: Any) -> str:
        try:
            kept = kinds.read(self.question, value or "")
        except kinds.Unreadable as error:
            if error.is_too_long:
                raise ValidationError(
                    _("Your answer is too long: %(most)d characters at most.")
                    % {"most": most_of(self.question)}
                ) from error
            raise ValidationError(MISSING[kinds.kind_of(self.question)]) from error
        if not kinds.is_answered(self.question, kept):
            raise ValidationError(MISSING[kinds.kind_of(self.question)])
        return kept


def most_of(question: dict[str, Any]) -> int:
    """How many characters an answer that is typed may have."""
    return WORDS if kinds.is_words(question) else kinds.NUMBER


class SheetForm(forms.Form):
    """The questions of an attempt as shown, with the answers saved so far."""

    def __init__(self, attempt: Attempt, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="%s", initial=attempt.answers)
        self.attempt = attempt
        for number, question in enumerate(attempt.questions, start=1):
            self.fields[question["id"]] = AnswerField(question, number)

    @property
    def has_words(self) -> bool:
        """Whether a person must read something before there is a result."""
        return any(map(kinds.is_words, self.attempt.questions))

    def place_refused(self) -> int | None:
        """The number of the first question whose answer cannot be kept as it is, so that she sees it."""
        for number, question in enumerate(self.attempt.questions, start=1):
            if _kept(question, str(self[question["id"]].value() or "")) is None:
                return number
        return None

    def questions(self) -> list[dict[str, Any]]:
        """Each question as a screen shows it; `lines`: what she gave, in words."""
        return [
            self._question(number, question)
            for number, question in enumerate(self.attempt.questions, start=1)
        ]

    def _question(self, number: int, question: dict[str, Any]) -> dict[str, Any]:
        field = self[question["id"]]
        answer = str(field.value() or "")
        readable = _kept(question, answer)
        kept = readable or ""
        return {
            "name": question["id"],
            "number": number,
            "kind": kinds.kind_of(question),
            "text": question["text"],
            "audio": question.get("audio"),
            "picture": question.get("picture"),
            "unit": question.get("unit", ""),
            "most": most_of(question),
            "value": answer if readable is None else kept,
            "is_answered": kinds.is_answered(question, kept),
            "lines": kinds.said(question, kept),
            "missing": MISSING[kinds.kind_of(question)],
            "error": field.errors[0] if field.errors else "",
            **_fields(question, kept),
        }


def _kept(question: dict[str, Any], answer: str) -> str | None:
    """An answer as it is kept; None where it cannot be."""
    try:
        return kinds.read(question, answer) if answer else ""
    except kinds.Unreadable:
        return None


def _fields(question: dict[str, Any], answer: str) -> dict[str, Any]:
    """What she can choose from, with what she chose: options, or lines each with their own choices."""
    if question.get("items"):
        numbers = [(str(place), str(place)) for place in range(1, len(question["items"]) + 1)]
        return {"rows": _rows(question["items"], numbers, kinds.places_of(question, answer))}
    if question.get("left"):
        partners = list(zip("ABCDEFGH", question["right"], strict=False))
        choices = [(one["id"], f"{letter}. {one['text']}") for letter, one in partners]
        rows = _rows(question["left"], choices, kinds.places_of(question, answer))
        return {"rows": rows, "partners": [(letter, one["text"]) for letter, one in partners]}
    chosen = set(answer.split(","))
    return {"options": [{**option, "is_chosen": option["id"] in chosen} for option in question["options"]]}


def _rows(
    lines: list[dict[str, str]], choices: list[tuple[str, str]], given: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [{**line, "choices": choices, "selected": given.get(line["id"], "")} for line in lines]
