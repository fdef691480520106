"""What Wagtail does to many accounts at once, within the limits of its one-by-one form (admin_forms.py)."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from wagtail.users.views.bulk_actions.assign_role import AssignRoleBulkAction
from wagtail.users.views.bulk_actions.delete import DeleteBulkAction
from wagtail.users.views.bulk_actions.set_active_state import SetActiveStateBulkAction

from cms.users import sessions
from cms.users.models import User
from cms.users.roles import ROLES
from courses.trail import actions as trail


class RoleForm(forms.Form):
    """The school's roles and no other group."""

    role = forms.ModelChoiceField(queryset=Group.objects.filter(name__in=ROLES))


class AssignRole(AssignRoleBulkAction):
    """Give accounts a role. Nobody gives one to herself."""

    form_class = RoleForm

    def get_execution_context(self) -> dict[str, Any]:
        """The role, and who gives it."""
        return {**super().get_execution_context(), "by": self.request.user}

    @classmethod
    @transaction.atomic
    def execute_action(cls, objects: Any, role: Any = None, by: Any = None, **kwargs: Any) -> Any:
        """Give the role, and note whose roles it is among now."""
        had_desk = {account.pk for account in objects if account.has_desk}
        done = super().execute_action(objects, role=role, **kwargs)
        if role is not None:
            told: dict[str, Any] = {"by": by, "at": timezone.now(), "roles": [role.name]}
            now = list(User.objects.filter(pk__in=[account.pk for account in objects]))
            made = [account for account in now if account.has_desk and account.pk not in had_desk]
            rest = [account for account in now if account not in made]
            trail.note_each(trail.Deed.ACCOUNT_MADE, about=made, **told)
            trail.note_each(trail.Deed.ACCOUNT_CHANGED, about=rest, **told)
        return done

    def check_perm(self, obj: Any) -> bool:
        return obj.pk != self.request.user.pk and bool(super().check_perm(obj))


class SetActiveState(SetActiveStateBulkAction):
    """Close accounts, or open them again; nobody her own."""

    @classmethod
    @transaction.atomic
    def execute_action(
        cls, objects: Any, mark_as_active: bool = False, user: Any = None, **kwargs: Any
    ) -> Any:
        """Sessions of a closed account end: one that is opened again must not find them as they were."""
        done = super().execute_action(objects, mark_as_active=mark_as_active, user=user, **kwargs)
        if not mark_as_active:
            for account in objects:
                sessions.end_of(account, by=user)
        told: dict[str, Any] = {"by": user, "at": timezone.now(), "is_active": mark_as_active}
        trail.note_each(trail.Deed.ACCOUNT_CHANGED, about=list(objects), **told)
        return done


class Delete(DeleteBulkAction):
    """Only superusers delete accounts; everybody else closes them."""

    def get_execution_context(self) -> dict[str, Any]:
        """Who deletes."""
        return {**super().get_execution_context(), "by": self.request.user}

    @classmethod
    @transaction.atomic
    def execute_action(cls, objects: Any, by: Any = None, **kwargs: Any) -> Any:
        """Note them while they are there."""
        trail.note_each(trail.Deed.RECORD_DELETED, about=list(objects), by=by, at=timezone.now())
        return super().execute_action(objects, **kwargs)
