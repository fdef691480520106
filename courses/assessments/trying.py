"""Trying a test out: answered and graded like hers, and kept nowhere.

What is tried travels with the page, signed: also a test that was never saved can be tried.
"""

from secrets import SystemRandom
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.generic import View
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments import kinds
from courses.assessments.forms import SheetForm, answers_from
from courses.assessments.freezing import bank_content, quiz_content
from courses.assessments.models import Attempt, QuestionBank, Quiz
from courses.assessments.results import explained
from courses.pages.models import ContentVersion

SALT = "assessments.trial"
DAY = 24 * 60 * 60  # seconds


def trial_of(tried: Quiz | QuestionBank) -> dict[str, Any]:
    """A test as it stands in the editor, drawn and shuffled as for one woman."""
    content = quiz_content(tried) if isinstance(tried, Quiz) else bank_content(tried)
    return _sheet({"title": tried.title, "content": content})


def _sheet(facts: dict[str, Any]) -> dict[str, Any]:
    asked = kinds.draw(facts["content"], SystemRandom())
    sealed = signing.dumps({**facts, "asked": asked}, salt=SALT, compress=True)
    attempt = _attempt({**facts, "asked": asked})
    return {"attempt": attempt, "form": SheetForm(attempt), "sealed": sealed}


def _attempt(facts: dict[str, Any]) -> Attempt:
    """An attempt that no database knows."""
    version = ContentVersion(title=facts["title"], content=facts["content"], language="")
    return Attempt(version=version, questions=facts["asked"], total=len(facts["asked"]))


class Try(View):
    """Grades a trial, or shuffles it anew. Needs the right to write tests; changes nothing."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("courses.change_quiz"):
            raise PermissionDenied
        try:
            facts = signing.loads(request.POST.get("sealed", ""), salt=SALT, max_age=DAY)
        except signing.BadSignature as error:
            raise Http404 from error
        if "again" in request.POST:
            return render(request, "courses/admin/trial.html", _sheet(facts))
        return render(request, "courses/admin/trial_result.html", _graded(request, facts))


def _graded(request: HttpRequest, facts: dict[str, Any]) -> dict[str, Any]:
    post = request.POST.copy()
    sealed = str(post.pop("sealed")[-1])
    attempt, given = _attempt(facts), answers_from(post)
    frozen = {question["id"]: question for question in facts["content"]["questions"]}
    answers = [
        _told(question, frozen[question["id"]], given.get(question["id"], "")) for question in facts["asked"]
    ]
    counted = [answer for answer in answers if answer["kind"] != kinds.SHORT_ANSWER]
    correct = sum(answer["is_correct"] for answer in counted)
    return {
        "attempt": attempt,
        "answers": answers,
        "sealed": sealed,
        "correct": correct,
        "counted": len(counted),
    }


def _told(question: dict[str, Any], frozen: dict[str, Any], answer: str) -> dict[str, Any]:
    try:
        kept = kinds.read(question, answer) if answer else ""
    except kinds.Unreadable:
        kept = ""
    if kinds.is_words(question):
        return {"kind": kinds.SHORT_ANSWER, "text": question["text"], "words": kept, "is_correct": False}
    return explained(question, frozen, kept)


class TrialViewSet(ViewSet):
    """Where the preview of a test sends its answers."""

    name = "trial"

    def on_register(self) -> None:
        """No menu item: it is reached from the preview."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Try.as_view(), name="index")]
