"""A cohort's own pages: its register, its women and where each stands, its rules, and opening it."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import SYMBOLS
from courses.cohorts.actions import unreviewed_of
from courses.cohorts.changes import ContentChange
from courses.cohorts.models import CohortContent
from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.cohorts.zones import zone_in_words
from courses.pages.models import ContentVersion
from courses.progress import evidence
from courses.progress.viewsets import Matrix, cell
from courses.school.actions import choose_rule, facts_of_rule, open_school, pins_of, rule_for
from courses.school.changes import add_sessions
from courses.school.forms import SessionsForm
from courses.school.history import told
from courses.school.hours import balance_of
from courses.school.models import SchoolChange
from courses.school.session_viewsets import SESSION_URLS
from courses.school.wizard_forms import RuleForm
from courses.staff import refused

LATEST = 8  # changes shown on the cohort's first page


class Sessions(CohortPage):
    """The sessions with how many people are marked, this week's first to hand."""

    template_name = "courses/admin/cohort_sessions.html"
    tab = "sessions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        sessions: list[Any] = list(
            ClassSession.objects.for_register(self.cohort).order_by("starts_at", "number")
        )
        people = self.cohort.active_count  # type: ignore[attr-defined]  # annotated by cohorts()
        rows = [
            {
                "session": session,
                "is_past": session.starts_at <= now,
                "is_whole": session.marked_count >= session.expected_count > 0,
            }
            for session in sessions
        ]
        waiting = [
            row for row in rows if row["is_past"] and not row["is_whole"] and not row["session"].is_cancelled
        ]
        return {
            **super().get_context_data(**kwargs),
            "rows": rows,
            "people": people,
            "next": waiting[-1] if waiting else None,
            "waiting": len(waiting),
            "history": told(self._changes(), self.cohort.zone),
        }

    def _changes(self) -> list[SchoolChange]:
        """The newest few; the whole history has a page of its own."""
        return list(SchoolChange.objects.filter(cohort=self.cohort).newest_first()[:LATEST])


class Woman(CohortPage):
    """One woman in this cohort: what she has, what is missing, session by session."""

    template_name = "courses/admin/cohort_woman.html"
    tab = "people"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()
        self.page_subtitle = self.woman.person.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = evidence.standings(self.cohort, [self.woman])[0]
        marks = {
            record.session_id: record
            for record in AttendanceRecord.objects.current().filter(enrolment=self.woman).select_related("by")
        }
        sessions: list[dict[str, Any]] = [
            {"session": session, "record": marks.get(session.pk)}
            for session in ClassSession.objects.filter(cohort=self.cohort).order_by("starts_at", "number")
        ]
        for row in sessions:
            row["symbol"] = SYMBOLS[row["record"].status] if row["record"] else ""
        rubrics = CohortContent.objects.outline(self.cohort.pk).filter(kind=ContentVersion.Kind.RUBRIC)
        return {
            **super().get_context_data(**kwargs),
            "woman": self.woman,
            "cells": [cell(verdict) for verdict in standing.verdicts],
            "is_complete": standing.is_complete,
            "hours": standing.minutes // 60,
            "sessions": sessions,
            "rubrics": rubrics,
        }


class Rules(CohortPage):
    """What the cohort asks and what it uses: frozen when it was opened, a preview before."""

    template_name = "courses/admin/cohort_rules.html"
    tab = "rules"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.cohort.opened_at:
            context["requirements"] = list(self.cohort.requirements.all())
            context["contents"] = list(CohortContent.objects.outline(self.cohort.pk))
            changes = ContentChange.objects.filter(pin__cohort=self.cohort).order_by("-at", "-pk")
            context["changes"] = changes.select_related("to_version", "by").defer("to_version__content")
        else:
            pins = pins_of(self.cohort.course.specific)
            context["requirements"] = rule_for(self.cohort, pins)
            context["contents"] = pins
            context |= unreviewed_of(pins, self.cohort.course.locale.language_code)
        context["hours"] = balance_of(self.cohort)
        return context


