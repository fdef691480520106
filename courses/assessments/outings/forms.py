"""An outing as the page sends it: a pair of the cohort, and the hours they went out and came back."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.assessments.outings import rules
from courses.cohorts.models import Enrolment


class OutingForm(forms.Form):
    """Who went, with whom, from when to when. `zone` is the cohort's, `day` the session's."""

    woman = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(), label=_("Who went out"), empty_label=_("Choose a name")
    )
    companion = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(),
        label=_("Together with"),
        required=False,
        empty_label=_("Nobody of the cohort"),
    )
    begins = forms.TimeField(
        label=_("Went out at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Came back at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, women: Any, day: date, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.zone = day, zone
        for name in ("woman", "companion"):
            self.fields[name].queryset = women  # type: ignore[attr-defined]  # a ModelChoiceField

    def pair(self) -> tuple[Enrolment, Enrolment | None]:
        """Both of the pair, or the one alone."""
        return self.cleaned_data["woman"], self.cleaned_data["companion"]

    def span(self) -> tuple[datetime, datetime]:
        """From when to when, by the clock where the cohort meets."""
        return rules.span(self.day, self.cleaned_data["begins"], self.cleaned_data["ends"], self.zone)
