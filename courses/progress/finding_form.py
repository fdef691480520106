"""What she looks for in her lessons."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FindingForm(forms.Form):
    """A word or some. The phone is shared: it must not offer them to who comes after her."""

    words = forms.CharField(
        label=_("What are you looking for?"),
        max_length=80,
        help_text=_("One word is enough. Nobody sees what you look for and it is not kept."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autocapitalize": "none"}),
    )
