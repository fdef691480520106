"""The transparency log in the admin: how far it has grown, who has its heads, what the last check found."""

from datetime import datetime
from functools import cached_property
from typing import Any

from celery import current_app
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet

from certificates.desk.pages import StaffPage
from certificates.log import access, actions, proofs
from certificates.log.models import AuditRun, HeadMail, LogEntry, LogState, TreeHead, Witness
from courses.staff import PlainViewSet

HEADS_SHOWN = 10
LATE = 2 * actions.PUBLISH_EVERY


class LogPage(StaffPage):
    """How far the log has grown; its heads and to whom they were sent; the last check."""

    template_name = "certificates/admin/log.html"
    page_title = _("Transparency log")
    header_icon = "history"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_see_log(request.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state, head = LogState.objects.first(), proofs.latest_head()
        size = state.size if state else 0
        unpublished = size - (head.size if head else 0)
        mails = HeadMail.objects.select_related("witness").order_by("witness__name")
        heads = TreeHead.objects.select_related("key").prefetch_related(Prefetch("mails", queryset=mails))
        return {
            **super().get_context_data(**kwargs),
            "size": size,
            "head": head,
            "unpublished": unpublished,
            "is_late": bool(unpublished) and _unsigned_since(head) < timezone.now() - LATE,
            "heads": heads[:HEADS_SHOWN],
            "witnesses": Witness.objects.filter(is_active=True).count(),
            "run": AuditRun.objects.first(),
            "may_keep": access.can_keep_witnesses(self.request.user),
        }


def _unsigned_since(head: TreeHead | None) -> datetime:
    """When the last head was signed; before the first, when the log began."""
    return head.signed_at if head else LogEntry.objects.earliest("index").at


class LogAct(StaffPage):
    """One press of a button on that page: POST does it and goes back."""

    http_method_names = ["post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_keep_witnesses(request.user):
            raise PermissionDenied


class TryAgain(LogAct):
    """Have a head sent again to a witness whom it did not reach."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(HeadMail, pk=pk, sent_at=None)
        actions.try_again(mail, timezone.now())
        messages.success(request, gettext("It will be sent again in a moment."))
        return redirect("log:index")


class CheckNow(LogAct):
    """Have the whole log checked by a worker."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            current_app.send_task(
                "certificates.tasks.audit_log", retry=True, retry_policy=actions.SHORT_RETRY
            )
        except Exception:  # whatever a broker's client raises
            messages.error(
                request, gettext("No worker can be reached now. The check runs by itself each night.")
            )
        else:
            messages.success(request, gettext("The check has begun. Reload this page in a minute."))
        return redirect("log:index")


class LogMenuItem(MenuItem):
    """Only for whoever may see the page."""

    def is_shown(self, request: HttpRequest) -> bool:
        return access.can_see_log(request.user)


class LogViewSet(ViewSet):
    """«Registro de transparencia»."""

    name = "log"
    icon = "history"
    menu_label = _("Transparency log")
    menu_name = "log"
    menu_order = 80
    add_to_admin_menu = True
    menu_item_class = LogMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", LogPage.as_view(), name="index"),
            path("check/", CheckNow.as_view(), name="check"),
            path("mails/<int:pk>/again/", TryAgain.as_view(), name="again"),
        ]


class WitnessIndex(generic.IndexView):
    """Who receives the heads."""

    default_ordering = "name"

    def get_base_queryset(self) -> Any:
        return Witness.objects.select_related("organisation")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("name"),
            Column("email", label=_("E-mail"), classname="pm-wide"),
            Column(
                "organisation",
                label=_("Organisation"),
                accessor=lambda one: one.organisation or "—",
                classname="pm-wide",
            ),
            Column(
                "is_active",
                label=_("Receives the heads"),
                accessor=lambda one: _("Yes") if one.is_active else _("No"),
            ),
        ]


class WitnessViewSet(PlainViewSet):
    """«Testigos»."""

    model = Witness
    name = "witnesses"
    icon = "mail"
    add_to_admin_menu = False
    form_fields = ["name", "email", "organisation", "is_active"]
    search_fields = ["name", "email"]
    index_view_class = WitnessIndex
