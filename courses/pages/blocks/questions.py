"""Questions with options: what self-checks are made of. The kinds that tests ask: assessments/blocks.py."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ListBlock, StructBlock, TextBlock
from wagtailmedia.blocks import AudioChooserBlock


class OptionBlock(StructBlock):
    """One possible answer and what to say to whoever chooses it."""

    text = CharBlock(label=_("Answer"), max_length=300)
    is_correct = BooleanBlock(label=_("Correct"), required=False)
    feedback = TextBlock(label=_("Feedback"), required=False, default="")

    class Meta:
        icon = "radio-full"
        label = _("Option")


class QuestionBlock(StructBlock):
    """A question with options, exactly one of them correct."""

    question = TextBlock(label=_("Question"))
    options = ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=6)
    feedback = TextBlock(label=_("Explanation"), required=False, default="")
    audio = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("The question and its answers, read aloud.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if sum(bool(option["is_correct"]) for option in cleaned["options"]) != 1:
            raise ValidationError(_("Mark exactly one option as correct."))
        return cleaned

    class Meta:
        icon = "help"
        label = _("Question")


OBJECTIVE_BLOCKS = [("objective", CharBlock(label=_("Objective"), max_length=200))]
