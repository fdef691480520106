"""What she types about her own data."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.users import tries
from cms.users.entering import check_own_pin
from cms.users.forms import PinField, slowed_in_words
from courses.people import rules
from courses.people.forms import printable
from courses.people.models import Person

KEEP, ERASE = "keep", "erase"


class NameForm(forms.Form):
    """The name she wants to be called from now on."""

    name = forms.CharField(
        label=_("The name you use"),
        max_length=rules.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        name = printable(self.cleaned_data["name"])
        if rules.looks_like_contact(name):
            raise ValidationError(_("Write a name, not a telephone or an e-mail."))
        return name


class AnswerForm(forms.Form):
    """«Yes» or «no» to one purpose, by its button; whether she heard the words."""

    answer = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.HiddenInput)
    was_heard = forms.BooleanField(label=_("I listened to it, or somebody read it to me"), required=False)


class LeaveForm(forms.Form):
    """Leaving is said twice."""

    is_sure = forms.BooleanField(label=_("Yes, I leave the course"))


class ChoiceForm(forms.Form):
    """Whether her diplomas stay; only asked where something was decided about her."""

    awards = forms.ChoiceField(
        label=_("What happens to your diploma?"),
        choices=[
            (KEEP, _("My diploma stays valid")),
            (ERASE, _("My diploma is erased too")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, asks_awards: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_awards:
            del self.fields["awards"]

    @property
    def keeps_awards(self) -> bool:
        """What was chosen; of a valid form. Where there is nothing to keep, nothing is."""
        return bool(self.cleaned_data.get("awards", ERASE) == KEEP)


class EraseForm(ChoiceForm):
    """Erasing everything: she chooses, says that she is sure, and types her PIN again."""

    slowed = 0
    is_sure = forms.BooleanField(label=_("I know that nobody can bring it back"))
    pin = PinField(label=_("Your PIN"), autocomplete="current-password")

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """The PIN is looked at last: a mistake above it costs no try."""
        data = super().clean() or {}
        if self.errors:
            return data
        account: Any = self.request.user
        try:
            if not check_own_pin(self.request, account, data["pin"], timezone.now()):
                self.add_error("pin", _("The PIN is not right."))
        except tries.Slowed as error:
            self.slowed = error.seconds
            raise ValidationError(slowed_in_words(error.seconds), code="slowed") from error
        return data


class StaffEraseForm(ChoiceForm):
    """The same in her presence: her name is typed, so that it is nobody else."""

    was_present = forms.BooleanField(label=_("She is here and asks for it herself"))
    name = forms.CharField(
        label=_("Type her name to confirm"),
        max_length=rules.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_name(self) -> str:
        name = rules.tidy(self.cleaned_data["name"])
        if rules.spelling(name) != rules.spelling(self.person.name):
            raise ValidationError(_("This is not her name as it stands above."))
        return name


class PresenceForm(forms.Form):
    """A copy is handed to her, and to nobody else."""

    was_present = forms.BooleanField(label=_("She is here and asks for it herself"))
