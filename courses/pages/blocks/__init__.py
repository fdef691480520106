"""What a lesson is built of: the named lists that pages use. Each block has its template and its preview."""

from courses.pages.blocks.media import (
    DocumentBlock,
    NarrationBlock,
    PictureBlock,
    VideoBlock,
)
from courses.pages.blocks.practice import ScenarioBlock, SelfCheckBlock
from courses.pages.blocks.questions import OBJECTIVE_BLOCKS, OptionBlock
from courses.pages.blocks.shared import GlossaryBlock, ReferralBlock
from courses.pages.blocks.text import (
    TEXT_FEATURES,
    CompareBlock,
    FlipCardsBlock,
    StepsBlock,
    heading,
    key_message,
    line,
    rich_text,
)
from courses.pages.blocks.warning import ContentWarningBlock, basic_blocks

BASIC_BLOCKS = basic_blocks()
LESSON_BLOCKS = [
    ("heading", heading()),
    ("text", rich_text()),
    ("key_message", key_message()),
    ("steps", StepsBlock()),
    ("compare", CompareBlock()),
    ("image", PictureBlock()),
    ("audio", NarrationBlock()),
    ("video", VideoBlock()),
    ("document", DocumentBlock()),
    ("flip_cards", FlipCardsBlock()),
    ("self_check", SelfCheckBlock()),
    ("scenario", ScenarioBlock()),
    ("glossary", GlossaryBlock()),
    ("referral", ReferralBlock()),
    ("content_warning", ContentWarningBlock()),
]

__all__ = [
    "BASIC_BLOCKS",
    "LESSON_BLOCKS",
    "OBJECTIVE_BLOCKS",
    "TEXT_FEATURES",
    "OptionBlock",
    "line",
]
