"""What the page of a lesson says while she reads."""

from django import forms


class PlaceForm(forms.Form):
    """The block she reached, from 0."""

    place = forms.IntegerField(min_value=0, max_value=9999)
