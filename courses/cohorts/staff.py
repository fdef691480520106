"""Pages about one cohort: found or 404, with the furniture that all of them share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from courses.cohorts import access
from courses.cohorts.models import Cohort, Enrolment
from courses.staff import StaffPage


class CohortPage(StaffPage):
    """A page about one cohort: 404 for whoever does not see that cohort."""

    cohort: Cohort
    tab = ""
    sees_cohort = True  # False where one session of it is hers: no way leads from there to the rest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.cohort = self.find_cohort()

    def cohorts(self) -> Any:
        """The cohorts this person sees, with all that page furniture shows."""
        return access.visible_cohorts(self.request.user).select_related("course").with_counts()

    def find_cohort(self) -> Cohort:
        """The cohort of the address. Raises Http404 for one she does not see."""
        cohort: Cohort = get_object_or_404(self.cohorts(), pk=self.kwargs["pk"])
        return cohort

    def enrolment(self) -> Enrolment:
        """The woman of the address, in this cohort. Raises Http404."""
        found: Enrolment = get_object_or_404(
            Enrolment.objects.select_related("person"), cohort=self.cohort, pk=self.kwargs["enrolment"]
        )
        return found

    def get_page_title(self) -> str:
        return self.cohort.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = reverse("school:cohort", args=[self.cohort.pk]) if self.sees_cohort else None
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("cohorts:index"), "label": _("Cohorts")},
            {"url": way, "label": self.cohort.name},
            *([{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm
        return {
            **super().get_context_data(**kwargs),
            "cohort": self.cohort,
            "sees_cohort": self.sees_cohort,
            "tab": self.tab,
            "week": self.cohort.week(),
            "may_change": may("courses.change_cohort"),
            "may_enrol": may("courses.add_enrolment"),
            "may_leave": may("courses.change_enrolment"),
            "may_register": may("courses.keep_register"),
            "may_observe": may("courses.observe_practical"),
        }

    def require(self, permission: str) -> None:
        """Raises PermissionDenied (Wagtail says it in words) when her role lacks it."""
        if not self.request.user.has_perm(permission):
            raise PermissionDenied


class ConfirmPage(CohortPage):
    """Asks before it acts: GET explains, POST does it and leads on."""

    template_name = "courses/admin/confirm.html"
    permission = ""
    question: Any = ""
    explanation: Any = ""
    button: Any = ""
    is_serious = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(self.permission)

    def back(self) -> str:
        """Where «no» leads, and «yes» too."""
        return reverse("school:cohort", args=[self.cohort.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "question": self.question,
            "explanation": self.explanation,
            "button": self.button,
            "is_serious": self.is_serious,
            "back": self.back(),
        }
