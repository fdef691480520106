"""What the page of a lesson says while she reads, and what staff choose to take out of a cohort."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.progress.exports import FIELDS, PROPOSED


class PlaceForm(forms.Form):
    """The block she reached, from 0."""

    place = forms.IntegerField(min_value=0, max_value=9999)


class ParticipantsForm(forms.Form):
    """Which fields of the list of participants leave the house; the sensitive ones are never proposed."""

    columns = forms.MultipleChoiceField(
        label=_("Fields"),
        choices=[(one.name, one.label) for one in FIELDS],
        initial=PROPOSED,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Take only what the reader of the list needs."),
    )
    format = forms.ChoiceField(label=_("As"), choices=[("pdf", "PDF"), ("xlsx", _("workbook (XLSX)"))])
