"""Taking the test of a module: what it is, the sheet, and the result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from courses.assessments.actions import next_attempt_at, start_attempt, submit_attempt
from courses.assessments.forms import SheetForm
from courses.assessments.models import Attempt
from courses.assessments.rules import right_to_pass
from courses.cohorts import access
from courses.cohorts.gate import for_learner, for_student, learner_page
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.models import ContentVersion


@dataclass(frozen=True)
class Chances:
    """Where she stands with one test: what she handed in, and whether and when she may try (again)."""

    handed_in: list[Attempt]
    is_open: bool
    has_passed: bool
    left: int
    opens_at: datetime | None

    @property
    def may_start(self) -> bool:
        return self.is_open or (not self.has_passed and self.left > 0 and self.opens_at is None)


def chances(content: dict[str, Any], attempts: list[Attempt], now: datetime) -> Chances:
    """Her chances from the frozen test and her attempts, the oldest first."""
    last = attempts[-1] if attempts else None
    opens_at = next_attempt_at(content, last) if last and last.submitted_at else None
    return Chances(
        handed_in=[attempt for attempt in attempts if attempt.submitted_at],
        is_open=last is not None and last.submitted_at is None,
        has_passed=any(attempt.has_passed for attempt in attempts),
        left=max(0, content["attempts"] - len(attempts)),
        opens_at=opens_at if opens_at and opens_at > now else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_student
def quiz(request: HttpRequest, enrolment: Enrolment, slug: str) -> HttpResponse:
    """What the test is and whether it is open; POST begins or goes on."""
    pin = CohortContent.objects.find(enrolment.cohort_id, ContentVersion.Kind.QUIZ, slug)
    if pin is None:
        raise Http404
    if request.method == "POST":
        return _start(request, enrolment, pin)
    content = pin.version.content
    question_count = min(content["draw"], len(content["questions"]))
    attempts = list(enrolment.attempts.filter(quiz_key=pin.key).order_by("number"))
    return learner_page(
        request,
        "courses/assessments/quiz.html",
        enrolment,
        pin=pin,
        content=content,
        question_count=question_count,
        needed=right_to_pass(content["pass_mark"], question_count),
        chances=chances(content, attempts, timezone.now()),
        nav_section="course",
    )


def _start(request: HttpRequest, enrolment: Enrolment, pin: CohortContent) -> HttpResponse:
    try:
        begun = start_attempt(enrolment=enrolment, pin=pin, at=timezone.now())
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("courses:quiz", slug=pin.slug)
    return redirect("courses:attempt", pk=begun.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def attempt(request: HttpRequest, enrolment: Enrolment, pk: UUID) -> HttpResponse:
    """The sheet while it is open, the result once it is handed in. Another woman's does not exist."""
    found = get_object_or_404(
        Attempt.objects.select_related("version", "enrolment__cohort"),
        pk=pk,
        enrolment__person_id=enrolment.person_id,
    )
    if found.submitted_at is not None:
        return _handed_in(request, enrolment, found)
    if not access.can_study(found.enrolment, found.enrolment.cohort.has_started()):
        return redirect("today")
    form = SheetForm(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            submit_attempt(attempt=found, answers=form.answers(), at=timezone.now())
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("courses:attempt", pk=found.pk)
    return learner_page(
        request, "courses/assessments/attempt.html", enrolment, attempt=found, form=form, nav_section="course"
    )


def _handed_in(request: HttpRequest, enrolment: Enrolment, found: Attempt) -> HttpResponse:
    """Her result; handing in again changes nothing and leads to it."""
    if request.method == "POST":
        return redirect("courses:attempt", pk=found.pk)
    content = found.version.content
    attempts = list(
        Attempt.objects.filter(enrolment=found.enrolment_id, quiz_key=found.quiz_key).order_by("number")
    )
    pin = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, key=found.quiz_key).first()
    return learner_page(
        request,
        "courses/assessments/result.html",
        enrolment,
        attempt=found,
        pin=pin,
        needed=right_to_pass(content["pass_mark"], found.total),
        answers=_answers(found),
        chances=chances(content, attempts, timezone.now()),
        nav_section="course",
    )


def _answers(found: Attempt) -> list[dict[str, Any]]:
    """Each question as shown, with what she chose, what is right and why."""
    frozen = {question["id"]: question for question in found.version.content["questions"]}
    answers = []
    for question in found.questions:
        options = {option["id"]: option for option in frozen[question["id"]]["options"]}
        chosen = options[found.answers[question["id"]]]
        answers.append(
            {
                "text": question["text"],
                "is_correct": chosen["is_correct"],
                "feedback": " ".join(filter(None, [chosen["feedback"], frozen[question["id"]]["feedback"]])),
                "options": [
                    {
                        "text": option["text"],
                        "is_chosen": option["id"] == chosen["id"],
                        "is_correct": options[option["id"]]["is_correct"],
                    }
                    for option in question["options"]
                ],
            }
        )
    return answers
