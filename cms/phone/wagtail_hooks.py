"""The way from the admin to the team's page for venues without signal."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.sync.staff_package import has_desk


class StaffPhoneMenuItem(MenuItem):
    """Only for who notes something in a cohort."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_desk(request.user)


@hooks.register("register_admin_menu_item")
def staff_phone() -> MenuItem:
    """«Sin señal»."""
    return StaffPhoneMenuItem(
        _("Without signal"), reverse("staff_phone"), name="staff-phone", icon_name="mobile-alt", order=55
    )
