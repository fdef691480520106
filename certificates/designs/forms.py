"""A design as it is written in the admin, and pictures as they are uploaded for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from certificates.designs import uploads
from certificates.designs.actions import keep_picture
from certificates.designs.models import DesignPicture

REFUSALS = {
    uploads.NotAPicture: _("This file is not a PNG, JPEG or WebP picture."),
    uploads.TooLarge: _("This picture is too large: at most 3 MB and 20 million pixels."),
    uploads.TooSmall: _("This picture is too small to be printed: at least 60 pixels along one edge."),
}


class DesignForm(WagtailAdminModelForm):
    """Each language at most once; nothing that tells the issuer in a design for every issuer."""

    class Media:
        js = ("certificates/design-form.js",)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        languages = [row["language"].value() for row in self._rows("texts")]
        if len(languages) != len(set(languages)):
            self.add_error(None, _("A language stands in the texts twice."))
        tells = self._rows("logos") or self._rows("signatories") or cleaned.get("seal")
        if tells and not cleaned.get("organisation"):
            self.add_error(
                "organisation",
                _(
                    "Choose the issuer. Logos, a seal and people who sign tell who issued a diploma, "
                    "and a woman may have chosen another issuer to be shown."
                ),
            )
        return cleaned

    def _rows(self, name: str) -> list[Any]:
        """The rows of a list that stay and are not empty; they are cleaned after this form."""
        rows = self.formsets[name].forms
        filled = [row for row in rows if row.instance.pk or row.has_changed()]
        return [row for row in filled if "DELETE" not in row.fields or not row["DELETE"].value()]


class PictureForm(forms.ModelForm[DesignPicture]):
    """A picture from this computer; what is kept of it are its points alone."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "PNG (it may be transparent), JPEG or WebP, up to 3 MB. "
            "Drawn signatures: dark ink on white or on nothing."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    class Meta:
        model = DesignPicture
        fields = ("name",)

    def clean(self) -> dict[str, Any] | None:
        """Keep the picture at once: whoever uploads the same one again gets the one that is there."""
        cleaned = super().clean() or {}
        if "file" in cleaned and "name" in cleaned:
            try:
                self.instance = keep_picture(name=cleaned["name"], file=cleaned["file"])
            except tuple(REFUSALS) as error:
                self.add_error("file", REFUSALS[type(error)])
        return cleaned

    def save(self, commit: bool = True) -> DesignPicture:
        """The picture that is kept already."""
        return self.instance
