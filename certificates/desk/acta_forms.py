"""What staff write about actas."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.actas.forms import OficioForm as AuthorityOficioForm
from certificates.actas.models import ReviewAnswer
from courses import api

NO_DETAILS = _(
    "No diagnosis, nationality, work, family or migration details: whoever reads it does not need them."
)
SMALL = forms.Textarea(attrs={"rows": 3})


class ProposeForm(forms.Form):
    """Which cohort to decide about."""

    cohort = forms.TypedChoiceField(label=_("Cohort"), coerce=int)

    def __init__(self, *args: Any, cohorts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].choices = [("", _("Choose a cohort")), *cohorts]  # type: ignore[attr-defined]  # a choice field


class ExceptionsForm(forms.Form):
    """For each person whether the decision is the opposite of what the rule says, and why."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, decisions: Sequence[api.DecisionFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decisions = decisions
        for one in decisions:
            self.fields[f"is_exception_{one.enrolment_id}"] = forms.BooleanField(
                label=_("Exception: she does not graduate")
                if one.is_complete
                else _("Exception: she graduates"),
                required=False,
            )
            self.fields[f"reason_{one.enrolment_id}"] = forms.CharField(
                label=_("Reason"), help_text=NO_DETAILS, max_length=300, required=False
            )

    def clean(self) -> dict[str, Any]:
        """An exception has a reason, and a reason belongs to an exception."""
        data = super().clean() or {}
        for one in self.decisions:
            reason = data.get(f"reason_{one.enrolment_id}")
            if data.get(f"is_exception_{one.enrolment_id}") and not reason:
                self.add_error(f"reason_{one.enrolment_id}", gettext("An exception needs a reason."))
            elif reason and not data.get(f"is_exception_{one.enrolment_id}"):
                self.add_error(
                    f"is_exception_{one.enrolment_id}",
                    gettext("Mark the exception, or take away its reason."),
                )
        return data

    def rows(self) -> list[dict[str, Any]]:
        """Each decision with its two fields, for the template."""
        return [
            {
                "decision": one,
                "unmet": [item for item in one.evidence if not item.is_met],
                "mark": self[f"is_exception_{one.enrolment_id}"],
                "reason": self[f"reason_{one.enrolment_id}"],
            }
            for one in self.decisions
        ]

    def exceptions(self) -> dict[UUID, str]:
        """enrolment → reason. Call it on a valid form."""
        return {
            one.enrolment_id: self.cleaned_data[f"reason_{one.enrolment_id}"]
            for one in self.decisions
            if self.cleaned_data[f"is_exception_{one.enrolment_id}"]
        }


class ApproveForm(forms.Form):
    """That the exceptions were read; not asked where there are none."""

    has_read_exceptions = forms.BooleanField(label=_("I read the exceptions and their reasons"))

    def __init__(self, *args: Any, has_exceptions: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_exceptions:
            del self.fields["has_read_exceptions"]


class ReturnForm(forms.Form):
    """Why an acta goes back to the coordinator."""

    reason = forms.CharField(
        label=_("What must be corrected"), max_length=300, widget=SMALL, help_text=NO_DETAILS
    )


class ReasonForm(forms.Form):
    """Why the diplomas do not wait for the authority."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=SMALL,
        help_text=_("It stays in the record with your name and the date."),
    )


class RecordedOficioForm(AuthorityOficioForm):
    """The oficio as it came on paper, and that whoever writes it down has read it all once more."""

    has_compared = forms.BooleanField(
        label=_("The lines, the number, the date and the file are those of her oficio"),
        error_messages={"required": _("Compare them with her oficio, then mark this.")},
    )


class CorrectForm(forms.Form):
    """How a line must stand."""

    name = forms.CharField(label=_("Name on the paper"), max_length=120)
    reason = forms.CharField(
        label=_("Why it is corrected"), max_length=300, widget=SMALL, help_text=NO_DETAILS
    )
    exception_reason = forms.CharField(
        label=_("Reason for an exception"), help_text=NO_DETAILS, max_length=300, required=False, widget=SMALL
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class LeaveOutForm(forms.Form):
    """Why a line gets no diploma."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=SMALL, help_text=NO_DETAILS)


class ReviewAnswerForm(forms.Form):
    """What came of a review, in words for her."""

    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=ReviewAnswer.Outcome, widget=forms.RadioSelect
    )
    explanation = forms.CharField(
        label=_("Explain it to her"),
        max_length=300,
        widget=SMALL,
        help_text=_("One or two simple, kind sentences. She reads them on her page."),
    )
