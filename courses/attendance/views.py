"""A trainee's own attendance, and saying that she is here."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.attendance import rules
from courses.attendance.actions import note_presence
from courses.attendance.codes import LONGEST_INPUT, session_of_code
from courses.cohorts.gate import for_learner, learner_page
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.throttle import seconds_to_wait

CODES_PER_MINUTE = 6  # tries of one account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def attendance_code(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """She types or scans the code that the session shows. Looking changes nothing; POST notes her present."""
    if request.method != "POST":
        return _code_page(request, enrolment, code=request.GET.get("c", "")[:LONGEST_INPUT])
    now, code = timezone.now(), request.POST.get("code", "")[:LONGEST_INPUT]
    wait = seconds_to_wait("attendance-code", f"user {request.user.pk}", CODES_PER_MINUTE, now)
    if wait:
        words = ngettext(
            "Too many tries. Wait %(seconds)d second and try again.",
            "Too many tries. Wait %(seconds)d seconds and try again.",
            wait,
        ) % {"seconds": wait}
        slow = _code_page(request, enrolment, code=code, problem=words, status=429)
        slow["Retry-After"] = str(wait)
        return slow
    session = session_of_code(enrolment.cohort_id, code, now)
    if session is None:
        words = _("This code is not right or has changed. Look at the screen of your class and try again.")
        return _code_page(request, enrolment, code=code, problem=words, status=422)
    try:
        record = note_presence(session=session, enrolment=enrolment, how=rules.CODE, by=request.user, at=now)
    except Refused:
        words = _("You could not be noted just now. Tell your trainer that you are here.")
        return _code_page(request, enrolment, code=code, problem=words, status=422)
    return _code_page(request, enrolment, record=record, session=session, is_new=record.at == now)


def _code_page(
    request: HttpRequest, enrolment: Enrolment, *, status: int = 200, **context: object
) -> HttpResponse:
    page = learner_page(
        request, "courses/attendance/code.html", enrolment, nav_section="attendance", **context
    )
    page.status_code = status
    return page
