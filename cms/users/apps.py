from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    name = "cms.users"
    label = "users"
    verbose_name = _("Accounts")
    default = True


class AdminUsersConfig(WagtailUsersAppConfig):
    """Wagtail's list of accounts with our own forms: no e-mail, no superusers, only the school's roles."""

    user_viewset = "cms.users.viewsets.UserViewSet"
    default = False
