"""What accounts put into the admin."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.users.bulk import AssignRole, Delete, SetActiveState
from cms.users.own_data.viewsets import OwnDataViewSet
from cms.users.staff import CardViewSet

for action in (AssignRole, SetActiveState, Delete):
    hooks.register("register_bulk_action", action, order=1)  # after Wagtail's own, in its place


@hooks.register("register_admin_viewset")
def register_viewset() -> CardViewSet:
    """Sign-in cards."""
    return CardViewSet()


@hooks.register("register_admin_viewset")
def register_own_data() -> OwnDataViewSet:
    """A woman's permissions and data, when she asks in person."""
    return OwnDataViewSet()


@hooks.register("register_account_menu_item")
def my_second_step(request: HttpRequest) -> dict[str, Any]:
    """From her account to her second step."""
    words = _("The app or passkey that is asked after your password, and your recovery codes.")
    return {"url": reverse("mfa_index"), "label": _("My second step"), "help_text": words}


@hooks.register("register_account_menu_item")
def my_sessions(request: HttpRequest) -> dict[str, Any]:
    """From her account to her open sessions."""
    words = _("Where your account is open; end what is not yours.")
    return {"url": reverse("my_sessions"), "label": _("My sessions"), "help_text": words}


@hooks.register("register_account_menu_item")
def my_password(request: HttpRequest) -> dict[str, Any]:
    """From her account to a new password."""
    words = _("Everywhere else you are signed out then.")
    return {"url": reverse("password_change"), "label": _("Change my password"), "help_text": words}
