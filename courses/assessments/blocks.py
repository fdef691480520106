"""The steps of a rubric."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, StructBlock


class RubricStepBlock(StructBlock):
    """One thing the trainer looks for; without a critical one nobody passes."""

    text = CharBlock(label=_("Step"), max_length=200)
    is_critical = BooleanBlock(label=_("Critical"), required=False)

    class Meta:
        icon = "tick"
        label = _("Step")


RUBRIC_STEP_BLOCKS = [("step", RubricStepBlock())]
