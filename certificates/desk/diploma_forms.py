"""What staff write about diplomas."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates import names
from certificates.awards.models import Certificate, Delivery, Revocation


class RevokeForm(forms.Form):
    """The public category of the reason."""

    reason = forms.ChoiceField(
        label=_("Reason shown to the public"), choices=Revocation.Reason.choices, widget=forms.RadioSelect
    )


class ReplaceForm(forms.Form):
    """The name that the new diploma will carry."""

    name = forms.CharField(label=_("Name on the new diploma"), max_length=120)


class DeliverForm(forms.Form):
    """Which paper was handed over."""

    what = forms.ChoiceField(label=_("What was handed over"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, was_handed_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = Delivery.What.REPRINT if was_handed_over else Delivery.What.DIPLOMA
        offered = [first, Delivery.What.CARD]
        self.fields["what"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]  # a choice field
        self.fields["what"].initial = first


class EraseForm(forms.Form):
    """The folio, typed: so that nobody erases by a slip."""

    folio = forms.CharField(label=_("Type the folio to confirm"), max_length=40)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_folio(self) -> str:
        """The folio; raises ValidationError for any other."""
        typed = str(self.cleaned_data["folio"]).strip()
        if typed.casefold() != self.expected.casefold():
            raise ValidationError(gettext("This is not the folio of this diploma."))
        return typed


class EraseLineForm(forms.Form):
    """Her name as it stands in the acta, typed: so that nobody erases by a slip, or another woman's."""

    name = forms.CharField(
        label=_("Type her name to confirm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_name(self) -> str:
        """The name, accents and case aside; raises ValidationError for any other."""
        typed = str(self.cleaned_data["name"])
        if names.normalise(typed) != names.normalise(self.expected):
            raise ValidationError(gettext("This is not the name on this line."))
        return typed


class BookForm(forms.Form):
    """The book that a series begins with, before its first entry."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Certificate.Kind.choices)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2200)
    book = forms.CharField(
        label=_("Name of the book"), max_length=14, required=False, help_text=_("Empty: the year.")
    )
    pages_a_book = forms.IntegerField(label=_("Pages in a book"), min_value=1, max_value=1000)
