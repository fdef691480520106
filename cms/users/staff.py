"""«Entrada» in the admin: who can sign in, who is locked, and sign-in cards for trainees."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from cms.users import cards, sessions
from cms.users.cohort_viewsets import AttendanceCards, CohortCards, PrintAttendanceCards, PrintCards
from cms.users.models import User
from cms.users.states import MAY, states, trainees
from cms.users.team_viewsets import MAY as MAY_TEND
from cms.users.team_viewsets import Raid, Reset, Team
from courses.drawings import qr_code
from courses.staff import Permitted, PermittedItem, StaffPage

PER_PAGE = 50


class CardPage(Permitted, StaffPage):
    """A page for whoever may make cards."""

    header_icon = "key"
    page_title = _("Getting in")
    permission = MAY


class Index(CardPage):
    """Everybody with an account, some at a time."""

    template_name = "users/admin/cards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.get("q", "").strip()
        found = trainees().order_by("person__name", "pk")
        if query:
            found = found.filter(Q(person__name__icontains=query) | Q(username__icontains=query))
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        rows = states(list(page.object_list), timezone.now())
        found_here = {"query": query, "page": page, "rows": rows}
        may_tend = self.request.user.has_perm(MAY_TEND)
        return {**super().get_context_data(**kwargs), **found_here, "may_tend": may_tend}


class Woman(CardPage):
    """How one of them gets in."""

    template_name = "users/admin/woman.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = get_object_or_404(trainees(), key=self.kwargs["key"])
        return {**super().get_context_data(**kwargs), **states([account], timezone.now())[0]}


def _account(request: HttpRequest, key: Any) -> User:
    """The trainee of an address, for whoever may. Raises PermissionDenied, Http404."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    return get_object_or_404(trainees(), key=key)


@never_cache
@require_POST
def make(request: HttpRequest, key: Any) -> HttpResponse:
    """A new card, shown in the answer itself: it is kept nowhere, not even in the session."""
    account, by = _account(request, key), request.user
    assert isinstance(by, User)
    printed = cards.make_card(account=account, by=by, at=timezone.now())
    address = request.build_absolute_uri(reverse("card"))
    context = {
        "account": account,
        "printed": printed,
        "address": address.partition("://")[2],
        "qr": qr_code(f"{address}#{printed.token}", title=gettext("QR code of the card")),
    }
    return render(request, "users/printed_card.html", context)


@require_POST
def revoke(request: HttpRequest, key: Any) -> HttpResponse:
    """The card that waits ends."""
    account = _account(request, key)
    if cards.revoke_cards(account=account, by=request.user, at=timezone.now()):
        messages.success(request, gettext("The card has ended. It opens nothing any more."))
    return redirect("cards:woman", account.key)


@require_POST
def end_sessions(request: HttpRequest, key: Any) -> HttpResponse:
    """A stolen phone: she is signed out everywhere, and no browser is known to her account any more."""
    account, by = _account(request, key), request.user
    assert isinstance(by, User)
    count = sessions.end_all(account, by=by)
    messages.success(
        request,
        ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count) % {"count": count},
    )
    return redirect("cards:woman", account.key)


class CardsMenuItem(PermittedItem):
    permission = MAY


class CardViewSet(ViewSet):
    """«Entrada»."""

    name = "cards"
    url_prefix = "entrance"
    icon = "key"
    menu_label = _("Getting in")
    menu_name = "cards"
    menu_order = 25
    add_to_admin_menu = True

    def get_menu_item(self, order: int | None = None) -> PermittedItem:
        return CardsMenuItem(
            self.menu_label,
            reverse("cards:index"),
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=order or self.menu_order,
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Index.as_view(), name="index"),
            path("cohort/<int:pk>/", CohortCards.as_view(), name="cohort"),
            path("cohort/<int:pk>/print/", PrintCards.as_view(), name="print"),
            path("cohort/<int:pk>/attendance/", AttendanceCards.as_view(), name="attendance"),
            path("cohort/<int:pk>/attendance/pdf/", PrintAttendanceCards.as_view(), name="attendance_pdf"),
            path("team/", Team.as_view(), name="team"),
            path("team/<uuid:key>/", Reset.as_view(), name="reset"),
            path("raid/", Raid.as_view(), name="raid"),
            path("<uuid:key>/", Woman.as_view(), name="woman"),
            path("<uuid:key>/make/", make, name="make"),
            path("<uuid:key>/revoke/", revoke, name="revoke"),
            path("<uuid:key>/sessions/", end_sessions, name="end_sessions"),
        ]
