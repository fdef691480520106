"""What a visitor types."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates import codes


class CodeForm(forms.Form):
    """A verification code as it stands on the paper; spaces, dashes and lower case do not matter."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The code has 16 letters and numbers. It is printed beside the square drawing (QR)."),
        strip=True,
        widget=forms.TextInput(
            attrs={
                "class": "code-input",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "maxlength": codes.LONGEST_INPUT,
            }
        ),
    )

    def clean_code(self) -> str:
        """The code in its stored form; the check character is tried before anything is looked up."""
        try:
            return codes.normalise(self.cleaned_data["code"])
        except codes.MistypedCode as error:
            raise ValidationError(
                _("Check what you typed: a letter or a number of the code is not right."), code="mistyped"
            ) from error
