"""Who comes in: the trainer reads her card, or she gives the code that the session shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.admin import messages

from courses.attendance import rules
from courses.attendance.actions import note_presence
from courses.attendance.codes import WINDOW, session_code
from courses.attendance.models import AttendanceRecord
from courses.attendance.staff import SessionPage
from courses.cohorts.codes import enrolment_by_code
from courses.drawings import qr_code
from courses.errors import Refused

CAMERA = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
LAST = 10  # how many of those who came in are shown


class Scan(SessionPage):
    """Read the cards at the door, with the camera or by typing. What was noted before stays."""

    template_name = "courses/admin/register_scan.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        page = self.show()
        page["Permissions-Policy"] = CAMERA
        return page

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        is_new = False
        try:
            words, is_new = self._note(request.POST.get("code", ""))
            is_good = True
        except Refused as error:
            is_good, words = False, str(error)
        if "application/json" in request.headers.get("Accept", ""):
            told = {"ok": is_good, "is_new": is_new, "words": words}
            return JsonResponse(told, status=200 if is_good else 422)
        (messages.success if is_good else messages.error)(request, words)
        return redirect("register:scan", self.session.pk)

    def _note(self, code: str) -> tuple[str, bool]:
        """Note her as present; what became of it in words, and whether it is new. Raises Refused."""
        woman = enrolment_by_code(self.cohort, code)
        if woman is None:
            raise Refused(gettext("This card belongs to nobody in this cohort. Try again, or type its code."))
        now = timezone.now()
        record = note_presence(
            session=self.session, enrolment=woman, how=rules.CARD, by=self.request.user, at=now
        )
        name = {"name": woman.person.name, "status": record.get_status_display()}
        if record.at == now:
            return gettext("%(name)s: present.") % name, True
        if record.status == rules.PRESENT:
            return gettext("%(name)s was already present.") % name, False
        return gettext("%(name)s is noted as: %(status)s. Change it in the register.") % name, False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        read = AttendanceRecord.objects.current().filter(
            session=self.session, how__in=[rules.CARD, rules.CODE]
        )
        return {
            **super().get_context_data(**kwargs),
            "came": read.count(),
            "last": list(read.select_related("enrolment__person").order_by("-at", "-pk")[:LAST]),
            "is_open": rules.is_meeting(self.session.starts_at, self.session.ends_at, timezone.now()),
        }


class CodePage(SessionPage):
    """The code of the session, big enough for the last row. The page comes anew before the code ends."""

    template_name = "courses/admin/register_code.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        now = timezone.now()
        is_open = not self.session.is_cancelled and rules.is_meeting(
            self.session.starts_at, self.session.ends_at, now
        )
        code = session_code(self.session, now) if is_open else ""
        page = self.show(code=code, drawing=drawing(code) if code else "", is_open=is_open)
        if is_open:
            page["Refresh"] = str(WINDOW - int(now.timestamp()) % WINDOW + 1)
        page["Cache-Control"] = "no-store"
        return page


def drawing(code: str) -> SafeString:
    """The QR code of the page where she says that she is here."""
    address = f"{settings.PUBLIC_BASE_URL}{reverse('courses:attendance_code')}?c={code}"
    return qr_code(address, title=gettext("QR code of the session"), scale=6, svgclass="pm-qr")
