"""«Conservación» in the admin: what is kept how long, what goes next, what went. Nothing is changed here."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from cms.retention import report, rules, wording
from cms.retention.models import CohortTotals
from courses.staff import Permitted, PermittedItem, StaffPage

MAY = "retention.view_retentionentry"
TOTALS_SHOWN = 50


class RetentionPage(Permitted, StaffPage):
    """A page for administrators."""

    header_icon = "history"
    page_title = _("Retention of data")
    permission = MAY


class Index(RetentionPage):
    """The rules, what would go now, which cohorts are next, and what went."""

    template_name = "retention/admin/index.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        ended, done = rules.ended(now), report.last_done(now)
        findings = report.dry_run(now, ended.ids)
        months = report.months(now)
        return {
            **super().get_context_data(**kwargs),
            "findings": findings,
            "due": sum(one.count for one in findings),
            "done": done,
            "is_late": done is None or now - done > report.LATE,
            "going": report.lines(report.with_people(ended.going)),
            "waiting": report.lines(ended.waiting),
            "coming": report.coming(now),
            "soon": report.SOON,
            "months": months,
            "went": sum(one.count for one in months),
            "days": report.days(),
            "totals": CohortTotals.objects.select_related("cohort")[:TOTALS_SHOWN],
        }


class Totals(RetentionPage):
    """What is left to say of one cohort."""

    template_name = "retention/admin/totals.html"
    page_subtitle = _("Totals of a cohort")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        totals = get_object_or_404(
            CohortTotals.objects.select_related("cohort"), cohort=self.kwargs["cohort"]
        )
        return {**super().get_context_data(**kwargs), "totals": totals, "told": wording.told(totals.facts)}


class RetentionMenuItem(PermittedItem):
    permission = MAY


class RetentionViewSet(ViewSet):
    """«Conservación de datos»."""

    name = "retention"
    icon = "history"
    menu_label = _("Retention of data")
    menu_name = "retention"
    menu_order = 85
    add_to_admin_menu = True
    menu_item_class = RetentionMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Index.as_view(), name="index"),
            path("<int:cohort>/", Totals.as_view(), name="totals"),
        ]
