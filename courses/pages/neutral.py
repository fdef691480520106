"""Names that anybody may read over her shoulder: the list of the house, asked of any form."""

from typing import Any

from django.core.exceptions import ValidationError

from courses.pages.addresses import PlainAddressForm
from courses.pages.checks.models import NeutralNaming
from courses.pages.checks.naming import forbidden
from courses.pages.checks.rules import Finding
from courses.pages.checks.wording import say


def neutral_address(text: str) -> None:
    """Raises ValidationError for an address, or part of one, that says a word of the list."""
    _check(text, "name_slug")


def neutral_title(text: str) -> None:
    """Raises ValidationError for the title of a page that says a word of the list."""
    _check(text, "name_title")


def _check(text: str, code: str) -> None:
    words = forbidden(text, NeutralNaming.current())
    if words:
        raise ValidationError(say(Finding(code, facts={"words": ", ".join(words)})))


class NeutralPageForm(PlainAddressForm):
    """A course or module. Its own title may say what it is about; a lesson is checked as a whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, check in (("slug", neutral_address), ("seo_title", neutral_title)):
            if name in self.fields:
                self.fields[name].validators = [*self.fields[name].validators, check]
