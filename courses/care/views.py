"""A trainee says in advance that she cannot come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.care.excuses import ask_excuse
from courses.care.forms import ExcuseForm
from courses.cohorts.gate import for_student, learner_page
from courses.cohorts.models import Enrolment
from courses.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@for_student
def my_notice(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Choose a session and, if she wants, a reason that is only counted. POST asks."""
    form = ExcuseForm(request.POST if request.method == "POST" else None, enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            ask_excuse(enrolment=enrolment, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Thank you for telling us. Your coordinator will answer you here."))
            return redirect("courses:my_attendance")
    return learner_page(
        request, "courses/care/my_notice.html", enrolment, form=form, nav_section="attendance"
    )
