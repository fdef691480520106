"""What staff write about cohorts: the cohort itself, and who joins and leaves it."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person

FROZEN = ("course", "issuer", "ally", "authority", "time_zone")


class CohortForm(forms.ModelForm[Cohort]):
    """A cohort; what an open one has frozen can be read but not changed."""

    class Meta:
        model = Cohort
        fields = (
            "name",
            "course",
            "place_code",
            "starts_on",
            "ends_on",
            "time_zone",
            "seats",
            "trainers",
            "issuer",
            "ally",
            "authority",
        )
        widgets = {
            "starts_on": AdminDateInput,
            "ends_on": AdminDateInput,
            "trainers": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        trainers: Any = self.fields["trainers"]
        trainers.queryset = get_user_model()._default_manager.filter(groups__name="trainer", is_active=True)
        trainers.help_text = _("They see this cohort and keep its register.")
        if self.instance.opened_at:
            for name in FROZEN:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first day."))
        else:
            self._keep_sessions_inside(first, last)
        seats = cleaned.get("seats")
        if self.instance.pk and seats and seats < self.instance.enrolments.active().count():
            self.add_error("seats", _("More people are enrolled than that. Seats cannot be fewer."))
        return cleaned

    def _keep_sessions_inside(self, first: Any, last: Any) -> None:
        if not (self.instance.pk and first and last):
            return
        days = [start.astimezone(self.instance.zone).date() for start in self._session_starts()]
        if days and not (first <= min(days) and max(days) <= last):
            self.add_error("ends_on", _("A session of this cohort would fall outside these dates."))

    def _session_starts(self) -> list[Any]:
        return list(self.instance.sessions.order_by("starts_at").values_list("starts_at", flat=True))


class EnrolForm(forms.Form):
    """Who joins the cohort, and from which day."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Person"),
        empty_label=_("Choose a person"),
        help_text=_("Not on the list? Add her under People first."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=AdminDateInput)

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = Enrolment.objects.active().filter(cohort=cohort).values("person")
        field: Any = self.fields["person"]
        field.queryset = Person.objects.exclude(pk__in=inside)


class WithdrawForm(forms.Form):
    """Her last day. The reason is not asked: it is never kept with her."""

    on = forms.DateField(label=_("Last day"), widget=AdminDateInput)
