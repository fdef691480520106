"""What comes from the pages of grading: a reading, a result set by hand, a question put right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.assessments.grading.models import ResultOverride
from courses.assessments.grading.rules import Fix
from courses.errors import Refused

ACCEPTED, LEAVES_OUT = "accepted", "leaves_out"


def points_from(post: Mapping[str, str]) -> int:
    """A point or none. Raises Refused when nothing was chosen."""
    if post.get("points") not in {"0", "1"}:
        raise Refused(_("Choose whether the answer counts or not."))
    return int(post["points"])


def id_from(text: str | None) -> UUID | None:
    """The id in an address or a form; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def fix_from(post: QueryDict) -> Fix:
    """What is right in a question after all."""
    if post.get(LEAVES_OUT):
        return Fix(leaves_out=True)
    return Fix(accepted=frozenset(post.getlist(ACCEPTED)))


class OverrideForm(forms.Form):
    """How many answers count as right, and why."""

    correct = forms.IntegerField(label=gettext_lazy("Right answers"), min_value=0)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=ResultOverride.Reason.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["correct"].help_text = _("Of %(total)d questions.") % {"total": total}
