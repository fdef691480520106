"""The staff's side of care: whom to call, and what was done for her."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.attendance.models import Excuse
from courses.care import absences, calls, wording
from courses.care.actions import note_care
from courses.care.make_ups import limit_of, used_by
from courses.care.models import CareNote, MakeUp
from courses.care.staff import KEEPS, CarePage, WomanPage
from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.staff import PermittedItem, StaffPage, refused

COHORTS_ON_A_PAGE, OF_EACH = 20, 10


class CareMenuItem(PermittedItem):
    """Only for who keeps a register."""

    permission = KEEPS


def rows_of(listed: Sequence[calls.Call]) -> list[dict[str, Any]]:
    """Each call in words, with what was done last. One query."""
    notes = calls.last_notes([call.enrolment for call in listed])
    return [
        {
            "call": call,
            "signals": [wording.say(signal) for signal in call.signals],
            "last": notes.get(call.enrolment),
        }
        for call in listed
    ]


class ToCall(CarePage):
    """Whom to call in this cohort, the most urgent first. Who was set aside stands behind a link."""

    template_name = "courses/admin/care_index.html"
    page_subtitle = _("To call")
    part = "calls"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everybody = calls.calls_of([self.cohort], timezone.now())
        shows_aside = "aside" in self.request.GET
        listed = [call for call in everybody if (call.aside_until is not None) is shows_aside]
        page = self.paged(listed)
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "rows": rows_of(list(page)),
            "total": len(listed),
            "shows_aside": shows_aside,
            "aside": len(everybody) - len(listed) if not shows_aside else len(listed),
        }


class AllToCall(StaffPage):
    """Whom to call in all of her cohorts that are in progress, some cohorts to a page."""

    template_name = "courses/admin/care_all.html"
    page_title = _("To call")
    header_icon = "comment"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(KEEPS):
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        running = access.visible_cohorts(self.request.user).filter(
            opened_at__isnull=False, starts_on__lte=now.date(), ends_on__gte=(now - timedelta(days=1)).date()
        )
        page = Paginator(running.order_by("name"), COHORTS_ON_A_PAGE).get_page(self.request.GET.get("p"))
        cohorts: list[Cohort] = list(page)
        by_cohort: dict[int, list[calls.Call]] = {cohort.pk: [] for cohort in cohorts}
        for call in calls.calls_of(cohorts, now):
            if call.aside_until is None:
                by_cohort[call.cohort].append(call)
        rows = {
            row["call"].enrolment: row
            for row in rows_of([call for listed in by_cohort.values() for call in listed[:OF_EACH]])
        }
        groups = [
            {
                "cohort": cohort,
                "total": len(by_cohort[cohort.pk]),
                "rows": [rows[call.enrolment] for call in by_cohort[cohort.pk][:OF_EACH]],
            }
            for cohort in cohorts
            if by_cohort[cohort.pk]
        ]
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "groups": groups,
            "total": sum(group["total"] for group in groups),
            "words": CareNote.What.choices,
        }


class Woman(WomanPage):
    """Her three figures, why to call her, her notices and make-ups. POST notes what was done."""

    template_name = "courses/admin/care_woman.html"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        what = request.POST.get("what", "")
        act = partial(note_care, enrolment=self.woman, what=what, by=request.user, at=timezone.now())
        if not refused(request, act):
            messages.success(
                request,
                gettext("Noted for %(name)s: %(what)s.")
                % {"name": self.woman.person.name, "what": CareNote.What(what).label},
            )
        return redirect(self._came_from())

    def _came_from(self) -> str:
        """The list she was noted on, or her own page."""
        match self.request.POST.get("back"):
            case "list":
                return reverse("care:index", args=[self.cohort.pk])
            case "all":
                return reverse("care:all")
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        [call] = calls.calls_of([self.cohort], timezone.now(), [self.woman.pk])
        make_ups = MakeUp.objects.filter(enrolment=self.woman).for_screen()
        return {
            **super().get_context_data(**kwargs),
            "call": call,
            "figures": call.figures,
            "signals": [wording.say(signal) for signal in call.signals],
            "notes": CareNote.objects.filter(enrolment=self.woman).select_related("by").order_by("-pk")[:20],
            "notices": Excuse.objects.filter(enrolment=self.woman).for_screen(),
            "make_ups": make_ups,
            "make_ups_used": used_by(self.woman),
            "make_up_limit": limit_of(self.cohort.pk),
        }


class CareViewSet(ViewSet):
    """«Por llamar»: absence as care."""

    name = "care"
    icon = "comment"
    menu_label = _("To call")
    menu_name = "care"
    menu_order = 15
    add_to_admin_menu = True
    menu_item_class = CareMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        woman = "<int:pk>/women/<uuid:enrolment>/"
        return [
            path("", AllToCall.as_view(), name="all"),
            path("<int:pk>/", ToCall.as_view(), name="index"),
            path(woman, Woman.as_view(), name="woman"),
            path(f"{woman}notice/", absences.Ask.as_view(), name="ask"),
            path(f"{woman}make-up/", absences.Assign.as_view(), name="make_up"),
            path("<int:pk>/notices/", absences.Notices.as_view(), name="excuses"),
            path("<int:pk>/notices/<int:excuse>/", absences.Decide.as_view(), name="decide"),
            path("<int:pk>/make-ups/", absences.MakeUps.as_view(), name="make_ups"),
            path("<int:pk>/make-ups/<int:make_up>/done/", absences.Done.as_view(), name="done"),
            path("<int:pk>/make-ups/<int:make_up>/off/", absences.Drop.as_view(), name="drop"),
        ]
