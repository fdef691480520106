"""What an administrator writes about an account: a user name, a password, roles. Never an e-mail."""

from typing import Any

from django.contrib.auth.models import Group
from wagtail.users.forms import UserCreationForm, UserEditForm

from cms.users.roles import ROLES

NOT_ASKED = ("email", "first_name", "last_name", "is_superuser")


def keep_to_roles(form: Any) -> None:
    """Leave out what we do not ask and what nobody may give; offer the school's roles and no other group."""
    for name in NOT_ASKED:
        form.fields.pop(name, None)
    if "groups" in form.fields:
        form.fields["groups"].queryset = Group.objects.filter(name__in=ROLES)
        form.fields["groups"].required = True


class AccountCreationForm(UserCreationForm):
    """A new account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_to_roles(self)


class AccountEditForm(UserEditForm):
    """A change of an account. Nobody changes her own roles."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        is_herself = kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        keep_to_roles(self)
        if is_herself:
            self.fields.pop("groups", None)
