"""Single lines in the admin: correcting, approving a correction, leaving out, answering a review."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.actas import access, corrections, reviews, summary, wording
from certificates.actas.actions import outcome_digest
from certificates.actas.models import ActaLine, LineStep, ReviewRequest
from certificates.desk.acta_forms import ApproveForm, CorrectForm, LeaveOutForm, ReviewAnswerForm
from certificates.desk.pages import ActPage
from certificates.errors import Refused
from courses import api


class LineAct(ActPage):
    """An act on one line of an acta; what the line says is shown above it."""

    template_name = "certificates/admin/acta_line.html"
    line: ActaLine

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        lines = ActaLine.objects.filter(acta=self.acta).select_related(
            "acta", "key", "exception__by", "review", "supersedes__key"
        )
        self.line = get_object_or_404(lines.prefetch_related("evidence"), pk=self.kwargs["line"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = LineStep.objects.filter(line__in=[self.line.pk, self.line.supersedes_id or 0])
        return {
            **super().get_context_data(**kwargs),
            "line": self.line,
            "hours": summary.duration(self.line.minutes),
            "exception": wording.exception_of(self.line),
            "evidence": self.line.evidence.all(),
            "history": steps.exclude(reason="").select_related("by"),
        }


class Correct(LineAct):
    """How her line must stand; below it, folded, what it says and what the records say of her today."""

    template_name = "certificates/admin/acta_correct.html"
    page_subtitle = _("Correct a line")
    note = _(
        "The new line is decided from the records of today. Correct those first if they are wrong. "
        "An administrator approves it, then it is sent to the authority again."
    )
    button = _("Correct it")
    done = _("The line is corrected. An administrator must approve it now.")
    may = staticmethod(access.can_propose)

    @cached_property
    def decision(self) -> api.DecisionFacts | None:
        """What the rule says of her now; None when it cannot be asked."""
        try:
            return corrections.fresh_decision(self.acta, self.line)
        except Refused:
            return None

    def make_form(self, *data: Any) -> CorrectForm:
        initial = {
            "name": (self.decision.printed_name or self.decision.name) if self.decision else "",
            "seen": outcome_digest([self.decision]) if self.decision else "",
        }
        return CorrectForm(data[0] if data else None, initial=initial)

    def act(self, **data: Any) -> Any:
        return corrections.correct_line(line=self.line, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "decision": self.decision}


class ApproveCorrection(LineAct):
    page_subtitle = _("Approve a correction")
    note = _("You confirm that you read the corrected decision and that its records are right.")
    button = _("Approve")
    done = _("The correction is approved.")
    may = staticmethod(access.may_approve)

    def make_form(self, *data: Any) -> ApproveForm:
        return ApproveForm(*data, has_exceptions=hasattr(self.line, "exception"))

    def act(self, **data: Any) -> Any:
        return corrections.approve_correction(line=self.line, **data)


class LeaveOut(LineAct):
    page_subtitle = _("Leave out a line")
    form_class = LeaveOutForm
    note = _(
        "No diploma comes of this line. Do it only when the authority will not recognise it and there is "
        "nothing to correct. This cannot be undone."
    )
    button = _("Yes, leave it out")
    done = _("The line is left out.")
    is_serious = True
    may = staticmethod(access.may_approve)

    def act(self, **data: Any) -> Any:
        return corrections.leave_out(line=self.line, **data)


class AnswerReview(LineAct):
    page_subtitle = _("Answer a review")
    form_class = ReviewAnswerForm
    button = _("Answer her")
    done = _("The answer is on her page.")
    may = staticmethod(access.may_approve)

    @cached_property
    def request_for_review(self) -> ReviewRequest:
        """What she asked. Raises Http404 when she asked for nothing."""
        try:
            return self.line.review
        except ReviewRequest.DoesNotExist as error:
            raise Http404 from error

    @property
    def note(self) -> str:
        """What she asked about, and how it goes on."""
        about = gettext("She asks for a review about: %(about)s.") % {
            "about": self.request_for_review.get_about_display()
        }
        how = gettext(
            "Look at her records. If they are wrong, a coordinator corrects them and her line, and you or "
            "another administrator approve it; then answer here. If her diploma was issued already, replace "
            "it (another name) or revoke it on its own page."
        )
        return f"{about} {how}"

    def act(self, **data: Any) -> Any:
        return reviews.answer_review(request=self.request_for_review, **data)


# Below the addresses of one acta (ActaViewSet).
PATTERNS = [
    path("<int:pk>/lines/<int:line>/correct/", Correct.as_view(), name="correct"),
    path("<int:pk>/lines/<int:line>/approve/", ApproveCorrection.as_view(), name="approve_line"),
    path("<int:pk>/lines/<int:line>/leave-out/", LeaveOut.as_view(), name="leave_out"),
    path("<int:pk>/lines/<int:line>/review/", AnswerReview.as_view(), name="review"),
]
