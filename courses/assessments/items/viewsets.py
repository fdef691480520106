"""How well the questions of a test measure, what a cohort gained, and putting a question right."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments.grading.actions import Preview, apply_fix, as_written, try_fix
from courses.assessments.grading.forms import fix_from
from courses.assessments.grading.models import QuestionFix, fixes_of
from courses.assessments.grading.queue import tests_of
from courses.assessments.grading.sheets import gain_of, sheets_of
from courses.assessments.grading.viewsets import GradingPage
from courses.assessments.models import Attempt
from courses.assessments.statistics import FEWEST, Item, items
from courses.cohorts import access
from courses.errors import Refused
from courses.staff import refused

SHOWN = 100  # women listed by name in a trial; the others are counted


class Tests(GradingPage):
    """The tests of a cohort, and what it gained between the first and the last."""

    template_name = "courses/admin/items_index.html"
    page_subtitle = _("Tests and results")
    part = "items"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gain = gain_of(self.cohort)
        return {
            **super().get_context_data(**kwargs),
            "tests": tests_of(self.cohort),
            "gain": gain,
            "learnt": int(gain.normalised * 100) if gain and gain.normalised is not None else None,
            "fewest": FEWEST,
        }


class Questions(GradingPage):
    """One test, question by question: how hard, how telling, and what was chosen. Never about one woman."""

    template_name = "courses/admin/items_quiz.html"
    page_subtitle = _("Questions of the test")
    part = "items"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pin = self.find_test()
        questions = pin.version.content["questions"]
        found = items(sheets_of(pin), [question["id"] for question in questions])
        fixes = fixes_of(pin.version)
        return {
            **super().get_context_data(**kwargs),
            "pin": pin,
            "rows": [
                _row(question, item, fixes.get(question["id"]))
                for question, item in zip(questions, found, strict=True)
            ],
            "fewest": FEWEST,
        }


def _row(question: dict[str, Any], item: Item, fix: Any) -> dict[str, Any]:
    """A question as the page shows it; the counts of its options only where enough women answered."""
    return {
        "question": question,
        "item": item,
        "percent": int(item.difficulty * 100),
        "fix": fix,
        "options": [
            {
                "text": option["text"],
                "count": item.choices.get(option["id"], 0),
                "is_right": option["id"] in fix.accepted if fix and fix.accepted else option["is_correct"],
            }
            for option in question["options"]
        ],
    }


class PutRight(GradingPage):
    """A question that was wrong: first a trial that names who gains and who loses, then the new results."""

    template_name = "courses/admin/items_fix.html"
    page_subtitle = _("Put a question right")
    permission = "courses.regrade_test"
    part = "items"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pin = self.find_test()
        self.question = self.find_question(self.pin)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if "apply" in request.POST and not refused(request, partial(self._apply, request)):
            return redirect("items:quiz", self.cohort.pk, self.pin.slug)
        try:
            preview = try_fix(
                version=self.pin.version, question=self.question["id"], fix=fix_from(request.POST)
            )
        except Refused as error:
            if "apply" not in request.POST:
                messages.error(request, str(error))
            return self.show()
        return self.show(preview=preview)

    def _apply(self, request: HttpRequest) -> None:
        regrade = apply_fix(
            version=self.pin.version,
            question=self.question["id"],
            fix=fix_from(request.POST),
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
        )
        gain = ngettext("%(count)d woman gains", "%(count)d women gain", regrade.gained)
        lose = ngettext("%(count)d woman loses", "%(count)d women lose", regrade.lost)
        words = gettext("The question is put right: %(gain)s, %(lose)s. The first results are kept.")
        told = {"gain": gain % {"count": regrade.gained}, "lose": lose % {"count": regrade.lost}}
        messages.success(request, words % told)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fix = fixes_of(self.pin.version).get(self.question["id"]) or as_written(self.question)
        if self.request.method == "POST":
            fix = fix_from(self.request.POST)
        preview: Preview | None = kwargs.get("preview")
        return {
            **super().get_context_data(**kwargs),
            "pin": self.pin,
            "question": self.question,
            "options": [
                {**one, "is_accepted": one["id"] in fix.accepted} for one in self.question["options"]
            ],
            "leaves_out": fix.leaves_out,
            "preview": preview,
            "changes": self._named(preview) if preview else [],
            "history": QuestionFix.objects.filter(version=self.pin.version, question=self.question["id"])
            .select_related("by", "regrade")
            .order_by("-pk"),
        }

    def _named(self, preview: Preview) -> list[dict[str, Any]]:
        """Who gains and who loses, by name, of the cohorts that this person sees; who loses first."""
        ordered = sorted(preview.changes, key=lambda change: (not change.loses, not change.gains))[:SHOWN]
        attempts = Attempt.objects.filter(
            pk__in=[change.attempt for change in ordered],
            enrolment__cohort__in=access.visible_cohorts(self.request.user),
        ).select_related("enrolment__person", "enrolment__cohort")
        known = {one.pk: one for one in attempts.defer("questions", "answers")}
        return [
            {"change": change, "attempt": known[change.attempt]}
            for change in ordered
            if change.attempt in known
        ]


class ItemsViewSet(ViewSet):
    """«Pruebas y resultados» of each cohort."""

    name = "items"
    icon = "help"

    def on_register(self) -> None:
        """No menu item: these pages are reached from their cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Tests.as_view(), name="index"),
            path("<int:pk>/<slug:slug>/", Questions.as_view(), name="quiz"),
            path("<int:pk>/<slug:slug>/<slug:question>/", PutRight.as_view(), name="fix"),
        ]
