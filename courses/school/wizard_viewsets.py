"""The steps of opening a school. Every one is kept; she may leave, come back, go on another day."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.cohorts import access
from courses.cohorts.actions import unreviewed_of
from courses.cohorts.models import Cohort
from courses.cohorts.zones import zone_in_words
from courses.errors import Refused
from courses.people.models import Organisation
from courses.school import wizard
from courses.school.actions import default_requirements, facts_of_rule, pins_of
from courses.school.changes import may_teach
from courses.school.hours import balance_of_plan
from courses.school.plan import Meeting, clashes
from courses.school.rules import take_over
from courses.school.wizard_forms import (
    BasicsForm,
    FreeDaysForm,
    LastDayForm,
    MeetingSet,
    PatternForm,
    RuleForm,
)
from courses.school.wizard_pages import Forget, Start, Step
from courses.staff import PermittedItem, refused


class Basics(Step):
    """Name, place, first day, seats, trainers, organisations."""

    name = "basics"
    template_name = "courses/admin/wizard_form.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        known = {name: self.answers[name] for name in BasicsForm.base_fields if name in self.answers}
        for kind in Organisation.Kind.values:
            known.setdefault(kind, self._only(kind))
        return self.show(form=BasicsForm(initial=known))

    @staticmethod
    def _only(kind: str) -> int | None:
        """The organisation of this kind when there is but one to choose."""
        found = list(Organisation.objects.filter(kind=kind).values_list("pk", flat=True)[:2])
        return found[0] if len(found) == 1 else None

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = BasicsForm(request.POST)
        if not form.is_valid() or refused(request, lambda: self._take(form)):
            return self.show(form=form)
        return self.lead_on()

    def _take(self, form: BasicsForm) -> None:
        """Keep the answers; sessions already laid out, or a former cohort's, move with the first day."""
        old, new = self.answers, form.answers()
        rows, was_first = old.get("meetings"), old.get("starts_on")
        if not rows and old.get("former"):
            rows, was_first = old["former"], old["was_first"]
        if rows and was_first and was_first != new["starts_on"]:
            moved = wizard.move_all(
                meetings=wizard.meetings_of(rows),
                was_first=date.fromisoformat(was_first),
                answers={**old, **new},
            )
            new |= {"meetings": wizard.as_json(moved), "ends_on": wizard.last_day(moved).isoformat()}
        elif rows and not old.get("meetings"):
            new |= {"meetings": rows, "ends_on": wizard.last_day(wizard.meetings_of(rows)).isoformat()}
        self.keep(**new)


def _are_valid(forms: list[PatternForm]) -> bool:
    """Ask every form, so that each shows its errors."""
    answers = [form.is_valid() for form in forms]
    return all(answers)


