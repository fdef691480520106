"""Cohorts in the admin: the list and the form. People joining and leaving: joining_viewsets.py."""

from functools import cached_property
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic

from courses.cohorts import access
from courses.cohorts import joining_viewsets as joining
from courses.cohorts.forms import CohortForm
from courses.cohorts.models import Cohort
from courses.staff import PlainViewSet


def week_of(cohort: Cohort) -> str:
    """Where the cohort stands today, in words."""
    now = timezone.now()
    if cohort.opened_at is None:
        return gettext("not open yet")
    if cohort.today(now) > cohort.ends_on:
        return gettext("finished")
    week = cohort.week(now)
    return gettext("week %(week)d") % {"week": week} if week else gettext("begins soon")


class CohortIndex(generic.IndexView):
    """The cohorts this person sees, with how full they are."""

    default_ordering = "-starts_on"

    def get_base_queryset(self) -> Any:
        return access.visible_cohorts(self.request.user).with_counts()

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("name"),
            StatusTagColumn(
                "week", label=_("Now"), accessor=week_of, primary=lambda c: c.opened_at is not None
            ),
            Column(
                "starts_on",
                label=_("First day"),
                accessor=lambda c: date_format(c.starts_on, "j b Y"),
                sort_key="starts_on",
                classname="pm-wide",
            ),
            Column(
                "ends_on",
                label=_("Last day"),
                accessor=lambda c: date_format(c.ends_on, "j b Y"),
                sort_key="ends_on",
                classname="pm-wide",
            ),
            Column("seats", label=_("People / seats"), accessor=lambda c: f"{c.active_count} / {c.seats}"),
        ]

    def get_edit_url(self, instance: Cohort) -> str:
        """The title leads to the cohort's page, where everybody who sees the list may go."""
        return reverse("school:cohort", args=[instance.pk])

    def get_list_buttons(self, instance: Cohort) -> list[Any]:
        return []


class CohortCreate(generic.CreateView):
    def get_success_url(self) -> str:
        return reverse("school:cohort", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class CohortEdit(generic.EditView):
    def get_base_object_queryset(self) -> Any:
        return access.visible_cohorts(self.request.user)

    def get_success_url(self) -> str:
        return reverse("school:cohort", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class CohortViewSet(PlainViewSet):
    """«Generaciones»."""

    model = Cohort
    name = "cohorts"
    icon = "group"
    menu_label = _("Cohorts")
    menu_name = "cohorts"
    menu_order = 10
    search_fields = ["name"]
    index_view_class = CohortIndex
    add_view_class = CohortCreate
    edit_view_class = CohortEdit

    def get_form_class(self, for_update: bool = False) -> type[CohortForm]:
        return CohortForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/joining/", joining.Joining.as_view(), name="joining"),
            path("<int:pk>/enrol/", joining.Enrol.as_view(), name="enrol"),
            path("<int:pk>/withdraw/<uuid:enrolment>/", joining.Withdraw.as_view(), name="withdraw"),
            path("<int:pk>/return/<uuid:enrolment>/", joining.TakeBack.as_view(), name="take_back"),
            path("<int:pk>/transfer/<uuid:enrolment>/", joining.Transfer.as_view(), name="transfer"),
            path("<int:pk>/waiting/", joining.Waiting.as_view(), name="waiting"),
            path("<int:pk>/waiting/<int:entry>/seat/", joining.GiveSeat.as_view(), name="give_seat"),
            path("<int:pk>/waiting/<int:entry>/remove/", joining.StopWaiting.as_view(), name="stop_waiting"),
            path("<int:pk>/ethics/<uuid:enrolment>/", joining.AcceptEthics.as_view(), name="ethics"),
        ]
