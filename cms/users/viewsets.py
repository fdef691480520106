"""Accounts in the admin."""

from django.forms import ModelForm
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from cms.users.admin_forms import AccountCreationForm, AccountEditForm
from cms.users.models import User


class UserViewSet(WagtailUserViewSet):
    """Create and change accounts by user name, password and role."""

    create_template_name = "users/admin/create.html"
    edit_template_name = "users/admin/edit.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm[User]]:
        return AccountEditForm if for_update else AccountCreationForm
