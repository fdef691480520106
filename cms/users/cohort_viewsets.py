"""Cards of a whole cohort on paper: pages of «Entrada» that stand below a cohort."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms.users import cards, paper
from cms.users.models import User
from cms.users.states import MAY, states
from courses.cohorts.models import Enrolment
from courses.cohorts.staff import CohortPage
from courses.errors import Refused
from courses.people.actions import give_account
from courses.trail import actions as trail

PER_PDF, ATTENDANCE_PER_PDF = 32, 80


class CohortCards(CohortPage):
    """Choose who of a cohort gets a sign-in card."""

    template_name = "users/admin/cohort_cards.html"
    header_icon = "key"
    page_subtitle = _("Sign-in cards on paper")
    permission = MAY
    per_page = PER_PDF

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(self.permission)

    def page(self) -> Page[Enrolment]:
        """The women of this page, by name."""
        register = Enrolment.objects.for_register(self.cohort).select_related("person__account")
        return Paginator(register, self.per_page).get_page(self.request.GET.get("p"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page()
        accounts = [one.person.account for one in page]
        held = [account for account in accounts if account is not None]
        known = {row["account"].pk: row for row in states(held, timezone.now())}
        rows = []
        for one in page:
            row = known.get(one.person.account_id)
            rows.append(
                {
                    "enrolment": one,
                    "state": row["state"] if row else gettext("No account yet: the card makes her one."),
                    "is_ticked": row is None or not (row["account"].has_pin or row["card"]),
                }
            )
        return {**super().get_context_data(**kwargs), "page": page, "rows": rows}


class PrintCards(CohortCards):
    """Make the cards that were ticked, and send them as a PDF once."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        ticked = set(request.POST.getlist("woman"))
        chosen = [one for one in self.page() if str(one.pk) in ticked]
        back = f"{reverse('cards:cohort', args=[self.cohort.pk])}?p={self.request.GET.get('p', '1')[:6]}"
        if not chosen:
            messages.error(request, gettext("Tick at least one woman."))
            return redirect(back)
        try:
            pdf = self._print({one.person_id for one in chosen}, chosen)
        except Refused as error:
            messages.error(request, str(error))
            return redirect(back)
        return paper.as_download(pdf, "tarjetas")

    def _print(self, people: set[UUID], chosen: list[Enrolment]) -> bytes:
        """The sheets first, then the cards are kept: what cannot be printed ends no older card."""
        assert isinstance(self.request.user, User)
        for one in chosen:
            if one.person.account_id is None:
                give_account(person=one.person, username=cards.neutral_username(), by=self.request.user)
        accounts = User.objects.filter(person__in=people, is_active=True).select_related("person")
        by_person = {account.person.pk: account for account in accounts}
        now = timezone.now()
        drawn = [cards.draw(by_person[one.person_id], now) for one in chosen if one.person_id in by_person]
        if not drawn:
            raise Refused(gettext("Their accounts are closed."))
        if any(one.account.has_desk for one in drawn):
            raise Refused(gettext("Staff sign in with a password. A card is for trainees."))
        pdf = paper.sign_in_sheets(self.request, drawn, self.request.build_absolute_uri(reverse("card")))
        cards.keep_cards(drawn=drawn, by=self.request.user, at=now)
        return pdf


class AttendanceCards(CohortCards):
    """Whose attendance cards a sheet would hold."""

    template_name = "users/admin/attendance_cards.html"
    page_subtitle = _("Attendance cards on paper")
    permission = "courses.keep_register"
    per_page = ATTENDANCE_PER_PDF

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**CohortPage.get_context_data(self, **kwargs), "page": self.page()}


class PrintAttendanceCards(AttendanceCards):
    """The same page as a PDF. It changes nothing."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        chosen = list(self.page())
        try:
            if not chosen:
                raise Refused(gettext("Nobody is enrolled yet."))
            pdf = paper.attendance_sheets(request, chosen)
            told = {"list": "cards", "format": "pdf", "count": len(chosen)}
            now, by = timezone.now(), request.user
            trail.note_look(trail.Deed.DOWNLOADED, about=self.cohort, by=by, at=now, **told)
            return paper.as_download(pdf, "tarjetas")
        except Refused as error:
            messages.error(request, str(error))
            return redirect("cards:attendance", self.cohort.pk)
