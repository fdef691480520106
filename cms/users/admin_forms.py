"""What an administrator writes about an account: a user name, a password, roles. Never an e-mail."""

from typing import Any

from django.contrib.auth.models import Group
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from cms.users.models import SECRET_FIELDS, User
from cms.users.roles import ROLES
from courses.trail.wording import role_words

NOT_ASKED = ("email", "first_name", "last_name", "is_superuser")


def role_of(group: Group) -> str:
    """A role in words."""
    return capfirst(role_words(group.name))


def keep_to_roles(form: Any) -> None:
    """Leave out what we do not ask and what nobody may give; offer the school's roles and no other group."""
    for name in NOT_ASKED:
        form.fields.pop(name, None)
    if "password2" in form.fields:
        form.fields["password2"].help_text = _("You know this one: she chooses her own when she comes in.")
    if "groups" in form.fields:
        form.fields["groups"].queryset = Group.objects.filter(name__in=ROLES)
        form.fields["groups"].required = True
        form.fields["groups"].label = _("Roles")
        form.fields["groups"].label_from_instance = role_of


def save_given(form: Any, account: User, commit: bool) -> User:
    """What an administrator typed is known to her: its owner chooses another one when she comes in."""
    typed = form.cleaned_data.get("password1")
    if typed:
        account.give_password(typed)
    if commit:
        account.save(update_fields=_written(form, bool(typed)) if account.pk else None)
        form.save_m2m()
    return account


def _written(form: Any, has_secret: bool) -> list[str]:
    """The columns that this form changes: another may be written by its owner in the same moment."""
    changed = {field.name for field in User._meta.concrete_fields} & set(form.changed_data)
    return sorted({*changed, *(SECRET_FIELDS if has_secret else ())})


class AccountCreationForm(UserCreationForm):
    """A new account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_to_roles(self)

    def save(self, commit: bool = True) -> Any:
        return save_given(self, super().save(commit=False), commit)


class AccountEditForm(UserEditForm):
    """A change of an account. Nobody changes her own roles here, or her password without the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.is_herself = kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        keep_to_roles(self)
        if self.is_herself:
            self.fields.pop("groups", None)

    def save(self, commit: bool = True) -> Any:
        return save_given(self, super().save(commit=False), commit)

    @property
    def password_enabled(self) -> bool:
        """Her own is changed at /clave/, where the old one is asked."""
        return not self.is_herself and bool(super().password_enabled)
