"""Accounts in the admin."""

from typing import Any

from django.db import transaction
from django.forms import ModelForm
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from cms.users import sessions
from cms.users.admin_forms import AccountCreationForm, AccountEditForm, role_of
from cms.users.models import User
from cms.users.roles import ROLES
from courses.trail import actions as trail
from courses.trail.rules import SUPERUSER
from courses.trail.wording import role_words


class NotedMixin:
    """Who made or changed an account, and which roles it has since, stands in the audit trail."""

    request: Any
    form: Any
    deed: trail.Deed

    @transaction.atomic
    def save_instance(self) -> Any:
        before = User.objects.filter(pk=self.form.instance.pk).first()
        had_desk = before is not None and before.has_desk
        account = super().save_instance()  # type: ignore[misc]  # of the view beside it
        roles = list(account.groups.filter(name__in=ROLES).values_list("name", flat=True))
        told = {"roles": roles, "is_active": account.is_active}
        # Whoever gives an account its first desk has made a staff account (courses/trail/hands.py).
        is_made = not had_desk and User.objects.get(pk=account.pk).has_desk
        deed = trail.Deed.ACCOUNT_MADE if is_made else self.deed
        if not account.is_active:  # else an account that is opened again would find them as they were
            sessions.end_of(account, by=self.request.user)
        trail.note(deed, about=account, by=self.request.user, at=timezone.now(), **told)
        return account


class Accounts(IndexView):
    """Who comes in, and as what."""

    @cached_property
    def columns(self) -> list[Any]:
        roles = Column("roles", label=_("Roles"), accessor=_roles_of)
        kept = [one for one in super().columns if one.name != User.USERNAME_FIELD]
        return [roles if one.name == "is_superuser" else one for one in kept]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("groups")


def _roles_of(account: User) -> str:
    held = [role_of(group) for group in account.groups.all()]
    return " · ".join([*([capfirst(role_words(SUPERUSER))] if account.is_superuser else []), *sorted(held)])


class AccountCreate(NotedMixin, CreateView):
    deed = trail.Deed.ACCOUNT_MADE
    error_message = _("The account was not saved. Look at what is marked below.")


class AccountEdit(NotedMixin, EditView):
    deed = trail.Deed.ACCOUNT_CHANGED
    error_message = _("The account was not saved. Look at what is marked below.")


class AccountDelete(DeleteView):
    """Only superusers delete accounts; everybody else closes them."""

    @transaction.atomic
    def delete_action(self) -> Any:
        """Note it while it is there."""
        trail.note(trail.Deed.RECORD_DELETED, about=self.object, by=self.request.user, at=timezone.now())
        return super().delete_action()


class UserViewSet(WagtailUserViewSet):
    """Create and change accounts by user name, password and role."""

    create_template_name = "users/admin/create.html"
    edit_template_name = "users/admin/edit.html"

    index_view_class = Accounts
    add_view_class = AccountCreate
    edit_view_class = AccountEdit
    delete_view_class = AccountDelete

    def get_form_class(self, for_update: bool = False) -> type[ModelForm[User]]:
        return AccountEditForm if for_update else AccountCreationForm
