"""What the staff screens of all topics share: page furniture, lists with a form, and saying no kindly."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views import View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from courses.errors import Refused


def refused(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Do it; when the action refuses, say why on the next screen and return True."""
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
        return True
    return False


class DayInput(forms.DateInput):
    """The browser's own calendar: Wagtail's writes a script into the page, which our policy forbids."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class HourInput(forms.TimeInput):
    """The browser's own clock, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class PlainViewSet(ModelViewSet):
    """A list and a form. No deleting, copying or history: records of a school are not thrown away."""

    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    kept = frozenset({"index", "index_results", "add", "edit"})

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(("history_url_name", "usage_url_name", "delete_url_name"))
        plain: dict[str, Any] = super().get_common_view_kwargs(**{**absent, **kwargs})
        return plain

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in self.kept]


class PermittedItem(MenuItem):
    """Stands in the menu of whoever holds `permission`."""

    permission = ""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))


class Permitted:
    """A view for whoever holds `permission`."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it


class StaffPage(WagtailAdminTemplateMixin, View):
    """A page of the admin with a title, breadcrumbs and buttons; GET only shows."""

    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Where this page stands: below the first page, unless it says more."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_subtitle or self.page_title}]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show()

    def show(self, **context: Any) -> HttpResponse:
        """The page, with what this request adds to its context."""
        response: HttpResponse = self.render_to_response(self.get_context_data(**context))
        return response
