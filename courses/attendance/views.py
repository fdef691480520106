"""A trainee's own attendance."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.attendance.summary import summary_of
from courses.cohorts.gate import for_learner, learner_page
from courses.cohorts.models import Enrolment


@require_safe
@for_learner
def my_attendance(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Every session with what was noted, and how many she may still miss."""
    summary = summary_of(enrolment, timezone.now())
    return learner_page(
        request, "courses/attendance/my_attendance.html", enrolment, summary=summary, nav_section="attendance"
    )
