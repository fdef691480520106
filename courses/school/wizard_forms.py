"""The steps of preparing a school, as forms. What they hand on is plain JSON for the draft."""

import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession
from courses.cohorts import rules
from courses.cohorts.models import Cohort
from courses.cohorts.zones import zone_choices
from courses.errors import Refused
from courses.pages.models import CoursePage
from courses.school.actions import clock_time
from courses.school.changes import may_teach
from courses.school.forms import LENGTH, SENSIBLE
from courses.school.plan import Meeting, Pattern, in_order
from courses.school.rules import CHOOSABLE, PERCENT
from courses.staff import DayInput, HourInput

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
MOST = 60  # meetings of one modality
ROWS = 120  # sessions of one plan
LONGEST_BREAK = 60  # days in one range of free days


class StartForm(forms.Form):
    """From the course as it is, or from a former cohort."""

    course = forms.ModelChoiceField(
        CoursePage.objects.none(), label=_("Course"), required=False, empty_label=_("Choose a course")
    )
    former = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=_("Or copy a former cohort"),
        required=False,
        empty_label=_("No, begin with the course"),
        help_text=_("Its place, seats, trainers, sessions and rule, moved to new dates. Never its women."),
    )

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["course"].queryset = CoursePage.objects.live().originals().order_by("title")
        fields["former"].queryset = cohorts

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("course") and not cleaned.get("former"):
            self.add_error("course", _("Choose a course or a former cohort."))
        return cleaned


