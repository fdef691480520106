"""The gate of the learner screens: who may pass, and where everybody else is led."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from courses.cohorts import access
from courses.cohorts.models import Enrolment

P = ParamSpec("P")
LearnerView = Callable[Concatenate[HttpRequest, Enrolment, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_learner(view: LearnerView[P]) -> View[P]:
    """Gives `view` the enrolment of who is signed in; without one she is led to her day, which explains."""

    @login_required
    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        enrolment = access.enrolment_of(request.user)
        if enrolment is None:
            return redirect("today")
        return view(request, enrolment, *args, **kwargs)

    return gate


def for_student(view: LearnerView[P]) -> View[P]:
    """The same, only while she may study: her enrolment is active and the cohort has begun."""

    @wraps(view)
    def gate(
        request: HttpRequest, enrolment: Enrolment, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not access.can_study(enrolment, enrolment.cohort.has_started()):
            return redirect("today")
        return view(request, enrolment, *args, **kwargs)

    return for_learner(gate)


def learner_page(request: HttpRequest, template: str, enrolment: Enrolment, **context: Any) -> HttpResponse:
    """A learner screen with what all of them show: her name and her cohort."""
    frame = {"enrolment": enrolment, "cohort": enrolment.cohort, "display_name": enrolment.person.name}
    return render(request, template, {"hide_tabs": False, **frame, **context})
