"""A cohort at a glance, and what leaves it as a workbook or on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log

from courses.cohorts.models import Cohort, Enrolment, Requirement
from courses.cohorts.staff import CohortPage
from courses.errors import Refused
from courses.progress import evidence, exports
from courses.progress.forms import ParticipantsForm
from courses.progress.glance import COMPLETE, INCOMPLETE, Glance, deadlines, glance_of
from courses.progress.rules import Verdict
from courses.progress.wording import explain, missing, short_value
from courses.sheets import Table, pdf, xlsx
from courses.trail import actions as trail

PAGE = 50
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
SHORT: dict[str, Any] = {
    Requirement.Kind.ATTENDANCE: _("Attendance"),
    Requirement.Kind.OUTINGS: _("Outings"),
    Requirement.Kind.LESSONS: _("Lessons"),
    Requirement.Kind.ETHICS: _("Ethics"),
}
TABLES: dict[str, Callable[[Cohort], Table]] = {"register": exports.register, "results": exports.results}


@dataclass(frozen=True)
class Cell:
    """A verdict in the matrix: a short value, a sentence, and how far it is."""

    label: str
    value: str
    sentence: str
    missing: str
    is_met: bool
    is_begun: bool
    waits: bool


def cell(verdict: Verdict) -> Cell:
    """How a verdict is shown to staff."""
    return Cell(
        label=verdict.requirement.label,
        value=short_value(verdict),
        sentence=explain(verdict),
        missing=missing(verdict),
        is_met=verdict.is_met,
        is_begun=verdict.value > 0 or verdict.waits,
        waits=verdict.waits,
    )


class Matrix(CohortPage):
    """Every woman and every requirement, fifty to a page; what stands in whose way; what comes next."""

    template_name = "courses/admin/glance.html"
    tab = "people"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        glance = glance_of(self.cohort)
        state, search = self.request.GET.get("state", ""), self.request.GET.get("q", "").strip()[:60]
        page = Paginator(glance.chosen(state, search), PAGE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "total": len(glance.women),
            "complete": len(glance.complete),
            "columns": self._columns(glance),
            "rows": self._rows(list(page)),
            "page": page,
            "state": state,
            "search": search,
            "states": [
                ("", gettext("all")),
                (INCOMPLETE, gettext("something missing")),
                (COMPLETE, gettext("complete")),
            ],
            "kept": urlencode({"state": state, "q": search}),
            "deadlines": deadlines(self.cohort, timezone.now()),
            "may_export": self.request.user.has_perm("courses.export_records"),
            "gone": Enrolment.objects.filter(cohort=self.cohort)
            .exclude(status="active")
            .select_related("person")[:PAGE],
        }

    def _rows(self, chosen: list[Any]) -> list[dict[str, Any]]:
        found = Enrolment.objects.select_related("person").in_bulk(chosen)
        women = [found[pk] for pk in chosen]
        return [
            {
                "enrolment": standing.enrolment,
                "cells": [cell(verdict) for verdict in standing.verdicts],
                "is_complete": standing.is_complete,
            }
            for standing in evidence.standings(self.cohort, women)
        ]

    @staticmethod
    def _columns(glance: Glance) -> list[dict[str, Any]]:
        return [
            {
                "label": column.requirement.label,
                "short": SHORT.get(column.requirement.kind, column.requirement.label),
                "met": len(column.met),
                "missing": column.missing,
                "only_missing": column.only_missing,
            }
            for column in glance.columns
        ]


class ExportPage(CohortPage):
    """Something that leaves the house: asked of the role, and noted in the admin's log, without names."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.export_records")

    def send(self, table: Table, what: str, kind: str) -> HttpResponse:
        """The file; a table too long for paper is refused in words."""
        if kind == "pdf" and not table.is_printable:
            messages.error(
                self.request,
                gettext("This list has %(count)d lines: too long for paper. Download it as a workbook.")
                % {"count": len(table.rows)},
            )
            return redirect("glance:exports", self.cohort.pk)
        try:
            content = xlsx(table) if kind == "xlsx" else pdf(table, get_language() or "es")
        except Refused as error:
            messages.error(self.request, str(error))
            return redirect("glance:exports", self.cohort.pk)
        told = {"list": what, "format": kind, "count": len(table.rows)}
        now, by = timezone.now(), self.request.user
        trail.note_look(trail.Deed.DOWNLOADED, about=self.cohort, by=by, at=now, **told)
        log(
            instance=self.cohort,
            action="courses.export_records",
            user=self.request.user,
            data={"what": what, "format": kind},
        )
        return HttpResponse(
            content,
            content_type=FORMATS[kind],
            headers={
                "Content-Disposition": f'attachment; filename="{what}-{self.cohort.pk}.{kind}"',
                "Cache-Control": "no-store",
            },
        )


class Exports(ExportPage):
    """What can be downloaded, and which fields of the list of participants."""

    template_name = "courses/admin/exports.html"
    page_subtitle = _("Download")
    tab = "people"
    header_icon = "download"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"form": ParticipantsForm(), **super().get_context_data(**kwargs)}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """The list of participants with the fields that were chosen."""
        form = ParticipantsForm(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        table = exports.participants(self.cohort, form.cleaned_data["columns"])
        return self.send(table, "participants", form.cleaned_data["format"])


class Download(ExportPage):
    """The register or the results of the cohort. POST: that it was taken out is noted."""

    http_method_names = ("post",)

    def post(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        what = self.kwargs["what"]
        return self.send(TABLES[what](self.cohort), what, self.kwargs["format"])


class GlanceViewSet(ViewSet):
    """What leaves a cohort; the matrix itself is its page of women (school:people)."""

    name = "glance"
    icon = "table"

    def on_register(self) -> None:
        """No menu item: it is reached from its cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        files = [
            path(
                f"<int:pk>/{what}.{kind}",
                Download.as_view(),
                {"what": what, "format": kind},
                name=f"{what}_{kind}",
            )
            for what in TABLES
            for kind in FORMATS
        ]
        return [
            path("<int:pk>/exports/", Exports.as_view(), name="exports"),
            *files,
        ]
