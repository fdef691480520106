"""What one types or sends at the second step, and to set it up."""

import json
import struct
from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.users import door_log, entering, factors, tries
from cms.users.forms import slowed_in_words
from cms.users.models import User

LONGEST_ANSWER = 20_000  # characters of what a browser says of a passkey; a long one has some 3,000
# What the parser of a browser's answer raises when somebody else wrote it.
NOT_AN_ANSWER = (ValueError, TypeError, LookupError, AttributeError, struct.error, NotImplementedError)
KEY_FAILED = _("The passkey was not accepted. Try again, or use another way.")


class CodeField(forms.CharField):
    """Digits of an app, or of a paper with recovery codes; spaces between them do not matter."""

    def __init__(self, **kwargs: Any) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        widget = forms.TextInput(attrs={**digits, "autofocus": True, "spellcheck": "false"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        return "".join(super().clean(value).split())


class CodeForm(forms.Form):
    """A code of her app, or a recovery code."""

    slowed = 0  # seconds until the next try is looked at
    code = CodeField(
        label=_("Code"),
        help_text=_("The six digits that your app shows now, or one of your recovery codes."),
    )

    def __init__(self, request: HttpRequest, account: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.account = request, account
        self.factor: Any = None

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        try:
            with door_log.watched("code", self.account):
                self.factor = factors.try_code(self.request, self.account, code, timezone.now())
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        kind = "code" if self.factor is None or self.factor.type == factors.APP else "recovery code"
        if not door_log.tried(kind, self.account, self.factor is not None):
            raise ValidationError(_("This code is not right, or it was used already. Wait for the next one."))
        return code


class AnswerForm(forms.Form):
    """What the browser says after a passkey was used. It cannot be guessed, so nothing is counted."""

    slowed = 0
    credential = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_ANSWER)

    def __init__(self, account: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.factor: Any = None

    def clean_credential(self) -> Any:
        try:
            answer = self.look_at(json.loads(self.cleaned_data["credential"]))
        except (*NOT_AN_ANSWER, RecursionError, ValidationError) as error:
            door_log.stayed_shut("passkey", self.account)
            raise ValidationError(KEY_FAILED) from error
        door_log.opened("passkey", self.account)
        return answer

    def look_at(self, answer: Any) -> Any:
        """Raises one of NOT_AN_ANSWER, or ValidationError."""
        webauthn.parse_authentication_response(answer)
        self.factor = webauthn.complete_authentication(self.account, answer)
        return answer


class NewKeyForm(AnswerForm):
    """A passkey to add, and what she calls it."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=40,
        required=False,
        help_text=_("So that you recognise it: “my phone”, “key on my key ring”. No names of people."),
    )
    field_order = ("name", "credential")

    def look_at(self, answer: Any) -> Any:
        webauthn.parse_registration_response(answer)
        webauthn.complete_registration(answer)
        return answer


class AppForm(forms.Form):
    """The code that proves that her app has the secret."""

    code = CodeField(label=_("The six digits that your app shows now"))

    def __init__(self, secret: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]  # the drawing stands above it
        self.secret = secret

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not factors.is_right(self.secret, code):
            raise ValidationError(
                _("This code is not right. Wait for the next one. If it fails again, set the phone's clock.")
            )
        return code


class PasswordForm(forms.Form):
    """Her password once more, where she has no second step yet. Guessing is slowed as at the door."""

    slowed = 0
    factor = None
    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, account: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.account = request, account

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        try:
            if not entering.check_own_password(self.request, self.account, password, timezone.now()):
                raise ValidationError(_("The password is not right. Try again."))
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        return password
