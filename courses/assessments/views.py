"""Taking the test of a module: what it is, the sheet, and the result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from courses.assessments.actions import (
    attempts_of,
    next_attempt_at,
    save_answers,
    start_attempt,
    submit_attempt,
)
from courses.assessments.forms import SheetForm, answers_from
from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import BY_HAND, PENDING, REGRADED, Result
from courses.assessments.kinds import is_answered
from courses.assessments.models import Attempt, Quiz
from courses.assessments.results import told
from courses.assessments.rules import only_measures, place_of, right_to_pass
from courses.cohorts import access
from courses.cohorts.gate import for_learner, for_student, learner_page
from courses.cohorts.languages import in_language
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.languages import written_in
from courses.pages.models import ContentVersion

SHEET = "sheet"  # how she likes her tests, kept with her session
ONE, ALL = "one", "all"
LATER = "later"


@dataclass(frozen=True)
class Chances:
    """Where she stands with one test: what she handed in, and whether and when she may try (again).

    The open attempt is not used up: `left` counts it as one that she has.
    """

    handed_in: list[Attempt]
    open: Attempt | None
    has_passed: bool
    left: int
    opens_at: datetime | None
    results: Mapping[UUID, Result] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[Attempt, Result]]:
        """What she handed in with the result in force."""
        return [(attempt, self.results[attempt.pk]) for attempt in self.handed_in]

    @property
    def is_pending(self) -> bool:
        """Her trainer reads what she wrote last."""
        return bool(self.handed_in) and self.results[self.handed_in[-1].pk].why == PENDING

    @property
    def is_open(self) -> bool:
        return self.open is not None

    @property
    def may_start(self) -> bool:
        is_free = not self.has_passed and not self.is_pending and self.left > 0 and self.opens_at is None
        return self.is_open or is_free


def chances(content: dict[str, Any], attempts: list[Attempt], now: datetime) -> Chances:
    """Her chances from the frozen test and her attempts, the oldest first."""
    last = attempts[-1] if attempts else None
    results = result_in_force(attempts)
    handed_in = [attempt for attempt in attempts if attempt.submitted_at]
    opens_at = next_attempt_at(content, last) if last and last.submitted_at else None
    return Chances(
        handed_in=handed_in,
        open=last if last and last.submitted_at is None else None,
        has_passed=any(result.has_passed for result in results.values()),
        left=max(0, content["attempts"] - len(handed_in)),
        opens_at=opens_at if opens_at and opens_at > now else None,
        results=results,
    )


def _to_read_again(pin: CohortContent | None, standing: Chances) -> list[CohortContent]:
    """The lessons of the test's module, for who has not passed yet. One query, or none."""
    if pin is None or standing.has_passed or standing.is_pending or not standing.handed_in:
        return []
    outline = CohortContent.objects.outline(pin.cohort_id)
    lessons = outline.filter(kind=ContentVersion.Kind.LESSON, module_number=pin.module_number)
    return in_language(lessons, get_language() or "es")


@require_http_methods(["GET", "HEAD", "POST"])
@for_student
def quiz(request: HttpRequest, enrolment: Enrolment, slug: str) -> HttpResponse:
    """What the test is and whether it is open; POST begins or goes on."""
    pin = CohortContent.objects.find(enrolment.cohort_id, ContentVersion.Kind.QUIZ, slug)
    if pin is None:
        raise Http404
    in_language([pin], get_language() or "es")
    if request.method == "POST":
        return _start(request, enrolment, pin)
    content = pin.version.content
    question_count = min(content["draw"], len(content["questions"]))
    attempts = list(attempts_of(enrolment).filter(quiz_key=pin.key))
    standing = chances(content, attempts, timezone.now())
    return learner_page(
        request,
        "courses/assessments/quiz.html",
        enrolment,
        pin=pin,
        content=content,
        is_measure=only_measures(content),
        is_before=_measures_before(content),
        question_count=question_count,
        needed=right_to_pass(content["pass_mark"], question_count),
        chances=standing,
        lessons=_to_read_again(pin, standing),
        all_together=request.session.get(SHEET) == ALL,
        nav_section="course",
    )


