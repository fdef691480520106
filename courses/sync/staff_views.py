"""What the team's phone asks for, as JSON: one package of everything she may note in the next days."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.sync.staff_package import has_desk, team_package
from courses.sync.tickets import make_staff_ticket
from courses.sync.views import answer, device_of, problem


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Registers, practicals and outings of her cohorts, and a ticket for the phone that names itself."""
    if not request.user.is_authenticated:
        return problem(401, "sign_in")
    if not has_desk(request.user):
        return problem(403, "no_desk")
    device = device_of(request)
    if device is None:
        return problem(400, "no_device")
    packed = team_package(request.user, timezone.now())
    return answer({**packed, "ticket": make_staff_ticket(request.user, device)})
