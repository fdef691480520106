"""What staff write about cohorts: the cohort itself, and who joins and leaves it."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.cohorts.models import Cohort, Enrolment, WaitingEntry
from courses.cohorts.wording import LEAVING, RETURNING
from courses.cohorts.zones import zone_choices
from courses.people.models import Person
from courses.staff import DayInput
from courses.tallies.rules import NOT_SAID

FROZEN = ("course", "issuer", "ally", "authority", "time_zone")
LISTED = 50


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
            "starts_on": DayInput,
            "ends_on": DayInput,
            "trainers": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = zone_choices()
        if self.instance.pk:  # who joins and leaves later has a page with a history
            del self.fields["trainers"]
        else:
            trainers: Any = self.fields["trainers"]
            accounts = get_user_model()._default_manager
            trainers.queryset = accounts.filter(groups__name="trainer", is_active=True)
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


class PersonField(forms.ModelChoiceField[Person]):
    """A person of the school: any can be chosen, those that were searched for are listed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Person.objects.none(),
            label=_("Person"),
            empty_label=_("Choose a person"),
            help_text=_("Not on the list? Search for her name, or add her under People first."),
            **kwargs,
        )

    def offer(self, people: Any, query: str) -> None:
        """Let any of `people` be chosen; list those of that name, or the newest, LISTED at most."""
        self.queryset = people
        found = people.filter(name__icontains=query) if query else people.order_by("-created_at")
        rows = sorted(found[:LISTED], key=lambda person: person.name.casefold())
        self.widget.choices = [("", self.empty_label), *((str(one.pk), one.name) for one in rows)]


class EnrolForm(forms.Form):
    """Who joins the cohort, and from which day."""

    person = PersonField()
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)

    def __init__(self, *args: Any, cohort: Cohort, query: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = Enrolment.objects.active().filter(cohort=cohort).values("person")
        field: Any = self.fields["person"]
        field.offer(Person.objects.exclude(pk__in=inside), query)


class WaitForm(forms.Form):
    """Who joins the waiting list."""

    person = PersonField()

    def __init__(self, *args: Any, cohort: Cohort, query: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = Enrolment.objects.active().filter(cohort=cohort).values("person")
        waiting = WaitingEntry.objects.filter(cohort=cohort, ended_at=None).values("person")
        field: Any = self.fields["person"]
        field.offer(Person.objects.exclude(pk__in=inside).exclude(pk__in=waiting), query)


class _MoveForm(forms.Form):
    """A day and a reason that is only counted."""

    reasons: ClassVar[dict[str, Any]] = {}
    on = forms.DateField(label=_("Day"), widget=DayInput)
    reason = forms.ChoiceField(
        label=_("Reason, only counted for the whole cohort"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices = list(self.reasons.items())
        field.initial = NOT_SAID
        field.help_text = _("It is added to a tally of the cohort and not kept with her.")

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"] or NOT_SAID)


class WithdrawForm(_MoveForm):
    """Her last day."""

    reasons = LEAVING

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("Last day")


class TakeBackForm(_MoveForm):
    """The day on which she is back."""

    reasons = RETURNING

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("First day")


class CohortField(forms.ModelChoiceField[Cohort]):
    """A cohort with its dates, place and free seats."""

    def label_from_instance(self, cohort: Cohort) -> str:
        free = max(0, cohort.seats - cohort.active_count)  # type: ignore[attr-defined]  # with_counts()
        seats = ngettext("%(free)d seat is free.", "%(free)d seats are free.", free) % {"free": free}
        first, last = date_format(cohort.starts_on, "j b"), date_format(cohort.ends_on, "j b Y")
        return f"{cohort.name} · {cohort.place_code} · {first} – {last} · {seats}"


class TransferForm(forms.Form):
    """Where she goes on, and from which day."""

    cohort = CohortField(Cohort.objects.none(), label=_("New cohort"), empty_label=_("Choose a cohort"))
    on = forms.DateField(label=_("From this day"), widget=DayInput)

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cohort"]
        field.queryset = cohorts
