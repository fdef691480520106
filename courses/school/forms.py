"""Sessions as staff lay them out: one, or a row of weekly ones."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from courses.attendance.models import ClassSession
from courses.school.actions import SessionPlan


class SessionsForm(forms.Form):
    """What, when and how long; repeated every week `times` times."""

    title = forms.CharField(label=_("Title"), max_length=160)
    modality = forms.ChoiceField(label=_("Modality"), choices=ClassSession.Modality.choices)
    day = forms.DateField(label=_("Day"), widget=AdminDateInput)
    start = forms.TimeField(label=_("Begins at"), widget=AdminTimeInput)
    minutes = forms.IntegerField(
        label=_("Minutes that count"), initial=180, validators=[MinValueValidator(15), MaxValueValidator(720)]
    )
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
        """The sessions asked for, at the same hour of the clock each week in `zone`."""
        facts = self.cleaned_data
        return [
            SessionPlan(
                modality=facts["modality"],
                number=first_number + week,
                title=facts["title"],
                starts_at=datetime.combine(facts["day"] + timedelta(weeks=week), facts["start"], tzinfo=zone),
                minutes=facts["minutes"],
                is_planned=facts["is_planned"],
            )
            for week in range(facts["times"])
        ]