class Week(Step):
    """Weekdays, hours and free days; from them every session is laid out."""

    name = "week"
    template_name = "courses/admin/wizard_week.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        forms = [
            PatternForm(prefix=one.modality, initial=PatternForm.known(one))
            for one in wizard.patterns_for(self.course, self.answers)
        ]
        return self.show(forms=forms, free=FreeDaysForm(initial=FreeDaysForm.known(self.answers)))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        keeps = "keep" in request.POST and bool(self.meetings)
        forms = [PatternForm(request.POST, prefix=usual.modality) for usual in wizard.USUAL]
        free = FreeDaysForm(request.POST)
        are_valid = free.is_valid() and (keeps or _are_valid(forms))
        if not are_valid or refused(request, lambda: self._lay_out(forms, free, keeps=keeps)):
            return self.show(forms=forms, free=free)
        return self.lead_on()

    def _lay_out(self, forms: list[PatternForm], free: FreeDaysForm, *, keeps: bool) -> None:
        answers = {**self.answers, **free.cleaned_data}
        if keeps:
            first = date.fromisoformat(answers["starts_on"])
            meetings = wizard.move_all(meetings=self.meetings, was_first=first, answers=answers)
        else:
            patterns = [form.pattern() for form in forms]
            meetings = wizard.lay_out_anew(course=self.course, patterns=patterns, answers=answers)
        if not meetings:
            raise Refused(gettext("A school needs at least one session."))
        self.keep(
            **free.cleaned_data,
            meetings=wizard.as_json(meetings),
            ends_on=wizard.last_day(meetings).isoformat(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        former = Cohort.objects.filter(pk=self.answers.get("copy_of") or 0).first()
        return {
            **super().get_context_data(**kwargs),
            "former": former,
            "count": len(self.meetings),
            "asked": balance_of_plan(self.course, []),
        }


class Plan(Step):
    """Every session in a table that she can change row by row, with the hours added up."""

    name = "plan"
    template_name = "courses/admin/wizard_plan.html"

    def _rows(self, data: Any = None, initial: Any = None) -> Any:
        """The table, each row knowing the first day and the zone."""
        first = date.fromisoformat(self.answers["starts_on"])
        zone = Cohort(time_zone=self.answers["time_zone"]).zone
        return MeetingSet(data, initial=initial, form_kwargs={"first": first, "zone": zone})

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(
            rows=self._rows(initial=[vars(meeting) for meeting in self.meetings]),
            last=LastDayForm(initial={"ends_on": self.answers.get("ends_on")}),
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rows, last = self._rows(request.POST), LastDayForm(request.POST)
        are_valid = rows.is_valid() & last.is_valid()
        if not are_valid or not self._fits(rows, last):
            messages.error(request, gettext("Something is not right yet. Look at what is marked in red."))
            return self.show(rows=rows, last=last)
        if "stay" in request.POST:
            messages.success(request, gettext("The table is saved."))
            return redirect("opening:plan", self.kwargs["draft"])
        return self.lead_on()

    def _fits(self, rows: Any, last: LastDayForm) -> bool:
        """Keep the table when no session comes after the last day."""
        meetings = rows.meetings()
        ends_on = last.cleaned_data["ends_on"] or wizard.last_day(meetings)
        late = [meeting for meeting in meetings if meeting.day > ends_on]
        if late:
            last.add_error(
                "ends_on", gettext("“%(title)s” would come after this day.") % {"title": late[-1].title}
            )
            return False
        self.keep(meetings=wizard.as_json(meetings), ends_on=ends_on.isoformat())
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "hours": balance_of_plan(self.course, self.meetings),
            **warnings(self.answers, self.meetings),
        }


def warnings(answers: dict[str, Any], meetings: list[Meeting]) -> dict[str, Any]:
    """What may be wrong on purpose: sessions on free days, and two at once."""
    free = wizard.free_days(answers)
    return {
        "on_free_days": [meeting for meeting in meetings if meeting.day in free],
        "clashes": clashes(meetings),
    }


class Rule(Step):
    """What the cohort will ask; from the course, or a copy of a former cohort's rule, with other targets."""

    name = "rule"
    template_name = "courses/admin/wizard_rule.html"

    def _default(self) -> list[dict[str, Any]]:
        return facts_of_rule(default_requirements(self.course, pins_of(self.course)))

    def _formers(self) -> Any:
        cohorts = access.visible_cohorts(self.request.user)
        return cohorts.filter(course=self.course.pk, opened_at__isnull=False).order_by("-starts_on")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=RuleForm(facts=self.answers.get("facts") or self._default()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if "take" in request.POST:
            return self._take(request)
        form = RuleForm(request.POST, facts=self.answers.get("facts") or self._default())
        if not form.is_valid():
            return self.show(form=form)
        self.keep(facts=form.chosen(), facts_seen=True)
        return self.lead_on()

    def _take(self, request: HttpRequest) -> HttpResponse:
        """The school's rule again, or the targets of the cohort chosen."""
        source = request.POST.get("source", "")
        facts = self._default()
        if source:
            former = get_object_or_404(self._formers(), pk=int(source) if source.isdecimal() else 0)
            facts = take_over(facts, wizard.former_rule(former))
        self.keep(facts=facts)
        messages.success(request, gettext("The rule was taken over. Look at its targets and go on."))
        return redirect("opening:rule", self.kwargs["draft"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "formers": self._formers()[:50],
            "facts": self.answers.get("facts") or self._default(),
        }


class Summary(Step):
    """Everything once more, and the button that creates the cohort."""

    name = "summary"
    template_name = "courses/admin/wizard_summary.html"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            cohort = wizard.create_school(draft=self.draft, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # dispatch made sure
        except Refused as error:
            messages.error(request, str(error))
            return self.show()
        messages.success(
            request, gettext("The cohort is prepared. Look it over, then open it: that freezes its rule.")
        )
        return redirect("school:cohort", cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers, meetings = self.answers, self.meetings
        organisations = Organisation.objects.in_bulk(
            [answers[kind] for kind in ("issuer", "ally", "authority") if answers.get(kind)]
        )
        outings = sum(meeting.modality == "outing" for meeting in meetings)
        pins = pins_of(self.course)
        asked = next((fact["target"] for fact in answers["facts"] if fact["kind"] == "outings"), 0)
        return {
            **super().get_context_data(**kwargs),
            "meetings": meetings,
            "starts_on": date.fromisoformat(answers["starts_on"]),
            "ends_on": date.fromisoformat(answers["ends_on"]),
            "zone": zone_in_words(answers["time_zone"]),
            "trainers": list(may_teach().filter(pk__in=answers.get("trainers", []))),
            "organisations": list(organisations.values()),
            "hours": balance_of_plan(self.course, meetings),
            "has_content": bool(pins),
            **unreviewed_of(pins, self.course.locale.language_code),
            "outings_missing": max(0, asked - outings),
            "outings_asked": asked,
            "outings": outings,
            **warnings(answers, meetings),
        }


class OpeningItem(PermittedItem):
    """In the menu of who may add a cohort."""

    permission = "courses.add_cohort"


class OpeningViewSet(ViewSet):
    """«Abrir una escuela»."""

    name = "opening"
    icon = "plus"
    menu_label = _("Open a school")
    menu_name = "opening"
    menu_order = 11
    menu_item_class = OpeningItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        views: dict[str, type[Step]] = {
            "basics": Basics,
            "week": Week,
            "plan": Plan,
            "rule": Rule,
            "summary": Summary,
        }
        return [
            path("", Start.as_view(), name="index"),
            path("<uuid:draft>/forget/", Forget.as_view(), name="forget"),
            *[path(f"<uuid:draft>/{name}/", view.as_view(), name=name) for name, view in views.items()],
        ]
