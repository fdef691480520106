"""A part of a lesson that she may leave out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import Block, CharBlock, StreamBlock, StructBlock, TextBlock

from courses.pages.blocks.groups import CARE
from courses.pages.blocks.media import NarrationBlock, PictureBlock
from courses.pages.blocks.text import StepsBlock, heading, key_message, rich_text


def basic_blocks() -> list[tuple[str, Block]]:
    """What is read, seen and heard: inside a warning, and on plain pages."""
    return [
        ("heading", heading()),
        ("text", rich_text()),
        ("image", PictureBlock()),
        ("audio", NarrationBlock()),
        ("key_message", key_message()),
        ("steps", StepsBlock()),
    ]


class ContentWarningBlock(StructBlock):
    """Says what comes, stays closed until she opens it, and has a way round."""

    about = CharBlock(label=_("What it is about"), max_length=200, help_text=_("Without details."))
    instead = TextBlock(label=_("What she needs to know if she leaves it out"), max_length=600, rows=3)
    body = StreamBlock(basic_blocks(), label=_("What she may leave out"), min_num=1)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["after"] = f"after-{context.get('block_id', '')}"
        return context

    class Meta:
        icon = "warning"
        label = _("Content warning")
        group = CARE
        description = _("For what may hurt to read: closed at first, with a way round it.")
        template = "courses/pages/blocks/content_warning.html"

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "about": str(_("It tells of violence.")),
                "instead": str(_("It is never her fault, and there is help at once.")),
                "body": [("key_message", str(_("You inform. She decides.")))],
            }
        )
