"""What staff write about a woman in free words is short, and the form says what must never stand there."""

from typing import Any

import pytest
from django.utils.translation import override

from certificates.desk.acta_forms import (
    NO_DETAILS,
    CorrectForm,
    ExceptionsForm,
    LeaveOutForm,
    ReturnForm,
)
from courses import api
from tests.factories.decisions import class_of

LONGEST = 300


def warned(form: Any, name: str) -> bool:
    field = form.fields[name]
    return field.help_text == NO_DETAILS and field.max_length == LONGEST


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (ReturnForm, "reason"),
        (CorrectForm, "reason"),
        (CorrectForm, "exception_reason"),
        (LeaveOutForm, "reason"),
    ],
)
def test_every_reason_is_short_and_warns(form: Any, name: str) -> None:
    assert warned(form(), name)


@pytest.mark.django_db
def test_the_reason_of_an_exception_is_short_and_warns() -> None:
    form = ExceptionsForm(decisions=api.decisions(class_of(1).pk))
    reasons = [name for name in form.fields if name.startswith("reason_")]
    assert len(reasons) == 2
    assert all(warned(form, name) for name in reasons)
    too_long = ExceptionsForm(
        {f"is_exception_{reasons[0][7:]}": "on", reasons[0]: "x" * (LONGEST + 1), "seen": "1"},
        decisions=form.decisions,
    )
    assert reasons[0] in too_long.errors


def test_the_warning_names_what_must_not_stand_there() -> None:
    with override("en"):
        words = str(NO_DETAILS)
    assert all(word in words for word in ("diagnosis", "nationality", "work"))
