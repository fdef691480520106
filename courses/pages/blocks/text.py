"""What is read: headings, text, messages, steps, tables and cards."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StructBlock, TextBlock

from courses.pages.blocks.groups import PRACTICE, TEXT

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


def heading() -> CharBlock:
    """A heading inside a lesson."""
    return CharBlock(
        label=_("Heading"),
        max_length=120,
        icon="title",
        group=TEXT,
        description=_("Begins a new part of the lesson."),
        template="courses/pages/blocks/heading.html",
        preview_value=_("How to prepare"),
    )


def rich_text() -> RichTextBlock:
    """Text with few features, so that every lesson looks alike."""
    return RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=TEXT_FEATURES,
        group=TEXT,
        description=_("Short paragraphs and lists."),
        template="courses/pages/blocks/text.html",
        preview_template="courses/pages/blocks/text_preview.html",
    )


def key_message() -> TextBlock:
    """The sentence to remember."""
    return TextBlock(
        label=_("Key message"),
        icon="pick",
        rows=2,
        max_length=500,
        group=TEXT,
        description=_("The one sentence to remember."),
        template="courses/pages/blocks/key_message.html",
        preview_value=_("You inform. She decides."),
    )


def line(label: Any, **options: Any) -> CharBlock:
    """A line of a list, named in the editor. Its name is nothing that is kept: no migration knows of it."""
    block = CharBlock(**options)
    block.label = label
    return block


class StepsBlock(StructBlock):
    """An ordered list of things to do."""

    title = CharBlock(label=_("Title"), max_length=120)
    steps = ListBlock(line(_("Step"), max_length=300), label=_("Steps"), min_num=2)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        group = TEXT
        description = _("What to do, one thing after the other.")
        template = "courses/pages/blocks/steps.html"
        preview_value = {
            "title": _("How it is done"),
            "steps": [_("Ask first."), _("Listen."), _("Go with her.")],
        }


class RowBlock(StructBlock):
    """What is compared, and what each column says of it."""

    label = CharBlock(label=_("What is compared"), max_length=120)
    cells = ListBlock(line(_("Cell"), max_length=200), label=_("What each column says"), min_num=2, max_num=4)

    class Meta:
        icon = "minus"
        label = _("Row")
        form_classname = "struct-block"


class CompareBlock(StructBlock):
    """A table with two to four columns; on a phone each row becomes a card."""

    title = CharBlock(label=_("Title"), max_length=120)
    columns = ListBlock(
        line(_("Column"), max_length=60),
        label=_("Columns"),
        min_num=2,
        max_num=4,
        help_text=_("Their headings."),
    )
    rows = ListBlock(RowBlock(), label=_("Rows"), min_num=1, max_num=20)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        count = len(cleaned["columns"])
        odd = [row["label"] for row in cleaned["rows"] if len(row["cells"]) != count]
        if odd:
            words = gettext("Each row needs %(count)d cells, one for each column. Look at: %(rows)s.")
            raise ValidationError(words % {"count": count, "rows": "; ".join(odd)})
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["rows"] = [
            {"label": row["label"], "cells": list(zip(value["columns"], row["cells"], strict=False))}
            for row in value["rows"]
        ]
        return context

    class Meta:
        icon = "table"
        label = _("Comparison")
        group = TEXT
        description = _("Two to four things side by side.")
        template = "courses/pages/blocks/compare.html"
        preview_value = {
            "title": _("Which one protects from what?"),
            "columns": [_("Pregnancy"), _("Infections")],
            "rows": [
                {"label": _("Condom"), "cells": [_("Yes"), _("Yes")]},
                {"label": _("Implant"), "cells": [_("Yes"), _("No")]},
            ],
        }


class CardBlock(StructBlock):
    """A card with two sides."""

    front = CharBlock(label=_("Front"), max_length=160)
    back = TextBlock(label=pgettext_lazy("side of a card", "Back"), rows=2, max_length=500)

    class Meta:
        icon = "copy"
        label = _("Card")


class FlipCardsBlock(StructBlock):
    """Cards that show their back when she touches them."""

    title = CharBlock(label=_("Title"), max_length=120)
    cards = ListBlock(CardBlock(), label=_("Cards"), min_num=1, max_num=12)

    class Meta:
        icon = "copy"
        label = _("Cards to turn over")
        group = PRACTICE
        description = _("A question or word in front, its answer behind.")
        template = "courses/pages/blocks/flip_cards.html"
        preview_value = {
            "title": _("True or not?"),
            "cards": [
                {"front": _("«Whoever has no papers gets no care.»"), "back": _("Not true.")},
                {"front": _("«An emergency is always seen to.»"), "back": _("True.")},
            ],
        }
