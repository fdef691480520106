"""What a lesson rests on: law, norm, guideline, with its year."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, IntegerBlock, StructBlock, URLBlock


class SourceBlock(StructBlock):
    """A law, norm, guideline or study."""

    title = CharBlock(label=_("Title"), max_length=250, help_text=_("Who says it and where: «WHO, …»."))
    year = IntegerBlock(label=_("Year"), min_value=1800, max_value=2100)
    note = CharBlock(label=_("What it says of this"), max_length=300, required=False)
    url = URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Source")


SOURCE_BLOCKS = [("source", SourceBlock())]
