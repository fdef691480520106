"""Sessions as staff lay them out and change them, and who gives them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession
from courses.people.rules import account_name
from courses.school.actions import SessionPlan, clock_time
from courses.staff import DayInput, HourInput

SENSIBLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]
LENGTH = [MinValueValidator(15), MaxValueValidator(720)]  # minutes


class SessionsForm(forms.Form):
    """What, when and how long; repeated every week `times` times."""

    title = forms.CharField(label=_("Title"), max_length=160)
    modality = forms.ChoiceField(label=_("Modality"), choices=ClassSession.Modality.choices)
    day = forms.DateField(label=_("Day"), widget=DayInput, validators=SENSIBLE)
    start = forms.TimeField(label=_("Begins at"), widget=HourInput)
    minutes = forms.IntegerField(label=_("Minutes that count"), initial=180, validators=LENGTH)
    times = forms.IntegerField(
        label=_("How many, one each week"),
        initial=1,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    is_planned = forms.BooleanField(
        label=_("Counts in the plan"),
        initial=True,
        required=False,
        help_text=_("An extra session credits hours but does not enter the plan."),
    )

    def plans(self, zone: ZoneInfo, first_number: int) -> list[SessionPlan]:
        """The sessions asked for, at the same hour of the clock each week in `zone`. Raises Refused."""
        facts = self.cleaned_data
        return [
            SessionPlan(
                modality=facts["modality"],
                number=first_number + week,
                title=facts["title"],
                starts_at=clock_time(facts["day"] + timedelta(weeks=week), facts["start"], zone),
                minutes=facts["minutes"],
                is_planned=facts["is_planned"],
            )
            for week in range(facts["times"])
        ]


class MoveForm(forms.Form):
    """The new day, hour and length of a session."""

    day = forms.DateField(label=_("Day"), widget=DayInput, validators=SENSIBLE)
    start = forms.TimeField(label=_("Begins at"), widget=HourInput)
    minutes = forms.IntegerField(label=_("Minutes that count"), validators=LENGTH)

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The moment asked for. Raises Refused for an hour that does not exist that day."""
        return clock_time(self.cleaned_data["day"], self.cleaned_data["start"], zone)


class TrainerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A trainer by the name of her account."""

    def label_from_instance(self, obj: Any) -> str:
        return account_name(obj)


class JoinForm(forms.Form):
    """Which trainer joins the cohort."""

    trainer = TrainerField(None, label=_("Trainer"), empty_label=_("Choose a trainer"))

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["trainer"]
        field.queryset = among


class SubstituteForm(forms.Form):
    """Who gives this one session; nobody takes a substitution back."""

    trainer = TrainerField(
        None,
        label=_("Who gives this session"),
        required=False,
        empty_label=_("The trainers of the cohort, as always"),
    )

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["trainer"]
        field.queryset = among
