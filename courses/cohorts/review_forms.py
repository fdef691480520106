"""What somebody decides about an overdue lesson, and whom a changed test or rubric reaches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.pages.models import LessonPage, LessonReview
from courses.staff import DayInput

Kind = LessonReview.Kind


class DecisionForm(forms.Form):
    """Keep it until a day, or hide it; why."""

    kind = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.KEEP, _("It stays, until somebody reviews it again")),
            (Kind.HIDE, _("Hide it from trainees until somebody approves it or decides that it stays")),
        ],
    )
    until = forms.DateField(
        label=_("It stays until"),
        required=False,
        widget=DayInput(),
        help_text=_("Only if it stays: on that day it is listed as overdue again."),
    )
    note = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReachForm(forms.Form):
    """Later cohorts only, unless somebody says otherwise."""

    reach = forms.ChoiceField(
        label=_("This change reaches"),
        widget=forms.RadioSelect,
        choices=LessonPage.Reach.choices,
        initial=LessonPage.Reach.LATER,
    )
    needs_rereading = forms.BooleanField(
        label=_("They should read it again"),
        required=False,
        help_text=_("Who finished it sees that there is something new. It stays finished."),
    )

    def __init__(self, *args: Any, asks_reading: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_reading:
            del self.fields["needs_rereading"]
