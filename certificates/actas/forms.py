"""What the authority's officer and a trainee write about an acta."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.actas.models import ReviewRequest
from certificates.actas.oficio import check_pdf
from certificates.actas.summary import Graduate
from certificates.errors import Refused
from courses.staff import DayInput

ACCEPT, RETURN, LATER = "accept", "return", "later"
CHOICES = [(ACCEPT, _("Accept")), (RETURN, _("Return")), (LATER, _("Later"))]


def vote_field(line: int) -> str:
    """The name of a line's answer on the form: it tells nobody how many lines lie between two."""
    return f"line_{_opaque(line)}"


def reason_field(line: int) -> str:
    """The name of a line's reason on the form."""
    return f"reason_{_opaque(line)}"


def _opaque(line: int) -> str:
    return salted_hmac("certificates.actas.line", str(line), algorithm="sha256").hexdigest()[:12]


class AnswerForm(forms.Form):
    """One answer for each line that waits: accepted, returned with a reason, or left for a later oficio."""

    def __init__(self, *args: Any, waiting: list[Graduate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        for one in waiting:
            self.fields[vote_field(one.line.pk)] = forms.ChoiceField(
                label=one.name, choices=CHOICES, initial=ACCEPT, widget=forms.RadioSelect
            )
            self.fields[reason_field(one.line.pk)] = forms.CharField(
                label=_("Why you return it"), max_length=300, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Every return has a reason, and at least one line is answered."""
        data = super().clean() or {}
        for one in self.waiting:
            if data.get(vote_field(one.line.pk)) == RETURN and not data.get(reason_field(one.line.pk)):
                self.add_error(reason_field(one.line.pk), gettext("Write why you return this line."))
        if all(data.get(vote_field(one.line.pk)) == LATER for one in self.waiting):
            raise ValidationError(gettext("Answer at least one line."))
        return data

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its two fields, for the template."""
        return [
            {
                "graduate": one,
                "choice": self[vote_field(one.line.pk)],
                "reason": self[reason_field(one.line.pk)],
            }
            for one in self.waiting
        ]

    def chosen(self, choice: str) -> list[Graduate]:
        """The lines that were answered so. Call it on a valid form."""
        return [one for one in self.waiting if self.cleaned_data[vote_field(one.line.pk)] == choice]

    @property
    def accepted(self) -> list[Graduate]:
        """The lines she accepts."""
        return self.chosen(ACCEPT)

    @property
    def returned(self) -> list[tuple[Graduate, str]]:
        """The lines she returns, each with its reason."""
        return [(one, self.cleaned_data[reason_field(one.line.pk)]) for one in self.chosen(RETURN)]

    @property
    def later(self) -> list[Graduate]:
        """The lines that go on waiting."""
        return self.chosen(LATER)

    def kept(self) -> list[tuple[str, str]]:
        """(name, value) of everything chosen, to carry through the page that asks once more."""
        return [(name, str(value)) for name, value in self.cleaned_data.items() if value]

    def decisions(self) -> dict[str, Any]:
        """What the action wants."""
        return {
            "accepted": [one.line.pk for one in self.accepted],
            "returned": {one.line.pk: reason for one, reason in self.returned},
        }


class OficioForm(forms.Form):
    """The authority's paper: its number, its date and the scan. Not asked for when nothing is accepted.

    Whatever is wrong is said at once: a date in the future and a file that is no PDF in one go.
    """

    oficio_number = forms.CharField(
        label=_("Oficio number"), max_length=60, error_messages={"required": _("Write the oficio's number.")}
    )
    oficio_date = forms.DateField(
        label=_("Oficio date"),
        widget=DayInput(),
        error_messages={
            "required": _("Write the oficio's date."),
            "invalid": _("Write the oficio's date with its day, month and year."),
        },
    )
    oficio = forms.FileField(
        label=_("Oficio as PDF"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Attach the oficio as PDF: without it no line is accepted."),
            "empty": _("The file is empty."),
        },
    )

    def __init__(self, *args: Any, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oficio"].help_text = gettext("A scan as PDF, at most %(limit)d MB.") % {
            "limit": settings.OFICIO_MAX_BYTES // 1024 // 1024
        }
        for field in self.fields.values():
            field.required = is_needed

    def clean_oficio_date(self) -> date | None:
        """The day of the oficio, which has come."""
        day: date | None = self.cleaned_data["oficio_date"]
        if day is not None and day > localdate():
            raise ValidationError(gettext("The oficio's date lies in the future."))
        return day

    def clean_oficio(self) -> Any:
        """The file, which is a PDF; the action reads it once more."""
        file = self.cleaned_data["oficio"]
        if file:
            try:
                check_pdf(file)
            except Refused as error:
                raise ValidationError(str(error)) from error
            file.seek(0)
        return file


class ReviewForm(forms.Form):
    """What a review should be about: one choice, no words that tell more than she wants."""

    about = forms.ChoiceField(
        label=_("What is it about?"), choices=ReviewRequest.About, widget=forms.RadioSelect
    )
