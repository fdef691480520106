"""The sign-in form."""

from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """One answer for a wrong name and a wrong password: it never tells who has an account."""

    username = UsernameField(label=_("User name"), widget=TextInput(attrs={"autofocus": True}))

    error_messages = {
        "invalid_login": _("The user name or the password is not right. Check them and try again."),
        "inactive": _("The user name or the password is not right. Check them and try again."),
    }