def _start(request: HttpRequest, enrolment: Enrolment, pin: CohortContent) -> HttpResponse:
    try:
        begun = start_attempt(enrolment=enrolment, pin=pin, at=timezone.now())
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("courses:quiz", slug=pin.slug)
    _remember(request, request.POST.get(SHEET))
    return redirect("courses:attempt", pk=begun.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def attempt(request: HttpRequest, enrolment: Enrolment, pk: UUID) -> HttpResponse:
    """The sheet while it is open, the result once it is handed in. Another woman's does not exist."""
    found = get_object_or_404(
        Attempt.objects.select_related("version", "translation", "enrolment__cohort"),
        pk=pk,
        enrolment__person_id=enrolment.person_id,
    )
    with written_in(found.shown.language):
        if found.submitted_at is not None:
            return _handed_in(request, enrolment, found)
        if not access.can_study(found.enrolment, found.enrolment.cohort.has_started()):
            return redirect("today")
        if request.method == "POST":
            return _take(request, enrolment, found)
        return _sheet(request, enrolment, SheetForm(found), request.GET.get("p"))


def _take(request: HttpRequest, enrolment: Enrolment, found: Attempt) -> HttpResponse:
    """What she sent is kept first, whatever comes of it; then she goes on, or hands in."""
    try:
        found = save_answers(attempt=found, answers=answers_from(request.POST), at=timezone.now())
        if "save" in request.POST:
            return HttpResponse(status=204)
        if "go" in request.POST:
            return _go(request, found, request.POST["go"])
        submit_attempt(attempt=found, answers={}, at=timezone.now())
    except Refused as error:
        return _refused(request, enrolment, found, str(error))
    return redirect("courses:attempt", pk=found.pk)


def _refused(request: HttpRequest, enrolment: Enrolment, found: Attempt, why: str) -> HttpResponse:
    """Her result if it was handed in meanwhile; else the sheet, with what is missing or does not belong."""
    found.refresh_from_db()
    if found.submitted_at is not None:
        return _again(request, found)
    if "save" in request.POST:
        return HttpResponse(status=400)
    form = SheetForm(found, {**found.answers, **answers_from(request.POST)})
    form.full_clean()
    form.add_error(None, why)
    return _sheet(request, enrolment, form, str(form.place_refused() or found.total + 1))


def _go(request: HttpRequest, found: Attempt, where: str) -> HttpResponse:
    """To another question, to the other way of seeing the sheet, or away for now."""
    if where == LATER:
        return redirect("courses:my_course")
    address = reverse("courses:attempt", args=[found.pk])
    if where in {ONE, ALL}:
        _remember(request, where)
        return redirect(address)
    return redirect(f"{address}?p={place_of(where, _answered(found))}")


def _remember(request: HttpRequest, way: str | None) -> None:
    if way in {ONE, ALL}:
        request.session[SHEET] = way


def _answered(found: Attempt) -> list[bool]:
    return [is_answered(question, found.answers.get(question["id"])) for question in found.questions]


def _sheet(request: HttpRequest, enrolment: Enrolment, form: SheetForm, asked: str | None) -> HttpResponse:
    """The sheet as she likes it: all questions, or one of them, or what she answered to look over."""
    found, questions = form.attempt, form.questions()
    answered = _answered(found)
    place = place_of(asked, answered)
    template = "one" if place <= found.total else "review"
    if request.session.get(SHEET) == ALL:
        template = "attempt"
    return learner_page(
        request,
        f"courses/assessments/{template}.html",
        enrolment,
        attempt=found,
        form=form,
        questions=questions,
        answered=sum(answered),
        missing=[question for question, is_done in zip(questions, answered, strict=True) if not is_done],
        place=place,
        before=place - 1,
        after=place + 1,
        look_over=found.total + 1,
        question=questions[place - 1] if place <= found.total else None,
        nav_section="course",
    )


def _measures_before(content: dict[str, Any]) -> bool:
    """A test given before tells no right answers: the same is asked at the end."""
    return content.get("moment") == Quiz.Moment.BEFORE


def _again(request: HttpRequest, found: Attempt) -> HttpResponse:
    """What an earlier page sends after the test was handed in changes nothing and leads to the result."""
    if "save" in request.POST:
        return HttpResponse(status=409)
    return redirect("courses:attempt", pk=found.pk)


def _handed_in(request: HttpRequest, enrolment: Enrolment, found: Attempt) -> HttpResponse:
    """Her result; handing in again changes nothing and leads to it."""
    if request.method == "POST":
        return _again(request, found)
    content = found.version.content
    owner = enrolment if found.enrolment_id in enrolment.chain_ids() else found.enrolment
    attempts = list(attempts_of(owner).filter(quiz_key=found.quiz_key))
    pin = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, key=found.quiz_key).first()
    standing = chances(content, attempts, timezone.now())
    return learner_page(
        request,
        "courses/assessments/result.html",
        enrolment,
        attempt=found,
        pin=pin,
        result=standing.results[found.pk],
        is_changed=standing.results[found.pk].why in {BY_HAND, REGRADED},
        needed=right_to_pass(content["pass_mark"], standing.results[found.pk].total),
        answers=[] if _measures_before(content) else told(found),
        is_measure=only_measures(content),
        is_before=_measures_before(content),
        chances=standing,
        lessons=_to_read_again(pin, standing),
        nav_section="course",
    )
