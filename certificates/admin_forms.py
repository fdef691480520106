"""What staff write about actas and diplomas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from certificates.models import Revocation


class ProposeForm(forms.Form):
    """Which cohort to decide about."""

    cohort = forms.TypedChoiceField(label=_("Cohort"), coerce=int)

    def __init__(self, *args: Any, cohorts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].choices = [("", _("Choose a cohort")), *cohorts]  # type: ignore[attr-defined]  # a choice field


class OficioForm(forms.Form):
    """The authority's paper: its number, its date and the scan."""

    oficio_number = forms.CharField(label=_("Oficio number"), max_length=60)
    oficio_date = forms.DateField(label=_("Oficio date"), widget=AdminDateInput)
    oficio = forms.FileField(
        label=_("Oficio as PDF"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=_("A scan as PDF, at most 10 MB. Only staff who handle this acta can open it."),
    )


class ReasonForm(forms.Form):
    """Why the diplomas do not wait for the authority."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the record with your name and the date."),
    )


class RevokeForm(forms.Form):
    """The public category of the reason."""

    reason = forms.ChoiceField(
        label=_("Reason shown to the public"), choices=Revocation.Reason.choices, widget=forms.RadioSelect
    )


class ReplaceForm(forms.Form):
    """The name that the new diploma will carry."""

    name = forms.CharField(label=_("Name on the new diploma"), max_length=120)
