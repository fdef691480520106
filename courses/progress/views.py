"""A trainee's day, her course and what she still needs for her diploma."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.assessments.practicals import practicals_of
from courses.attendance.models import ClassSession
from courses.attendance.summary import summary_of
from courses.cohorts import access
from courses.cohorts.gate import for_learner, for_student, learner_page
from courses.cohorts.languages import in_language
from courses.cohorts.models import CohortContent, Enrolment
from courses.cohorts.retention import is_over
from courses.consents.actions import who_said
from courses.consents.later import is_to_ask
from courses.consents.rules import CERTIFICATE
from courses.progress import evidence
from courses.progress.actions import complete_lesson, keep_place, open_lesson
from courses.progress.finding import find
from courses.progress.finding_form import FindingForm
from courses.progress.forms import PlaceForm
from courses.progress.outline import LESSON, Outline, Step, lessons_of, outline_of
from courses.progress.reading import reading_of
from courses.progress.wording import explain, missing


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Where a trainee lands: what comes next. Staff are sent to their desk."""
    enrolment = access.enrolment_of(request.user)
    if enrolment is None:
        if request.user.has_perm("wagtailadmin.access_admin"):
            return redirect("wagtailadmin_home")
        return render(request, "courses/progress/not_enrolled.html", {"hide_tabs": True})
    now = timezone.now()
    if not access.can_study(enrolment, enrolment.cohort.has_started(now)):
        is_waiting = enrolment.status == Enrolment.Status.ACTIVE
        return learner_page(request, "courses/progress/closed.html", enrolment, is_waiting=is_waiting)
    upcoming = ClassSession.objects.filter(cohort_id=enrolment.cohort_id, cancelled_at=None, ends_at__gt=now)
    return learner_page(
        request,
        "courses/progress/today.html",
        enrolment,
        outline=outline_of(enrolment),
        summary=summary_of(enrolment, now),
        session=upcoming.first(),
        week=enrolment.cohort.week(now),
        is_over=enrolment.cohort.today(now) > enrolment.cohort.ends_on,
        is_forgotten=is_over(enrolment.cohort, now),
        asks_permits=is_to_ask(request, enrolment.person),
    )


@require_safe
@for_learner
def my_course(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The map of the course. Who may not study now sees it closed."""
    outline, is_open = outline_of(enrolment), access.can_study(enrolment, enrolment.cohort.has_started())
    modules = [
        {
            "key": module.key,
            "number": module.number,
            "title": module.title,
            "language": module.language,
            "done": module.done,
            "total": len(module.needed),
            "steps": [_knot(step, outline, is_open=is_open) for step in module.steps],
        }
        for module in outline.modules()
    ]
    return learner_page(
        request,
        "courses/progress/my_course.html",
        enrolment,
        modules=modules,
        outline=outline,
        is_open=is_open,
        nav_section="course",
    )


def _knot(step: Step, outline: Outline, *, is_open: bool) -> dict[str, Any]:
    """A step as the map shows it."""
    state = "done" if step.is_done else "todo"
    if step.is_hidden or (not is_open and not step.is_done):
        state = "locked"
    elif step is outline.next_step:
        state = "current"
    return {
        "title": step.title,
        "language": step.language,
        "url": step.url if is_open and not step.is_hidden else "",
        "state": state,
        "kind": "lesson" if step.is_lesson else "quiz",
        "note": _note(step),
    }


def _note(step: Step) -> str:
    """A few words more about a test, or a lesson that changed."""
    if step.is_hidden:
        return _("being reviewed")
    if step.is_lesson:
        return _("there is something new") if step.has_news else ""
    if step.is_before:
        return "" if step.is_done else _("before you begin; nobody fails it")
    if step.is_done and step.best:
        return _("%(correct)d of %(total)d right") % {"correct": step.best[0], "total": step.best[1]}
    if step.tries:
        return ngettext("%(tries)d attempt so far", "%(tries)d attempts so far", step.tries) % {
            "tries": step.tries
        }
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("words")
@for_student
def find_lesson(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Find a word in her lessons. What she looks for may tell something of her: it stands in no address."""
    form, found = FindingForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        steps = [step for step in lessons_of(enrolment).lessons if not step.is_hidden]
        closed = access.kept_from(request, [step.key for step in steps])
        found = find([step for step in steps if step.key not in closed], form.cleaned_data["words"])
    return learner_page(
        request, "courses/progress/find.html", enrolment, form=form, found=found, nav_section="course"
    )


@require_safe
@for_learner
def my_diploma(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Every requirement with what she has reached, her practicals explained, her diploma once issued."""
    standing = evidence.standings(enrolment.cohort, [enrolment])[0]
    requirements = [
        {
            "title": verdict.requirement.label,
            "is_met": verdict.is_met,
            "value": explain(verdict),
            "missing": missing(verdict),
            "kind": verdict.requirement.kind,
        }
        for verdict in standing.verdicts
    ]
    return learner_page(
        request,
        "courses/progress/my_diploma.html",
        enrolment,
        standing=standing,
        requirements=requirements,
        met=sum(verdict.is_met for verdict in standing.verdicts),
        practicals=practicals_of(enrolment),
        wants_none=bool(who_said([enrolment.person_id], CERTIFICATE, is_given=False)),
        nav_section="diploma",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_student
def lesson(request: HttpRequest, enrolment: Enrolment, slug: str) -> HttpResponse:
    """Read a lesson in the version her cohort uses; POST says that she finished it.

    She did when she pressed the button at its end, or answered its self-checks: then the page says so
    itself (`quietly`) and she stays where she is.
    """
    outline = lessons_of(enrolment)
    step = outline.named(LESSON, slug)
    if step is None or access.kept_from(request, [step.key]):
        raise Http404
    if step.is_hidden:
        return learner_page(request, "courses/progress/being_reviewed.html", enrolment, nav_section="course")
    before, after = outline.around(step)
    if request.method == "POST":
        pin = _pin(enrolment, slug)
        complete_lesson(enrolment=enrolment, pin=pin, at=timezone.now(), version=pin.shown)
        if "quietly" in request.POST:
            return HttpResponse(status=204)
        messages.success(request, _("You finished this lesson. Well done!"))
        return redirect(after.url if after else "courses:my_course")
    if not step.is_seen:
        pin = _pin(enrolment, slug)
        open_lesson(enrolment=enrolment, pin=pin, at=timezone.now(), version=pin.shown)
    return learner_page(
        request,
        "courses/progress/lesson.html",
        enrolment,
        step=step,
        before=before,
        after=after,
        reading=reading_of(step.digest),
        nav_section="course",
    )


@require_POST
@for_student
def keep_my_place(request: HttpRequest, enrolment: Enrolment, slug: str) -> HttpResponse:
    """Keep the block she reached: the page says it while she reads, or she presses a button."""
    pin = _pin(enrolment, slug)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    place = form.cleaned_data["place"]
    keep_place(enrolment=enrolment, pin=pin, place=place, at=timezone.now())
    if "quietly" in request.POST:
        return HttpResponse(status=204)
    messages.success(request, _("Your place in this lesson is saved."))
    return redirect(f"{reverse('courses:lesson', args=[slug])}#block-{place}")


def _pin(enrolment: Enrolment, slug: str) -> CohortContent:
    """The lesson that her cohort uses under this address, in her language. Raises Http404."""
    pin = CohortContent.objects.find(enrolment.cohort_id, LESSON, slug)
    if pin is None:
        raise Http404
    in_language([pin], get_language() or "es")
    return pin