class Open(ConfirmPage):
    """Freeze rules and content, and let the women begin."""

    template_name = "courses/admin/confirm.html"
    page_subtitle = _("Open the cohort")
    permission = "courses.change_cohort"
    question = _("Open this cohort?")
    explanation = _(
        "Its rules are frozen, and its content as it is published today. A later change of a lesson, test or "
        "rubric reaches it only when its author says so. This cannot be undone."
    )
    button = _("Yes, open it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = self.cohort.course.specific
        found = unreviewed_of(pins_of(course), course.locale.language_code)
        return {**super().get_context_data(**kwargs), **found}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if refused(request, partial(open_school, cohort=self.cohort, by=request.user, at=timezone.now())):
            return redirect("school:rules", self.cohort.pk)
        messages.success(request, gettext("The cohort is open. Its rules and content are frozen."))
        return redirect("school:cohort", self.cohort.pk)


class ChooseRule(CohortPage):
    """Change the targets of a rule that is not frozen yet."""

    template_name = "courses/admin/form.html"
    page_subtitle = _("Change the targets")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.change_cohort")
        self.facts = facts_of_rule(rule_for(self.cohort, pins_of(self.cohort.course.specific)))

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=RuleForm(facts=self.facts))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = RuleForm(request.POST, facts=self.facts)
        if not form.is_valid() or refused(request, lambda: self._choose(form)):
            return self.show(form=form)
        messages.success(request, gettext("The rule is chosen. It is frozen when you open the cohort."))
        return redirect("school:rules", self.cohort.pk)

    def _choose(self, form: RuleForm) -> None:
        choose_rule(cohort=self.cohort, facts=form.chosen(), by=self.request.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "note": gettext("What a woman must meet. It is frozen when the cohort is opened."),
            "button": gettext("Save the rule"),
            "back": reverse("school:rules", args=[self.cohort.pk]),
        }


class AddSessions(CohortPage):
    """Lay out one session or a weekly row of them."""

    template_name = "courses/admin/form.html"
    page_subtitle = _("Add sessions")
    header_icon = "date"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.change_cohort")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        day = min(max(self.cohort.today(), self.cohort.starts_on), self.cohort.ends_on)
        return self.show(form=SessionsForm(initial={"day": day}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = SessionsForm(request.POST)
        if not form.is_valid() or refused(request, lambda: self._plan(form)):
            return self.show(form=form)
        messages.success(request, gettext("The sessions are planned."))
        return redirect("school:cohort", self.cohort.pk)

    def _plan(self, form: SessionsForm) -> None:
        add_sessions(
            cohort=self.cohort,
            plans=form.plans(self.cohort.zone, first_number=1),
            by=self.request.user,
            at=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "note": gettext("Times are those of the place where the cohort meets: %(zone)s.")
            % {"zone": zone_in_words(self.cohort.time_zone)},
            "button": gettext("Add sessions"),
            "back": reverse("school:cohort", args=[self.cohort.pk]),
        }


class SchoolViewSet(ViewSet):
    """The pages of one cohort."""

    name = "school"
    icon = "group"

    def on_register(self) -> None:
        """No menu item: these pages are reached from the list of cohorts."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Sessions.as_view(), name="cohort"),
            path("<int:pk>/people/", Matrix.as_view(), name="people"),
            path("<int:pk>/people/<uuid:enrolment>/", Woman.as_view(), name="woman"),
            path("<int:pk>/sessions/new/", AddSessions.as_view(), name="add_sessions"),
            path("<int:pk>/rules/", Rules.as_view(), name="rules"),
            path("<int:pk>/rules/choose/", ChooseRule.as_view(), name="choose_rule"),
            path("<int:pk>/open/", Open.as_view(), name="open"),
            *SESSION_URLS,
        ]
