"""Cohorts in the admin: the list, the form, and people joining and leaving."""

from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic

from courses.cohorts import access
from courses.cohorts.actions import accept_ethics, enrol, withdraw
from courses.cohorts.forms import CohortForm, EnrolForm, WithdrawForm
from courses.cohorts.models import Cohort
from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.staff import PlainViewSet, refused


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


class Enrol(CohortPage):
    """Give a person a seat."""

    template_name = "courses/admin/form.html"
    page_subtitle = _("Enrol a person")
    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.add_enrolment")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        first = min(max(self.cohort.today(), self.cohort.starts_on), self.cohort.ends_on)
        return self.show(form=EnrolForm(cohort=self.cohort, initial={"starts_on": first}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = EnrolForm(request.POST, cohort=self.cohort)
        if not form.is_valid() or refused(request, partial(enrol, cohort=self.cohort, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(
            request, gettext("%(name)s is enrolled.") % {"name": form.cleaned_data["person"].name}
        )
        return redirect("school:people", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        free = max(0, self.cohort.seats - self.cohort.active_count)  # type: ignore[attr-defined]  # annotated
        return {
            **super().get_context_data(**kwargs),
            "note": ngettext("%(free)d seat is free.", "%(free)d seats are free.", free) % {"free": free},
            "button": gettext("Enrol"),
            "back": reverse("school:people", args=[self.cohort.pk]),
        }


class Withdraw(CohortPage):
    """She leaves; what she did stays, and why she left is not asked."""

    template_name = "courses/admin/form.html"
    page_subtitle = _("Leave the cohort")
    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.change_enrolment")
        self.woman = self.enrolment()

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=WithdrawForm(initial={"on": self.cohort.today()}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = WithdrawForm(request.POST)
        if not form.is_valid() or refused(
            request, partial(withdraw, enrolment=self.woman, on=form.cleaned_data["on"])
        ):
            return self.show(form=form)
        messages.success(request, gettext("%(name)s has left the cohort.") % {"name": self.woman.person.name})
        return redirect("school:people", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("%(name)s leaves this cohort") % {"name": self.woman.person.name},
            "note": gettext(
                "Her attendance, tests and practicals are kept. The reason is not asked and not stored. "
                "Her seat becomes free."
            ),
            "button": gettext("Yes, she leaves"),
            "is_serious": True,
            "back": reverse("school:woman", args=[self.cohort.pk, self.woman.pk]),
        }


class AcceptEthics(ConfirmPage):
    """Note that she accepted the confidentiality commitment."""

    page_subtitle = _("Ethics commitment")
    permission = "courses.keep_register"
    button = _("Yes, she accepted it")
    explanation = _("The first acceptance is kept with its date and cannot be taken back here.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()
        self.question = gettext("Has %(name)s accepted the ethics and confidentiality commitment?") % {
            "name": self.woman.person.name
        }

    def back(self) -> str:
        return reverse("school:woman", args=[self.cohort.pk, self.woman.pk])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(accept_ethics, enrolment=self.woman, at=timezone.now())):
            messages.success(request, gettext("The commitment is noted."))
        return redirect(self.back())


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
            path("<int:pk>/enrol/", Enrol.as_view(), name="enrol"),
            path("<int:pk>/withdraw/<uuid:enrolment>/", Withdraw.as_view(), name="withdraw"),
            path("<int:pk>/ethics/<uuid:enrolment>/", AcceptEthics.as_view(), name="ethics"),
        ]
