"""The kinds of question that a test asks, and the steps of a rubric."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BlockGroup,
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    DecimalBlock,
    IntegerBlock,
    ListBlock,
    StructBlock,
    StructValue,
    TextBlock,
)
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor
from wagtailmedia.blocks import AudioChooserBlock

from courses.assessments.kinds import MATCHING, MULTIPLE, NUMERIC, ORDERING, SHORT_ANSWER, SINGLE, TRUE_FALSE
from courses.assessments.rules import ANY, COUNTED, IN_WORDS
from courses.pages.blocks import OptionBlock, line
from courses.pages.blocks.media import NamedImageBlock

LINE = 200  # characters of a line to put in order or to match
FROM_BANK = "from_bank"


def _layout(*own: str) -> BlockGroup:
    """The question and its own parts first, what is seldom needed folded away."""
    return BlockGroup(
        ["question", *own, "feedback"],
        settings=["picture", "audio", "tags", "is_anchor"],
        heading=_("Question"),
    )


class TagsBlock(CharBlock):
    """Tags, the same in every language: tests draw by them."""

    def get_translatable_segments(self, value: Any) -> list[Any]:
        return []


class AskedBlock(StructBlock):
    """What every question of a test has."""

    question = TextBlock(label=_("Question"), rows=2)
    feedback = TextBlock(
        label=_("Explanation"), required=False, rows=2, help_text=_("She reads it with her result.")
    )
    picture = NamedImageBlock(label=_("Picture"), required=False)
    audio = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("The question and its answers, read aloud.")
    )
    tags = TagsBlock(
        label=_("Tags"),
        required=False,
        max_length=LINE,
        help_text=_("Separated by commas. A test may draw the questions of one tag."),
    )
    is_anchor = BooleanBlock(
        label=_("Anchor"),
        required=False,
        help_text=_("Asked before and after the course, to see what was gained."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            self.check_key(cleaned)
        return cleaned

    def get_translatable_segments(self, value: Any) -> list[Any]:
        """What is translated, from a whole value: wagtail-localize fails where a part is not stored."""
        parts = {
            name: "" if value[name] is None and isinstance(block, CharBlock | TextBlock) else value[name]
            for name, block in self.child_blocks.items()
        }
        extractor = StreamFieldSegmentExtractor(None, include_overridables=True)
        whole = {"value": self.get_prep_value(value)}
        return list(extractor.handle_struct_block(StructValue(self, parts.items()), raw_value=whole))

    def check_key(self, value: Any) -> None:
        """Raises ValidationError where no answer, or more than one, would be right."""


class SingleBlock(AskedBlock):
    """A question with options, exactly one of them correct."""

    options = ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=6)

    def check_key(self, value: Any) -> None:
        if sum(bool(option["is_correct"]) for option in value["options"]) != 1:
            raise ValidationError(_("Mark exactly one option as correct."))

    class Meta:
        icon = "radio-full"
        label = _("One answer")
        form_layout = _layout("options")


class MultipleBlock(AskedBlock):
    """A question with options of which several may be correct: all of them and no other must be marked."""

    options = ListBlock(OptionBlock(), label=_("Options"), min_num=2, max_num=8)

    def check_key(self, value: Any) -> None:
        if not any(option["is_correct"] for option in value["options"]):
            raise ValidationError(_("Mark at least one option as correct."))

    class Meta:
        icon = "check"
        label = _("Several answers")
        form_layout = _layout("options")


class TrueFalseBlock(AskedBlock):
    """A sentence that is true or false."""

    is_true = BooleanBlock(label=_("The sentence is true"), required=False)
    if_true = TextBlock(label=_("What to say to who answers «true»"), required=False, rows=2)
    if_false = TextBlock(label=_("What to say to who answers «false»"), required=False, rows=2)

    class Meta:
        icon = "check"
        label = _("True or false")
        form_layout = _layout("is_true", "if_true", "if_false")


class OrderingBlock(AskedBlock):
    """Things to be put in order. They are written here in the right one, and shown shuffled."""

    items = ListBlock(
        line(_("Line"), max_length=LINE),
        label=_("What to order, in the right order"),
        min_num=2,
        max_num=8,
    )

    def check_key(self, value: Any) -> None:
        if len({item.strip() for item in value["items"]}) != len(value["items"]):
            raise ValidationError(_("Two lines are the same: nobody could tell their order."))

    class Meta:
        icon = "list-ol"
        label = _("Put in order")
        form_layout = _layout("items")


class PairBlock(StructBlock):
    """Two things that belong together."""

    left = CharBlock(label=_("This…"), max_length=LINE)
    right = CharBlock(label=_("…belongs to this"), max_length=LINE)

    class Meta:
        icon = "link"
        label = _("Pair")


class MatchingBlock(AskedBlock):
    """Things to be joined in pairs."""

    pairs = ListBlock(PairBlock(), label=_("Pairs"), min_num=2, max_num=8)

    def check_key(self, value: Any) -> None:
        if len({pair["left"].strip() for pair in value["pairs"]}) != len(value["pairs"]):
            raise ValidationError(_("The same line stands on the left twice."))

    class Meta:
        icon = "link"
        label = _("Match")
        form_layout = _layout("pairs")


class NumericBlock(AskedBlock):
    """A question answered with a number."""

    answer = DecimalBlock(label=_("Right number"), max_digits=12, decimal_places=4)
    tolerance = DecimalBlock(
        label=_("May be off by"), default=0, min_value=0, max_digits=12, decimal_places=4
    )
    unit = CharBlock(
        label=_("Unit"), required=False, max_length=40, help_text=_("Shown beside the number, e.g. days.")
    )

    class Meta:
        icon = "order"
        label = _("Number")
        form_layout = _layout("answer", "tolerance", "unit")


class ShortAnswerBlock(AskedBlock):
    """A question answered in her own words; a trainer reads it without seeing the name."""

    look_for = TextBlock(
        label=_("What a good answer says"), help_text=_("Only who reads the answers sees this."), rows=3
    )

    class Meta:
        icon = "edit"
        label = _("Answered in words")
        form_layout = _layout("look_for")


class FromBankBlock(StructBlock):
    """Questions drawn from a bank, others for each attempt."""

    bank = SnippetChooserBlock("courses.QuestionBank", label=_("Question bank"))
    count = IntegerBlock(label=_("How many"), default=5, min_value=1, max_value=50)
    tag = TagsBlock(
        label=_("Only with this tag"), required=False, max_length=60, help_text=_("Empty: from all of them.")
    )
    which = ChoiceBlock(
        label=_("Which"),
        default=COUNTED,
        choices=[
            (COUNTED, _("those that are counted at once")),
            (IN_WORDS, _("those answered in words")),
            (ANY, _("all kinds")),
        ],
    )

    class Meta:
        icon = "folder-open-1"
        label = _("Drawn from a bank")
        label_format = _("Drawn from a bank: {count}")


QUESTION_BLOCKS = [
    (SINGLE, SingleBlock()),
    (MULTIPLE, MultipleBlock()),
    (TRUE_FALSE, TrueFalseBlock()),
    (ORDERING, OrderingBlock()),
    (MATCHING, MatchingBlock()),
    (NUMERIC, NumericBlock()),
    (SHORT_ANSWER, ShortAnswerBlock()),
]
QUIZ_BLOCKS = [*QUESTION_BLOCKS, (FROM_BANK, FromBankBlock())]


class RubricStepBlock(StructBlock):
    """One thing the trainer looks for; without a critical one nobody passes."""

    text = CharBlock(label=_("Step"), max_length=LINE)
    is_critical = BooleanBlock(label=_("Critical"), required=False)
    levels = ListBlock(
        line(_("Level"), max_length=LINE),
        label=_("What each level looks like in this step"),
        default=[],
        help_text=_("If you like: one line for 0 points, one for 1 point, and so on."),
    )

    class Meta:
        icon = "tick"
        label = _("Step")


RUBRIC_STEP_BLOCKS = [("step", RubricStepBlock())]
RUBRIC_LEVEL_BLOCKS = [("level", CharBlock(label=_("Level"), max_length=60, icon="order"))]
