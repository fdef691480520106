"""What a lesson is built of. Each block has its template; the named lists at the end are what pages use."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ListBlock,
    RichTextBlock,
    StructBlock,
    TextBlock,
)
from wagtail.images.blocks import ImageBlock
from wagtailmedia.blocks import AudioChooserBlock

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class NarrationBlock(StructBlock):
    """A sound file with its words, so that it can be read where it cannot be heard."""

    audio = AudioChooserBlock(label=_("Audio"))
    transcript = TextBlock(label=_("Transcript"), help_text=_("The words that are heard."))

    class Meta:
        icon = "media"
        label = _("Audio")
        template = "courses/pages/blocks/audio.html"


class StepsBlock(StructBlock):
    """An ordered list of things to do."""

    title = CharBlock(label=_("Title"), max_length=120)
    steps = ListBlock(CharBlock(max_length=300), label=_("Steps"), min_num=2)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "courses/pages/blocks/steps.html"


class OptionBlock(StructBlock):
    """One possible answer and what to say to whoever chooses it."""

    text = CharBlock(label=_("Answer"), max_length=300)
    is_correct = BooleanBlock(label=_("Correct"), required=False)
    feedback = TextBlock(label=_("Feedback"), required=False)

    class Meta:
        icon = "radio-full"
        label = _("Option")


class QuestionBlock(StructBlock):
    """A question with options, exactly one of them correct."""

    question = TextBlock(label=_("Question"))
    options = ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=6)
    feedback = TextBlock(label=_("Explanation"), required=False)
    audio = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("The question and its answers, read aloud.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if sum(bool(option["is_correct"]) for option in cleaned["options"]) != 1:
            raise ValidationError(_("Mark exactly one option as correct."))
        return cleaned

    class Meta:
        icon = "help"
        label = _("Question")


class ShortAnswerBlock(StructBlock):
    """A question answered in her own words; a trainer reads it without seeing the name."""

    question = TextBlock(label=_("Question"))
    look_for = TextBlock(
        label=_("What a good answer says"), help_text=_("Only who reads the answers sees this."), rows=3
    )
    feedback = TextBlock(label=_("Explanation"), required=False)

    class Meta:
        icon = "edit"
        label = _("Question answered in words")


class SelfCheckBlock(QuestionBlock):
    """A question inside a lesson: answers itself, keeps nothing."""

    class Meta:
        icon = "tick"
        label = _("Self-check")
        template = "courses/pages/blocks/self_check.html"


LESSON_BLOCKS = [
    (
        "heading",
        CharBlock(
            label=_("Heading"), max_length=120, icon="title", template="courses/pages/blocks/heading.html"
        ),
    ),
    (
        "text",
        RichTextBlock(label=_("Text"), features=TEXT_FEATURES, template="courses/pages/blocks/text.html"),
    ),
    ("image", ImageBlock(label=_("Image"), template="courses/pages/blocks/image.html")),
    ("audio", NarrationBlock()),
    (
        "key_message",
        TextBlock(
            label=_("Key message"), icon="pick", template="courses/pages/blocks/key_message.html", rows=2
        ),
    ),
    ("steps", StepsBlock()),
    ("self_check", SelfCheckBlock()),
]
OBJECTIVE_BLOCKS = [("objective", CharBlock(label=_("Objective"), max_length=200))]
QUESTION_BLOCKS = [("question", QuestionBlock()), ("short_answer", ShortAnswerBlock())]
