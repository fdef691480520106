"""What one types to come in, and to change what one types."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm, UsernameField
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cms.users import rules, tries
from cms.users.entering import check_own_password, check_own_pin, enter
from cms.users.models import SECRET_FIELDS, User


def wait_in_words(seconds: int) -> str:
    """When she may try again: «5 minutos», «2 horas»; rounded up."""
    minutes = -(-seconds // rules.MINUTE)
    if minutes < 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-seconds // rules.HOUR)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def slowed_in_words(seconds: int) -> str:
    """The same words whoever it is: they tell nothing about an account."""
    return gettext("There were too many wrong tries. You can try again in %(wait)s.") % {
        "wait": wait_in_words(seconds)
    }


class PinField(forms.CharField):
    """Six digits on a keyboard of digits."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        digits = {"inputmode": "numeric", "pattern": "[0-9]*", "autocomplete": autocomplete}
        widget = forms.PasswordInput(attrs={**digits, "class": "pin-input"})
        super().__init__(max_length=rules.PIN_LENGTH, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        pin = str(super().clean(value))
        if not rules.is_pin(pin):
            raise ValidationError(_("A PIN is six digits."))
        return pin


class StaffSignInForm(AuthenticationForm):
    """User name and password. One answer for a wrong name and a wrong password."""

    secret, by_pin = "password", False
    slowed = 0  # seconds until the next try is looked at
    username = UsernameField(
        label=_("User name"),
        widget=forms.TextInput(attrs={"autofocus": True, "spellcheck": "false", "autocomplete": "off"}),
    )
    error_messages = {"invalid_login": _("The user name or the password is not right. Try again.")}

    def clean(self) -> dict[str, Any]:
        """Raises the same error for a wrong name and a wrong secret, and another while she is slowed."""
        username, secret = self.cleaned_data.get("username"), self.cleaned_data.get(self.secret)
        if not username or not secret or self.request is None:
            return self.cleaned_data
        now = timezone.now()
        try:
            account = enter(self.request, username=username, secret=secret, by_pin=self.by_pin, now=now)
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        if account is None:
            raise self.get_invalid_login_error()
        self.user_cache = account
        return self.cleaned_data


class PinSignInForm(StaffSignInForm):
    """User name and PIN. The browser is not asked to offer user names: the phone may be shared."""

    secret, by_pin = "pin", True
    pin = PinField(label=_("PIN"), autocomplete="current-password")
    error_messages = {"invalid_login": _("The user name or the PIN is not right. Try again.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"]


class NewPinForm(forms.Form):
    """A PIN of her own, typed twice."""

    username = ""
    new_pin = PinField(
        label=_("Your new PIN"),
        autocomplete="new-password",
        help_text=_("Six digits that you remember and nobody guesses: not 123456, not one digit six times."),
    )
    new_pin_again = PinField(label=_("Your new PIN once more"), autocomplete="new-password")

    def clean_new_pin(self) -> str:
        pin = str(self.cleaned_data["new_pin"])
        if rules.is_weak(pin, self.username):
            raise ValidationError(_("This PIN is easy to guess. Choose another one."))
        return pin

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, again = data.get("new_pin"), data.get("new_pin_again")
        if first and again and first != again:
            self.add_error("new_pin_again", _("It is not the same as above. Type both again."))
        return data


class ChangePinForm(NewPinForm):
    """The PIN she has, and a new one. Guessing the old one is slowed as at the door."""

    slowed = 0
    old_pin = PinField(label=_("The PIN you have now"), autocomplete="current-password")
    field_order = ("old_pin", "new_pin", "new_pin_again")

    def __init__(self, request: HttpRequest, account: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.account, self.username = request, account, account.username

    def clean(self) -> dict[str, Any]:
        """The old PIN is looked at last: a mistake in the new one costs no try."""
        data = super().clean()
        if self.errors:
            return data
        try:
            if not check_own_pin(self.request, self.account, data["old_pin"], timezone.now()):
                self.add_error("old_pin", _("This is not the PIN you have now. Try again."))
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        return data


class SecretAlone:
    """Of a form of Django that sets a password: it writes no other column of the account back."""

    user: User
    cleaned_data: dict[str, Any]

    def save(self, commit: bool = True) -> User:
        self.user.set_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save(update_fields=SECRET_FIELDS)
        return self.user


class ChangePasswordForm(SecretAlone, PasswordChangeForm):
    """The password she has, and a new one. Guessing the old one is slowed as at the door."""

    slowed = 0

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        password = str(self.cleaned_data["old_password"])
        try:
            is_right = check_own_password(self.request, self.user, password, timezone.now())
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        if not is_right:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password


class OwnPasswordForm(SecretAlone, SetPasswordForm):  # type: ignore[type-arg]  # takes none when it runs
    """A password that nobody else knows, in the place of the one she was given."""

    def clean_new_password1(self) -> str:
        password = str(self.cleaned_data["new_password1"])
        if self.user.check_password(password):
            raise ValidationError(_("This is the password that you were given. Choose another one."))
        return password


class CardForm(NewPinForm):
    """The card, the first PIN that was told apart, and a PIN of her own."""

    code = forms.CharField(
        label=_("The code on your card"),
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "class": "code-input",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "data-card": "",
            }
        ),
    )
    first_pin = PinField(
        label=_("The PIN that your coordinator told you"),
        autocomplete="off",
        help_text=_("It is not on the card."),
    )
    field_order = ("code", "first_pin", "new_pin", "new_pin_again")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("new_pin") and data["new_pin"] == data.get("first_pin"):
            self.add_error("new_pin", _("Somebody else knows this PIN already. Choose another one."))
        return data
