"""What staff choose when they issue and hand over."""

from django import forms


class UUIDList(forms.Field):
    """Any number of UUIDs under one name."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: object) -> object:
        """The UUIDs; raises ValidationError for anything else."""
        one = forms.UUIDField()
        return [one.clean(item) for item in (value if isinstance(value, list) else [])]


class DeliverForm(forms.Form):
    """Whose papers were handed over."""

    award = UUIDList(required=False)
