"""Addresses that any telephone can type, print and dictate: plain letters, numbers and hyphens."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import slug_re, validate_unicode_slug
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


def plain_address(slug: str) -> None:
    """Raises ValidationError for an address with accents or other signs; it names the plain spelling."""
    if slug_re.match(slug):
        return
    plain = slugify(slug)
    if not plain:
        raise ValidationError(_("An address has plain letters without accents, numbers and hyphens only."))
    raise ValidationError(
        _(
            "An address has plain letters without accents, numbers and hyphens only. Write it like this: "
            "%(plain)s"
        )
        % {"plain": plain}
    )


class PlainAddressForm(WagtailAdminPageForm):
    """The form of a page of a course. Wagtail itself takes an accented address that was typed by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            others = [one for one in self.fields["slug"].validators if one is not validate_unicode_slug]
            self.fields["slug"].validators = [*others, plain_address]
