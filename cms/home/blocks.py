"""What the help card is built of."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, RegexBlock, RichTextBlock, StructBlock, TextBlock

from courses.pages.blocks import TEXT_FEATURES


class ContactBlock(StructBlock):
    """Whom to call: a number that was tried, when they answer, what they ask, and what to know before."""

    name = CharBlock(label=_("Name"), max_length=80)
    number = RegexBlock(r"^[0-9 +*#-]{2,20}$", label=_("Telephone"), required=False)
    how = CharBlock(label=_("How and when"), max_length=160, required=False)
    questions = ListBlock(CharBlock(max_length=160), label=_("What they will ask"), min_num=0)
    caution = TextBlock(label=_("To know before calling"), required=False, rows=2)

    class Meta:
        icon = "mobile-alt"
        label = _("Whom to call")
        template = "home/contact.html"


HELP_BLOCKS = [
    ("heading", CharBlock(label=_("Heading"), max_length=80, template="courses/pages/blocks/heading.html")),
    (
        "text",
        RichTextBlock(label=_("Text"), features=TEXT_FEATURES, template="courses/pages/blocks/text.html"),
    ),
    ("contact", ContactBlock()),
]
