"""A person asks to have the decision about her looked at again, and gets an answer."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas import access
from certificates.actas.actions import locked, require
from certificates.actas.models import ActaLine, LineStep, ReviewAnswer, ReviewRequest
from certificates.errors import Refused
from courses.api import Deed, note

Outcome = ReviewAnswer.Outcome


@transaction.atomic
def ask_review(*, line: ActaLine, about: str, by: Any, at: datetime) -> ReviewRequest:
    """Ask for it: only she herself, within ten days of the approval, once. Raises Refused otherwise."""
    locked(line.acta)
    found = access.decided_lines(by).filter(pk=line.pk).first()
    require(found is not None)
    assert found is not None
    if hasattr(found, "review"):
        raise Refused(_("You already asked for a review. The school will answer you."))
    if not access.can_ask_review(by, found, at):
        raise Refused(_("The ten days to ask for a review have passed. Talk to your coordinator."))
    if about not in ReviewRequest.About.values:
        raise Refused(_("Choose what it is about."))
    request: ReviewRequest = ReviewRequest.objects.create(line=found, about=about, at=at)
    note(Deed.REVIEW_ASKED, about=request, by=by, at=at)
    return request


@transaction.atomic
def answer_review(
    *, request: ReviewRequest, outcome: str, explanation: str, by: Any, at: datetime
) -> ReviewAnswer:
    """Answer it: the decision stays, or it was corrected, which needs an approved correction of her line.

    Raises Refused for the wrong role, twice, without a sentence for her, or when no correction is approved.
    """
    line = request.line
    locked(line.acta)
    require(access.may_approve(by))
    if ReviewAnswer.objects.filter(request=request).exists():
        raise Refused(_("This review was already answered."))
    words = " ".join(explanation.split())
    if not words:
        raise Refused(_("Explain it to her in one or two sentences."))
    corrected = ActaLine.objects.filter(supersedes=line)
    is_corrected = corrected.filter(steps__kind=LineStep.Kind.APPROVED).exists()
    if outcome == Outcome.CORRECTED and not is_corrected:
        raise Refused(_("Correct her line first and let it be approved; then answer."))
    if outcome == Outcome.CONFIRMED and corrected.exists():
        raise Refused(_("Her line was corrected, so the decision did not stay as it was."))
    answer: ReviewAnswer = ReviewAnswer.objects.create(
        request=request, outcome=Outcome(outcome), explanation=words[:300], by=by, at=at
    )
    note(Deed.REVIEW_ANSWERED, about=request, by=by, at=at, outcome=outcome)
    return answer
