"""What is asked about an absence: a session, a reason that is only counted, how a class is made up."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.attendance.models import ClassSession, Excuse
from courses.care.make_ups import missed_sessions
from courses.care.models import MakeUp
from courses.cohorts.models import Cohort, Enrolment
from courses.staff import DayInput
from courses.tallies.rules import EXCUSE, NOT_SAID
from courses.tallies.wording import reason_choices

SOON = 12  # sessions ahead that may be chosen


class SessionChoice(forms.ModelChoiceField[ClassSession]):
    """Sessions by their day, in the zone of the cohort."""

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort

    def label_from_instance(self, obj: ClassSession) -> str:
        day = date_format(obj.starts_at.astimezone(self.cohort.zone), gettext("l, F j"))
        return f"{day} · {obj.title}"


def announceable(enrolment: Enrolment, now: Any) -> list[int]:
    """The next sessions that she has not announced to miss yet."""
    told = Excuse.objects.standing().filter(enrolment=enrolment).values("session")
    ahead = ClassSession.objects.filter(
        cohort_id=enrolment.cohort_id, cancelled_at__isnull=True, starts_at__gt=now
    ).exclude(pk__in=told)
    return list(ahead.order_by("starts_at").values_list("pk", flat=True)[:SOON])


class ExcuseForm(forms.Form):
    """Which session, and why; the reason is only counted."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("It is only counted for the whole group. It is never kept with a name."),
        initial=NOT_SAID,
    )

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = announceable(enrolment, timezone.now())
        self.has_sessions = bool(ahead)
        self.fields["session"] = SessionChoice(
            ClassSession.objects.filter(pk__in=ahead).order_by("starts_at"),
            cohort=enrolment.cohort,
            label=_("Session"),
            empty_label=_("Choose a session"),
        )
        reasons: Any = self.fields["reason"]
        reasons.choices = reason_choices(EXCUSE)
        self.order_fields(["session", "reason"])


class MakeUpForm(forms.Form):
    """Which class she missed, how she makes it up and by when."""

    task = forms.ChoiceField(label=_("How she makes it up"), choices=MakeUp.Task.choices)
    due_on = forms.DateField(label=_("By this day"), widget=DayInput)

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missed = [session.pk for session in missed_sessions(enrolment)]
        self.has_sessions = bool(missed)
        self.fields["session"] = SessionChoice(
            ClassSession.objects.filter(pk__in=missed).order_by("-starts_at"),
            cohort=enrolment.cohort,
            label=_("Class she missed"),
            empty_label=_("Choose a class"),
        )
        self.order_fields(["session", "task", "due_on"])
