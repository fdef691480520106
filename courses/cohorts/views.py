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
from courses.languages import remember_language
from courses.people.actions import choose_language, keep_or_forget_legal_name, legal_name_of
from courses.people.forms import LegalNameForm
from courses.people.models import LegalName


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


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def legal_name(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Her legal name, if she wants one on her diploma: she writes, sees and erases it herself."""
    kept = LegalName.objects.filter(person=enrolment.person).first()
    if request.method == "POST":
        form = LegalNameForm(request.POST)
        if form.is_valid():
            keep_or_forget_legal_name(
                person=enrolment.person, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Saved."))
            return redirect("courses:legal_name")
    else:
        initial = {
            "name": legal_name_of(enrolment.person),
            "is_printed": kept.is_printed if kept else True,
        }
        form = LegalNameForm(initial=initial)
    response = learner_page(
        request,
        "courses/cohorts/legal_name.html",
        enrolment,
        form=form,
        kept=kept,
        days=settings.LEGAL_NAME_DAYS,
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _change_language(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    response = redirect("courses:my_data")
    try:
        person = choose_language(person=enrolment.person, language=request.POST.get("language", ""))
    except Refused as error:
        messages.error(request, str(error))
        return response
    with translation.override(person.language):
        messages.success(request, _("Your language is saved."))
    remember_language(request, response, person.language)
    return response