class BasicsForm(forms.ModelForm[Cohort]):
    """Name, place, first day, seats, trainers, organisations."""

    class Meta:
        model = Cohort
        fields = (
            "name",
            "starts_on",
            "time_zone",
            "place_code",
            "seats",
            "trainers",
            "issuer",
            "ally",
            "authority",
        )
        widgets = {"starts_on": DayInput, "trainers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["trainers"].queryset = may_teach()
        fields["trainers"].help_text = _("They see this cohort and keep its register.")
        fields["starts_on"].validators += SENSIBLE
        fields["time_zone"].choices = zone_choices()
        fields["seats"].validators.append(MaxValueValidator(5000))

    def answers(self) -> dict[str, Any]:
        """What the draft keeps."""
        facts = self.cleaned_data
        return {
            "name": facts["name"],
            "starts_on": facts["starts_on"].isoformat(),
            "time_zone": facts["time_zone"],
            "place_code": facts["place_code"],
            "seats": facts["seats"],
            "trainers": [trainer.pk for trainer in facts["trainers"]],
            **{name: facts[name].pk if facts[name] else None for name in ("issuer", "ally", "authority")},
        }


class PatternForm(forms.Form):
    """How one modality repeats."""

    count = forms.IntegerField(
        label=_("How many"), validators=[MinValueValidator(0), MaxValueValidator(MOST)]
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(label=_("Begins at"), widget=HourInput())
    minutes = forms.IntegerField(label=_("Minutes that count, each"), validators=LENGTH)
    first_week = forms.IntegerField(
        label=_("From week"), validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    every = forms.IntegerField(
        label=_("Every how many weeks"), validators=[MinValueValidator(1), MaxValueValidator(8)]
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("count") and not self.errors and not cleaned.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one weekday."))
        return cleaned

    @property
    def word(self) -> str:
        """The modality this form is about."""
        return str(ClassSession.Modality(str(self.prefix)).label)

    def pattern(self) -> Pattern:
        facts = self.cleaned_data
        return Pattern(
            modality=str(self.prefix),
            count=facts["count"],
            weekdays=frozenset(facts["weekdays"]),
            starts=facts["starts"],
            minutes=facts["minutes"],
            first_week=facts["first_week"],
            every=facts["every"],
        )

    @staticmethod
    def known(pattern: Pattern) -> dict[str, Any]:
        """What the form shows first."""
        return {**vars(pattern), "weekdays": sorted(pattern.weekdays)}


class FreeDaysForm(forms.Form):
    """The days on which nobody meets."""

    mexican = forms.BooleanField(label=_("Skip Mexico's days of rest"), initial=True, required=False)
    own_days = forms.CharField(
        label=_("Other free days"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line: 30/03/2026, or from – to: 30/03/2026 - 10/04/2026."),
    )

    def clean_own_days(self) -> list[str]:
        """Every day named, as ISO dates. A line that is no date is told with its number."""
        days: set[date] = set()
        field = forms.DateField(validators=SENSIBLE)
        for number, line in enumerate(self.cleaned_data["own_days"].splitlines(), start=1):
            if not line.strip():
                continue
            try:
                ends = [field.clean(part.strip()) for part in re.split(r"\s+(?:-|–|a|to)\s+", line.strip())]
                length = (ends[-1] - ends[0]).days
                if len(ends) > 2 or not 0 <= length <= LONGEST_BREAK:
                    raise forms.ValidationError("")
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    gettext("Line %(number)d is not a date or a short range of dates: “%(line)s”.")
                    % {"number": number, "line": line.strip()[:40]}
                ) from error
            days |= {ends[0] + timedelta(days=more) for more in range(length + 1)}
        return sorted(day.isoformat() for day in days)

    @staticmethod
    def known(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "mexican": answers.get("mexican", True),
            "own_days": "\n".join(
                date.fromisoformat(day).strftime("%d/%m/%Y") for day in answers.get("own_days", [])
            ),
        }


class MeetingForm(forms.Form):
    """One session of the table."""

    day = forms.DateField(label=_("Day"), widget=DayInput(), validators=SENSIBLE)
    starts = forms.TimeField(label=_("Begins at"), widget=HourInput())
    minutes = forms.IntegerField(label=_("Minutes"), validators=LENGTH)
    modality = forms.ChoiceField(label=_("Modality"), choices=ClassSession.Modality.choices)
    title = forms.CharField(label=_("Title"), max_length=160)

    def __init__(self, *args: Any, first: date, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.zone = first, zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, starts = cleaned.get("day"), cleaned.get("starts")
        if day and day < self.first:
            self.add_error("day", _("This day comes before the first day of the cohort."))
        elif day and starts:
            try:
                clock_time(day, starts, self.zone)
            except Refused as error:
                self.add_error("starts", str(error))
        return cleaned

    def has_changed(self) -> bool:
        """A row in which only the modality stands, as the browser sends it, is an empty one."""
        return bool(set(self.changed_data) - {"modality"})

    def meeting(self) -> Meeting:
        facts = self.cleaned_data
        return Meeting(facts["modality"], facts["day"], facts["starts"], facts["minutes"], facts["title"])


class BaseMeetings(forms.BaseFormSet[MeetingForm]):
    """The table of sessions; rows that stay empty are not there."""

    def clean(self) -> None:
        if not any(self.errors) and not self.meetings():
            raise forms.ValidationError(_("A school needs at least one session."))

    def meetings(self) -> list[Meeting]:
        """What the table says, in the order of time."""
        changed = [form for form in self.forms if form.has_changed()]
        return in_order([form.meeting() for form in changed if not form.cleaned_data.get("DELETE")])


MeetingSet = forms.formset_factory(
    MeetingForm,
    formset=BaseMeetings,
    extra=2,
    can_delete=True,
    max_num=ROWS,
    absolute_max=ROWS + 2,
    validate_max=True,
)


class LastDayForm(forms.Form):
    """The last day of the cohort."""

    ends_on = forms.DateField(
        label=_("Last day of the cohort"),
        widget=DayInput(),
        validators=SENSIBLE,
        required=False,
        help_text=_("Empty: the Sunday after the last session."),
    )


class RuleForm(forms.Form):
    """The targets of a rule that may be chosen: attendance, make-ups, tests, outings."""

    def __init__(self, *args: Any, facts: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts = facts
        for place, fact in enumerate(facts):
            if fact["kind"] not in CHOOSABLE:
                continue
            is_percent = fact["kind"] in PERCENT
            self.fields[f"target-{place}"] = forms.IntegerField(
                label=self._label(fact),
                initial=fact["target"],
                validators=[MinValueValidator(1), MaxValueValidator(100 if is_percent else MOST)],
            )
            if fact["kind"] == "attendance":
                self.fields[f"limit-{place}"] = forms.IntegerField(
                    label=_("Make-ups that count, at most"),
                    initial=fact["make_up_limit"],
                    validators=[MinValueValidator(0), MaxValueValidator(rules.MAKE_UP_LIMIT)],
                )

    @staticmethod
    def _label(fact: dict[str, Any]) -> str:
        words = {
            "attendance": gettext("Attendance: % of the planned sessions"),
            "outings": gettext("Field outings needed"),
        }
        return words.get(fact["kind"], gettext("%(test)s: %% right") % {"test": fact["label"]})

    def chosen(self) -> list[dict[str, Any]]:
        """The rule with the targets given."""
        return [
            {
                **fact,
                "target": self.cleaned_data.get(f"target-{place}", fact["target"]),
                "make_up_limit": self.cleaned_data.get(f"limit-{place}", fact["make_up_limit"]),
            }
            for place, fact in enumerate(self.facts)
        ]
