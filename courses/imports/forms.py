"""A list as staff bring it, and what they decide about it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from courses.imports.reading import MAX_BYTES


class UploadForm(forms.Form):
    """A file, or names that are pasted."""

    file = forms.FileField(
        label=_("File with the list"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or .xlsx, at most 2 MB and 5000 lines. It is read once and not kept."),
    )
    pasted = forms.CharField(
        label=_("Or write or paste the names here"),
        required=False,
        strip=False,
        max_length=MAX_BYTES // 4,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One name on each line."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not (data.get("pasted") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or write the names."))
        return data

    def raw(self) -> bytes:
        """What was given, as bytes; one byte more than allowed of what is too big."""
        given = self.cleaned_data.get("file")
        if given:
            return bytes(given.read(MAX_BYTES + 1))
        return str(self.cleaned_data["pasted"]).encode()


class ConfirmForm(forms.Form):
    """From which day, and what happens with the good lines when others have errors."""

    starts_on = forms.DateField(label=_("First day"), widget=AdminDateInput)
    on_error = forms.ChoiceField(
        label=_("Some lines have errors. What should happen?"),
        choices=[
            ("keep", _("Save the good lines, leave out those with errors")),
            ("drop", _("Save nothing; I correct the list and bring it again")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, has_errors: bool, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", first)
        if not has_errors:
            self.fields["on_error"].required = False
            self.fields["on_error"].label = _("If something goes wrong while it is saved")

    def clean_on_error(self) -> str:
        return str(self.cleaned_data["on_error"] or "keep")
