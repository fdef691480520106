"""Her attendance as she sees it, and saying in advance that she cannot come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.attendance.excuses import ask_excuse
from courses.attendance.figures import figures_of
from courses.attendance.models import Excuse
from courses.attendance.summary import summary_of
from courses.care.forms import ExcuseForm
from courses.care.models import MakeUp
from courses.cohorts.gate import for_learner, for_student, learner_page
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


@require_safe
@for_learner
def my_attendance(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Every session with what was noted, her three figures, her notices and what she makes up."""
    now = timezone.now()
    notices = Excuse.objects.filter(enrolment=enrolment, session__starts_at__gt=now)
    make_ups = MakeUp.objects.waiting().filter(enrolment=enrolment)
    summary = summary_of(enrolment, now)
    return learner_page(
        request,
        "courses/attendance/my_attendance.html",
        enrolment,
        summary=summary,
        meeting=summary.meeting(now) if enrolment.status == Enrolment.Status.ACTIVE else None,
        figures=figures_of([enrolment.cohort_id], now, [enrolment.pk])[enrolment.pk],
        notices=notices.filter(session__cancelled_at__isnull=True).select_related("session"),
        make_ups=make_ups.select_related("session").order_by("due_on", "pk"),
        nav_section="attendance",
    )
