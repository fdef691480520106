"""Pages about what the women of a cohort practise and show, with the way between them."""

from typing import Any

from django.http import HttpRequest

from courses.cohorts.staff import CohortPage

PANEL = "panel"  # the device of what is noted in the admin


class PracticePage(CohortPage):
    """A page of the practice of one cohort, for who holds `permission`."""

    permission = ""
    part = ""
    header_icon = "form"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(self.permission)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm
        return {
            **super().get_context_data(**kwargs),
            "part": self.part,
            "may_grade": may("courses.grade_answers"),
            "may_override": may("courses.override_grade"),
            "may_regrade": may("courses.regrade_test"),
        }
