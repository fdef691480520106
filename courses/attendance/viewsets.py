"""The register of a session: mark everybody in one post, print it, cancel the session."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.forms import marks_from, register_rows
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.errors import Refused

SYMBOLS = {"present": "✓", "late": "◔", "excused": "J", "absent": "✗", "made_up": "R"}


def statuses() -> list[dict[str, str]]:
    """The five marks with their signs and words, in the order of the page."""
    return [
        {"value": value, "label": str(label), "symbol": SYMBOLS[value]}
        for value, label in AttendanceRecord.Status.choices
    ]


class SessionPage(CohortPage):
    """A page about one session of a cohort that this person may keep."""

    session: ClassSession
    header_icon = "list-ul"

    def find_cohort(self) -> Cohort:
        found: ClassSession = get_object_or_404(
            ClassSession.objects.filter(cohort__in=access.visible_cohorts(self.request.user)),
            pk=self.kwargs["pk"],
        )
        self.require("courses.keep_register")
        self.session = found
        cohort: Cohort = self.cohorts().get(pk=found.cohort_id)
        found.cohort = cohort
        return cohort

    @property
    def page_subtitle(self) -> str:
        return f"{self.session.get_modality_display()} {self.session.number}".capitalize()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "session": self.session}


class Register(SessionPage):
    """28 women, one post. A mark that did not change adds nothing; a changed one keeps the old beside it."""

    template_name = "courses/admin/register.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(rows=register_rows(self.session))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            marks = marks_from(request.POST.dict())
            new = mark_register(session=self.session, marks=marks, by=request.user, at=timezone.now())
        except Refused as error:
            messages.error(request, str(error))
            return self.show(rows=register_rows(self.session, request.POST.dict()))
        self._confirm(marks, len(new))
        return redirect("register:mark", self.session.pk)

    def _confirm(self, marks: dict[Any, Mark], changed: int) -> None:
        """Say what was saved, in numbers."""
        counts = Counter(mark.status for mark in marks.values())
        words = ", ".join(
            f"{counts[value]} {label}" for value, label in AttendanceRecord.Status.choices if counts[value]
        )
        if not marks:
            messages.warning(self.request, gettext("Nobody was marked, so nothing was saved."))
            return
        saved = ngettext(
            "Register saved: %(count)d person marked (%(words)s).",
            "Register saved: %(count)d people marked (%(words)s).",
            len(marks),
        ) % {"count": len(marks), "words": words}
        new = ngettext("%(changed)d new mark.", "%(changed)d new marks.", changed) % {"changed": changed}
        messages.success(self.request, f"{saved} {new}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = kwargs["rows"]
        counts = Counter(row.status for row in rows)
        return {
            **super().get_context_data(**kwargs),
            "statuses": [{**status, "count": counts[status["value"]]} for status in statuses()],
            "unmarked": counts[""],
            "has_begun": self.session.starts_at <= timezone.now(),
        }


class Sheet(SessionPage):
    """The register on paper, to sign or to fill in where there is no signal."""

    template_name = "courses/admin/sheet.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(rows=register_rows(self.session), statuses=statuses())


class Cancel(SessionPage, ConfirmPage):
    """Take a session out of the plan."""

    permission = "courses.keep_register"
    button = _("Yes, cancel the session")
    is_serious = True
    explanation = _(
        "A cancelled session leaves the plan: nobody needs it for her attendance. This cannot be undone. "
        "To hold it on another day, add a session instead."
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.question = gettext("Cancel “%(session)s”?") % {"session": self.session.title}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            cancel_session(session=self.session, by=request.user, at=timezone.now())
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("The session is cancelled. The plan has one session less."))
        return redirect(self.back())


class RegisterViewSet(ViewSet):
    """«Lista de asistencia» of each session."""

    name = "register"
    icon = "list-ul"

    def on_register(self) -> None:
        """No menu item: a register is reached from its cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Register.as_view(), name="mark"),
            path("<int:pk>/sheet/", Sheet.as_view(), name="sheet"),
            path("<int:pk>/cancel/", Cancel.as_view(), name="cancel"),
        ]
