"""What phones sent and could not be counted: whose, what, why and when; and settling it, one by one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.staff import PermittedItem, StaffPage, refused
from courses.sync import wording
from courses.sync.actions import accept_by_hand, note_settled
from courses.sync.effects import BY_HAND
from courses.sync.models import SyncEvent

PERMISSION = "courses.settle_syncevent"
ON_A_PAGE = 50


class SyncMenuItem(PermittedItem):
    """Only for who may settle."""

    permission = PERMISSION


class SyncPage(StaffPage):
    """A page about refused offline work, for who may settle it."""

    page_title = _("Offline work to settle")
    header_icon = "warning"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("offline:index"), "label": self.page_title}]


def row_of(event: SyncEvent) -> dict[str, Any]:
    """An event as the list and the question show it. What she answered is not shown to anyone."""
    return {
        "event": event,
        "whose": wording.whose(event),
        "cohort": wording.cohort_of(event),
        "what": wording.what(event),
        "why": wording.for_staff(event.code),
        "may_accept": event.code in BY_HAND and (event.person or event.staff) is not None,
    }


class Waiting(SyncPage):
    """What waits, people first; what belongs to nobody last."""

    template_name = "courses/admin/offline.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = SyncEvent.objects.for_desk(self.request.user)
        page = Paginator(waiting, ON_A_PAGE).get_page(self.request.GET.get("p"))
        return {**super().get_context_data(**kwargs), "page": page, "rows": [row_of(event) for event in page]}


class Settle(SyncPage):
    """Asks before it acts: GET explains, POST does it."""

    template_name = "courses/admin/confirm.html"
    event: SyncEvent

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.event = get_object_or_404(SyncEvent.objects.for_desk(request.user), pk=self.kwargs["pk"])

    def words(self) -> dict[str, Any]:
        """The question, what it means, and its button."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "back": reverse("offline:index"), **self.words()}

    def facts(self) -> dict[str, Any]:
        """What its sentences need."""
        event = self.event
        return {
            "name": wording.whose(event) or gettext("Nobody known"),
            "what": wording.what(event),
        }


class Accept(Settle):
    """Count it after all."""

    def words(self) -> dict[str, Any]:
        return {
            "question": gettext("Count this for %(name)s?") % self.facts(),
            "explanation": gettext(
                "%(what)s. It counts with today's date, as if it had arrived in time. This cannot be undone."
            )
            % self.facts(),
            "button": gettext("Yes, count it"),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        def act() -> SyncEvent:
            return accept_by_hand(kept=self.event, by=request.user, at=timezone.now())

        if not refused(request, act):
            messages.success(request, gettext("It counts now for %(name)s.") % self.facts())
        return redirect("offline:index")


class Note(Settle):
    """Close it without counting."""

    def words(self) -> dict[str, Any]:
        return {
            "question": gettext("Close this without counting it?"),
            "explanation": gettext(
                "%(name)s, %(what)s. What her phone sent is thrown away. Talk with her first. "
                "This cannot be undone."
            )
            % self.facts(),
            "button": gettext("Yes, close it"),
            "is_serious": True,
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        def act() -> SyncEvent:
            return note_settled(kept=self.event, by=request.user, at=timezone.now())

        if not refused(request, act):
            messages.success(request, gettext("It is closed. It did not count."))
        return redirect("offline:index")


class OfflineViewSet(ViewSet):
    """«Trabajo sin conexión por resolver»."""

    name = "offline"
    icon = "warning"
    menu_label = _("Offline work to settle")
    menu_order = 230
    add_to_admin_menu = True
    menu_item_class = SyncMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Waiting.as_view(), name="index"),
            path("<int:pk>/count/", Accept.as_view(), name="accept"),
            path("<int:pk>/close/", Note.as_view(), name="note"),
        ]
