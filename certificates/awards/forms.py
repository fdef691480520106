"""What a holder decides about her diploma."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.awards.choices import Open


class IssuerForm(forms.Form):
    """One of the names that her diploma may show; the second time she confirms it."""

    issuer = forms.ChoiceField(label=_("Who stands on your diploma"), widget=forms.RadioSelect)
    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choice: Open, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].choices = [(name, name) for name in choice.options.allowed]  # type: ignore[attr-defined]  # a choice field
        self.fields["issuer"].initial = choice.chosen


class NameShownForm(forms.Form):
    """Whether her name shows to whoever verifies."""

    is_shown = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")
