"""The keys in the admin: which sign, which signed, what is wrong with them. Nothing can be changed here."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from certificates.desk.pages import StaffPage
from certificates.keys import access, checks
from certificates.keys.models import SigningKey


@dataclass(frozen=True)
class Group:
    """The keys of one purpose, the newest first."""

    purpose: str
    words: str
    keys: list[SigningKey]


class KeyPage(StaffPage):
    """Every public key there ever was, by what it signs."""

    template_name = "certificates/admin/keys.html"
    page_title = _("Signing keys")
    header_icon = "key"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_see_keys(request.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keys = list(SigningKey.objects.order_by("-starts_at", "-pk"))
        now = timezone.now()
        groups = [
            Group(purpose.value, str(purpose.label), [key for key in keys if key.purpose == purpose])
            for purpose in SigningKey.Purpose
        ]
        return {
            **super().get_context_data(**kwargs),
            "groups": [group for group in groups if group.keys],
            "warnings": checks.warnings(now),
            "now": now,
        }


class KeyMenuItem(MenuItem):
    """Only for whoever may see the page."""

    def is_shown(self, request: HttpRequest) -> bool:
        return access.can_see_keys(request.user)


class KeyViewSet(ViewSet):
    """«Llaves de firma»."""

    name = "keys"
    icon = "key"
    menu_label = _("Signing keys")
    menu_name = "keys"
    menu_order = 85
    add_to_admin_menu = True
    menu_item_class = KeyMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", KeyPage.as_view(), name="index")]
