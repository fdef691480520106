"""What is chosen for a phone."""

from collections.abc import Iterator

from django import forms

TEXT_SIZES = ("small", "normal", "large")


class ThisPhoneForm(forms.Form):
    """One choice or more; what is left out stays as it was."""

    text_size = forms.ChoiceField(choices=[(size, size) for size in TEXT_SIZES], required=False)
    shared_phone = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)

    def chosen(self) -> Iterator[tuple[str, str]]:
        """Each choice that was made, by the name of its cookie."""
        return ((name, value) for name, value in self.cleaned_data.items() if value)
