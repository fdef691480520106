"""Her own decision: what was decided about her and why, and asking for a review within ten days."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates.actas import access, reviews, summary
from certificates.actas.forms import ReviewForm
from certificates.actas.models import ActaLine
from certificates.errors import Refused


@require_safe
@login_required
@never_cache
def my_decision(request: HttpRequest) -> HttpResponse:
    """What was decided about her, the newest first; nothing until it was approved."""
    lines = access.decided_lines(request.user).select_related("exception", "review__answer", "supersedes")
    lines = lines.prefetch_related("evidence", "supersedes__review__answer").order_by("-pk")
    decisions = [_decision(request.user, line) for line in lines]
    return render(
        request,
        "certificates/my_decision.html",
        {"decisions": decisions, "nav_section": "diploma", "hide_tabs": False},
    )


def _decision(user: Any, line: ActaLine) -> dict[str, Any]:
    review = getattr(line, "review", None) or getattr(line.supersedes, "review", None)
    return {
        "line": line,
        "programme": summary.programme(line.acta),
        "hours": summary.hours(line.minutes),
        "requirements": [
            {"title": row.label, "is_met": row.is_met, "value": row.sentence} for row in line.evidence.all()
        ],
        "exception": getattr(line, "exception", None),
        "review": review,
        "answer": getattr(review, "answer", None),
        "may_ask": access.can_ask_review(user, line, timezone.now()),
        "ends": access.review_ends(line),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ask_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One choice and a button. For anybody but her the page does not exist."""
    line = access.decided_lines(request.user).filter(pk=pk).first()
    if line is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.ask_review(
                line=line, about=form.cleaned_data["about"], by=request.user, at=timezone.now()
            )
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The school will look at it again. You will find the answer here."))
        return redirect("certificates:my_decision")
    ends = access.review_ends(line)
    context = {"line": line, "form": form, "ends": ends, "nav_section": "diploma", "hide_tabs": False}
    return render(request, "certificates/ask_review.html", context)
