"""The step of Wagtail's workflow in which somebody else answers for a lesson: approval asks «until when»."""

import contextlib
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask

from courses.errors import Refused
from courses.pages.actions import approve_lesson, has_written
from courses.pages.models import LessonPage
from courses.pages.reviewing import a_year_after
from courses.staff import DayInput


def next_review() -> date:
    """Twelve months from today, unless the reviewer says another day."""
    return a_year_after(timezone.localdate())


class ApprovalForm(TaskStateCommentForm):
    """A comment, and the day on which somebody looks at it again."""

    review_again_by = forms.DateField(
        label=_("Review again by"),
        initial=next_review,
        help_text=_("The law and medicine change. On that day it is listed as due."),
        widget=DayInput(),
    )
    field_order = ["review_again_by", "comment"]

    def clean_review_again_by(self) -> date:
        day: date = self.cleaned_data["review_again_by"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("The day to review it again must lie ahead."))
        return day


class LessonReviewTask(AbstractGroupApprovalTask):
    """A reviewer who did not write the text reads it, and approves it or asks for changes."""

    class Meta:
        verbose_name = _("clinical and legal review")
        verbose_name_plural = _("clinical and legal reviews")

    @classmethod
    def get_description(cls) -> str:
        return str(_("Somebody else than the author answers for the text, until a day that she names."))

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Asking for changes may whoever reviews; approving only who wrote none of it."""
        if not (user.is_superuser or self._user_in_groups(user)):
            return []
        actions = [("reject", _("Request changes"), True)]
        approve = ("approve", _("Approve"), True)  # Wagtail adds «and publish»
        return actions if has_written(user, obj) else [*actions, approve]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return ApprovalForm if action == "approve" else TaskStateCommentForm

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Write the approval before Wagtail publishes. Raises PermissionDenied where it may not be given."""
        again_by = kwargs.pop("review_again_by", None)
        page = task_state.workflow_state.content_object
        if action_name == "approve":
            if not any(name == "approve" for name, _label, _asks in self.get_actions(page, user)):
                raise PermissionDenied
            if isinstance(page.specific, LessonPage):
                _approve(page.specific, user, again_by, kwargs.get("comment", ""))
        return super().on_action(task_state, user, action_name, **kwargs)


def _approve(lesson: LessonPage, user: Any, again_by: Any, note: str) -> None:
    """`again_by` comes as text when the form travelled through the editor."""
    day = again_by if isinstance(again_by, date) else None
    with contextlib.suppress(TypeError, ValueError):
        day = day or date.fromisoformat(again_by)
    try:
        approve_lesson(lesson=lesson, by=user, at=timezone.now(), again_by=day or next_review(), note=note)
    except Refused as error:
        raise PermissionDenied(str(error)) from error
