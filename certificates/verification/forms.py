"""What a visitor types or drops, and what a holder chooses."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from certificates import codes, names, payload
from certificates.verification.actions import DAYS

FOLIO = re.compile(r"\s*[A-Za-z]{1,10}\s*-\s*\d{4}\s*-\s*\d{1,6}\s*")  # as it is printed: EPS-2026-0007


def what_is_wrong(code: str) -> str:
    """What is not right about a mistyped code: too short, too long, or a wrong character."""
    count = codes.count(code)
    if FOLIO.fullmatch(code):
        return str(_("This is the folio. The code has 16 letters and numbers and stands beside it."))
    if not count:
        return str(_("Write the code as it is printed on the paper."))
    if count < codes.LENGTH:
        missing = codes.LENGTH - count
        return ngettext(
            "The code is too short: %(missing)d letter or number is missing. Copy all %(all)d of them.",
            "The code is too short: %(missing)d letters or numbers are missing. Copy all %(all)d of them.",
            missing,
        ) % {"missing": missing, "all": codes.LENGTH}
    if count > codes.LENGTH:
        return str(_("The code is too long: it has only %(all)d letters and numbers.")) % {
            "all": codes.LENGTH
        }
    return str(_("Check what you typed: a letter or a number of the code is not right."))


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
            raise ValidationError(what_is_wrong(self.cleaned_data["code"]), code="mistyped") from error


class NameForm(forms.Form):
    """The name on the paper; accents, capitals and punctuation do not matter."""

    name = forms.CharField(
        label=_("Name on the paper"),
        help_text=_("Write it whole, as it is printed. Accents and capital letters do not matter."),
        max_length=payload.LONGEST_NAME,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}
        ),
    )

    def clean_name(self) -> str:
        """A name with at least one letter."""
        name: str = self.cleaned_data["name"]
        if not names.normalise(name):
            raise ValidationError(_("Write the name as it is printed."), code="empty")
        return name


class FileForm(forms.Form):
    """A PDF to check."""

    file = forms.FileField(
        label=_("PDF file of the diploma"),
        help_text=_("We look at it in memory and keep nothing. At most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Choose a PDF file."),
            "empty": _("This file is empty."),
        },
    )


class ShareForm(forms.Form):
    """For how long a link works, and whether it shows her name."""

    days = forms.TypedChoiceField(
        label=_("How long it works"),
        coerce=int,
        choices=[
            (days, ngettext_lazy("%(days)d day", "%(days)d days", days) % {"days": days}) for days in DAYS
        ],
        initial=7,
    )
    shows_name = forms.BooleanField(label=_("Show my name"), required=False, initial=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
