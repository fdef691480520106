"""An outing as the page sends it: a pair of the cohort, and the hours they went out and came back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.assessments.outings import rules
from courses.cohorts.models import Enrolment
from courses.people.rules import LONGEST_NAME, is_called

NAMES = ("woman", "companion")
OFFERED = 20  # women to choose from when several are called like what was typed


class OutingForm(forms.Form):
    """Who went, with whom, from when to when. `zone` is the cohort's, `day` the session's."""

    woman = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(), label=_("Who went out"), empty_label=_("Choose a name")
    )
    companion = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(),
        label=_("Together with"),
        required=False,
        empty_label=_("Nobody of the cohort"),
    )
    begins = forms.TimeField(
        label=_("Went out at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Came back at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, women: Any, day: date, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.zone = day, zone
        for name in NAMES:
            self.fields[name].queryset = women  # type: ignore[attr-defined]  # a ModelChoiceField

    def part(self, noted: Collection[UUID]) -> None:
        """Offer first who was not noted yet, and apart who was: she can still be corrected."""
        fields: list[Any] = [self.fields[name] for name in NAMES]
        women = [(one.pk, one.person.name) for one in fields[0].queryset]
        parts = [
            (gettext("Not noted yet"), [one for one in women if one[0] not in noted]),
            (gettext("Noted already"), [one for one in women if one[0] in noted]),
        ]
        for field in fields:
            field.choices = [("", field.empty_label), *(part for part in parts if part[1])]

    def pair(self) -> tuple[Enrolment, Enrolment | None]:
        """Both of the pair, or the one alone."""
        return self.cleaned_data["woman"], self.cleaned_data["companion"]

    def span(self) -> tuple[datetime, datetime]:
        """From when to when, by the clock where the cohort meets."""
        return rules.span(self.day, self.cleaned_data["begins"], self.cleaned_data["ends"], self.zone)


class Typed(forms.CharField):
    """A name that is typed; what was typed and fits nobody, or too many, is refused with `problem`."""

    def __init__(self, *, problem: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.problem = problem

    def clean(self, value: Any) -> None:
        if super().clean(value):
            raise forms.ValidationError(self.problem)


def _fitting(typed: str, known: Mapping[UUID, str]) -> list[UUID]:
    """Who is meant: the one chosen before, who is called just so, else all whose name has these words."""
    if not typed:
        return []
    exact = [pk for pk, name in known.items() if typed in {str(pk), name}]
    return exact or [pk for pk, name in known.items() if is_called(name, typed)]


class TypedOutingForm(OutingForm):
    """The same for a large cohort: part of a name is typed, and where it fits several they are offered."""

    def __init__(self, data: Any = None, *, women: Any, **kwargs: Any) -> None:
        super().__init__(data, women=women, **kwargs)
        known = dict(women.values_list("pk", "person__name")) if data is not None else {}
        sent = {name: self.data[name] for name in self.data}
        for name in NAMES:
            fitting = _fitting(sent.get(name, "").strip()[:LONGEST_NAME], known)
            if len(fitting) == 1:
                sent[name] = str(fitting[0])
            self._ask(name, fitting, women)
        self.data = sent

    def _ask(self, name: str, fitting: Sequence[UUID], women: Any) -> None:
        """The field of this name: a text, or the few women who are called like that."""
        field: Any = self.fields[name]
        if 1 <= len(fitting) <= OFFERED:
            field.queryset = women.filter(pk__in=fitting)
            field.error_messages["invalid_choice"] = _("Several women are called like that. Choose one.")
            return
        problem = (
            gettext("Many women are called like that. Write more of her name.")
            if fitting
            else gettext("Nobody in this cohort is called like that.")
        )
        self.fields[name] = Typed(
            label=field.label,
            required=field.required,
            help_text=_("Write part of her name."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
            problem=problem,
        )
