"""«Bitácora» in the admin: what was noted, whether the chain holds, and the files for who checks outside.

Nothing can be changed here.
"""

from datetime import timedelta
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views import View
from django_filters.widgets import SuffixedMultiWidget
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet

from courses.staff import DayInput, Permitted, PermittedItem
from courses.trail import actions, exports, rules
from courses.trail.deeds import Deed
from courses.trail.models import TrailCheck, TrailEntry
from courses.trail.wording import in_words, kind_words

SEES = "courses.view_trailentry"
UNCHECKED = timedelta(days=2)
FORMATS = {
    "jsonl": ("application/jsonl; charset=utf-8", exports.json_lines),
    "csv": ("text/csv; charset=utf-8", exports.csv_lines),
}


def kinds() -> list[tuple[str, str]]:
    """The kinds of record there are entries of. One query on an index."""
    found = TrailEntry.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return sorted(((kind, kind_words(kind)) for kind in found), key=lambda one: one[1])


class Days(SuffixedMultiWidget):
    """From a day until a day, by the browser's own calendar.

    Wagtail's picker is started by a script inside the page, which our Content-Security-Policy stops.
    """

    suffixes = ("from", "to")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([_day(_("Since")), _day(_("Until"))], attrs)

    def decompress(self, value: slice | None) -> list[Any]:
        return [value.start, value.stop] if value else [None, None]


def _day(words: Any) -> forms.DateInput:
    return DayInput({"aria-label": words})


class TrailFilter(WagtailFilterSet):
    """By time, by verb, by who, by kind of record, by one record."""

    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=Days)
    what = django_filters.ChoiceFilter(label=_("What"), choices=lambda: sorted(Deed.choices, key=_by_label))
    who = django_filters.CharFilter(label=_("User name, or «system»"), method="by_whom", max_length=150)
    kind = django_filters.ChoiceFilter(label=_("Kind of record"), choices=kinds)
    about = django_filters.CharFilter(label=_("Number or id of the record"), max_length=36)

    class Meta:
        model = TrailEntry
        fields: list[str] = []

    def by_whom(self, queryset: Any, _name: str, username: str) -> Any:
        if username.strip().casefold() == rules.SYSTEM:
            return queryset.filter(actor=None)
        accounts = get_user_model()._default_manager.filter(username__iexact=username.strip())
        return queryset.filter(actor__in=list(accounts.values_list("key", flat=True)))


def _by_label(choice: Any) -> str:
    return str(choice[1])


class Trail(Permitted, ReportView):
    """The entries, the newest first; above them the head of the chain and its last check."""

    permission = SEES
    template_name = "courses/admin/trail.html"
    page_title = _("Audit trail")
    header_icon = "list-ol"
    index_url_name = "trail:index"
    index_results_url_name = "trail:index_results"
    filterset_class = TrailFilter
    model = TrailEntry
    default_ordering = "-id"
    is_searchable = False
    list_export: list[str] = []  # the files with hashes are below

    def get_queryset(self) -> Any:
        return TrailEntry.objects.order_by("-id")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            Column("at", label=_("When"), accessor=_moment),
            Column("did", label=_("What")),
            Column("who", label=pgettext_lazy("audit trail", "Who")),
            Column("held", label=_("Role"), classname="pm-wide"),
            Column("record", label=_("Record"), classname="pm-wide"),
            Column("told", label=_("Facts"), classname="pm-wide"),
            Column("sequence", label=_("Number"), classname="pm-wide", accessor=_number),
        ]

    def decorate_paginated_queryset(self, object_list: Any) -> list[TrailEntry]:
        return in_words(list(object_list))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("p", None)
        return {
            **super().get_context_data(*args, **kwargs),
            "head": actions.head(),
            "check": TrailCheck.objects.first(),
            "query": query.urlencode(),
        }


def _moment(entry: TrailEntry) -> str:
    return date_format(timezone.localtime(entry.at), "j b Y, H:i:s")


def _number(entry: TrailEntry) -> str:
    return str(entry.sequence or "…")


class TrailFile(Permitted, View):
    """The chained entries that the filters leave. POST: that they were taken out is noted, in them too."""

    permission = SEES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str) -> StreamingHttpResponse:
        actions.note_look(
            Deed.TRAIL_EXPORTED, about=TrailEntry, by=request.user, at=timezone.now(), format=kind
        )
        actions.chain()
        content_type, lines = FORMATS[kind]
        found = TrailFilter(request.GET, queryset=TrailEntry.objects.chained(), request=request)
        entries = found.qs if found.is_valid() else TrailEntry.objects.none()
        head = actions.head()
        return StreamingHttpResponse(
            lines(entries),
            content_type=content_type,
            headers={
                "Content-Disposition": f'attachment; filename="bitacora-{head.size}-{head.hash[:12]}.{kind}"',
                "Cache-Control": "no-store, private",
            },
        )


class AlarmPanel(Component):
    """On the first page, only when the trail does not fit or nobody checked it."""

    name = "trail"
    template_name = "courses/admin/trail_panel.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"check": TrailCheck.objects.first()}

    def render_html(self, parent_context: Any = None) -> Any:
        check = TrailCheck.objects.first()
        if check is None or (not check.findings and check.at > timezone.now() - UNCHECKED):
            return ""
        return super().render_html(parent_context)


class TrailItem(PermittedItem):
    """Only for administrators."""

    permission = SEES


class TrailViewSet(ViewSet):
    """«Bitácora»."""

    name = "trail"
    icon = "list-ol"
    menu_label = _("Audit trail")
    menu_name = "trail"
    menu_order = 82
    add_to_admin_menu = True
    menu_item_class = TrailItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Trail.as_view(), name="index"),
            path("results/", Trail.as_view(results_only=True), name="index_results"),
            *[
                path(f"trail.{kind}", TrailFile.as_view(), {"kind": kind}, name=f"file_{kind}")
                for kind in FORMATS
            ],
        ]
