"""A person as staff write her down: the name she uses, her language, and an account if she needs one."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.people import rules
from courses.people.models import Organisation, Person


def _not_printable() -> Callable[[str], list[str]]:
    """What tells which letters of a name the typefaces of the diplomas lack."""
    asked: Callable[[str], list[str]] = import_string(settings.PRINTABLE)
    return asked


def printable(text: str) -> str:
    """A name, tidied. Raises ValidationError for letters that could not be printed on a diploma."""
    name = rules.tidy(text)
    if lacking := _not_printable()(name):
        raise forms.ValidationError(
            ngettext(
                "This letter cannot be printed on a diploma: %(letters)s. Write it another way.",
                "These letters cannot be printed on a diploma: %(letters)s. Write them another way.",
                len(lacking),
            ),
            params={
                "letters": " ".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in lacking)
            },
        )
    return name


class LegalNameForm(forms.Form):
    """Her legal name and whether her diploma shows it; left empty, nothing is kept."""

    name = forms.CharField(
        label=_("Legal name"),
        max_length=rules.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_printed = forms.BooleanField(label=_("Print it on the diploma"), required=False)

    def clean_name(self) -> str:
        return printable(self.cleaned_data["name"])


class PersonForm(forms.ModelForm[Person]):
    """The account is made only when a user name is given; a sign-in card opens it."""

    username = forms.CharField(
        label=_("User name for signing in"),
        max_length=60,
        required=False,
        help_text=_(
            "Optional. A neutral one, such as «luz24». No e-mail is needed. Then make her a sign-in card."
        ),
    )

    class Meta:
        model = Person
        fields = ("name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _(
            "The name she wants to be called. It is also printed on her diploma."
        )
        if self.instance.account_id:
            del self.fields["username"]

    def clean_name(self) -> str:
        """Tidy her name, and refuse at once what could not be printed on her diploma."""
        return printable(self.cleaned_data["name"])

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip()
        accounts = get_user_model()._default_manager
        if username and accounts.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is taken. Choose another one."))
        return username


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation by its name and kind; an authority with its officers."""

    class Meta:
        model = Organisation
        fields = ("name", "kind", "officers", "is_demo")
        widgets: ClassVar[dict[str, Any]] = {"officers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        officers: Any = self.fields["officers"]
        officers.queryset = get_user_model()._default_manager.filter(groups__name="officer", is_active=True)
        officers.help_text = _(
            "Of a health authority: who sees and answers the actas that are sent to it. With one authority "
            "only, every officer does."
        )

    def clean(self) -> dict[str, Any]:
        """Only an authority has officers."""
        data = super().clean() or {}
        if data.get("officers") and data.get("kind") != Organisation.Kind.AUTHORITY:
            self.add_error("officers", _("Only a health authority has officers."))
        return data
