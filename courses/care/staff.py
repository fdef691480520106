"""Pages of care about one cohort and about one woman: what all of them share."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse

from courses.attendance.models import Excuse
from courses.care.models import CareNote, MakeUp
from courses.cohorts.staff import CohortPage

KEEPS, APPROVES = "courses.keep_register", "courses.approve_excuse"
ON_A_PAGE = 25


class CarePage(CohortPage):
    """A page of care about one cohort, for who keeps its register."""

    tab = "care"
    part = ""
    header_icon = "comment"
    permission = KEEPS

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(self.permission)

    def paged(self, rows: Any) -> Page[Any]:
        """The page of the address; a wrong number shows the nearest."""
        return Paginator(rows, ON_A_PAGE).get_page(self.request.GET.get("p"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "part": self.part,
            "may_approve": self.request.user.has_perm(APPROVES),
            "words": CareNote.What.choices,
            "waiting_notices": Excuse.objects.waiting().filter(enrolment__cohort=self.cohort).count(),
            "waiting_make_ups": MakeUp.objects.waiting().filter(enrolment__cohort=self.cohort).count(),
        }


class WomanPage(CarePage):
    """A page of care about one woman."""

    part = "calls"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()
        self.woman.cohort = self.cohort
        self.page_subtitle = self.woman.person.name

    def back(self) -> str:
        return reverse("care:woman", args=[self.cohort.pk, self.woman.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "woman": self.woman, "back": self.back()}
