"""What a trainee settles with the school: the ethics commitment, and her own data."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.cohorts.actions import accept_ethics
from courses.cohorts.gate import for_learner, learner_page
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.people.actions import choose_language


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def ethics(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Read the commitment, and accept it."""
    if request.method == "POST":
        if enrolment.status != Enrolment.Status.ACTIVE:
            return redirect("today")
        accept_ethics(enrolment=enrolment, at=timezone.now())
        messages.success(request, _("Thank you. Your commitment is kept."))
        return redirect("courses:my_diploma")
    return learner_page(request, "courses/cohorts/ethics.html", enrolment, nav_section="diploma")


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def my_data(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """What is kept about her; POST changes her language."""
    if request.method == "POST":
        return _change_language(request, enrolment)
    return learner_page(request, "courses/cohorts/my_data.html", enrolment, languages=settings.LANGUAGES)


def _change_language(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    response = redirect("courses:my_data")
    try:
        person = choose_language(person=enrolment.person, language=request.POST.get("language", ""))
    except Refused as error:
        messages.error(request, str(error))
        return response
    with translation.override(person.language):
        messages.success(request, _("Your language is saved."))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        person.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
