"""What staff give: a course, or questions."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from courses.moving.qti.reading import LIMITS


class CourseFileForm(forms.Form):
    """A package. It is looked at by a worker, not here."""

    file = forms.FileField(
        label=_("File of the course"),
        allow_empty_file=True,
        help_text=_("A ZIP that «Take this course along» made, in this house or another one."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.COURSE_FILE_MAX_BYTES:
            most = filesizeformat(settings.COURSE_FILE_MAX_BYTES)
            raise forms.ValidationError(_("It weighs too much: at most %(most)s.") % {"most": most})
        return file


class QuestionsFileForm(forms.Form):
    """Questions from another program."""

    file = forms.FileField(
        label=_("File with questions"),
        allow_empty_file=True,
        help_text=_("A QTI 3 package (.zip), or one question in QTI 3 (.xml)."),
        widget=forms.FileInput(attrs={"accept": ".zip,.xml,application/zip,application/xml"}),
    )
    title = forms.CharField(
        label=_("What the new bank is called"),
        required=False,
        max_length=160,
        help_text=_("Empty: as the file calls it."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.file:
            raise forms.ValidationError(
                _("It weighs too much: at most %(most)s.") % {"most": filesizeformat(LIMITS.file)}
            )
        return file
