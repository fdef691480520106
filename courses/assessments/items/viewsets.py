"""How well the questions of a test measure, what a cohort gained, and putting a question right."""

from collections import Counter
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments.grading.actions import Preview, apply_fix, as_written, try_fix, versions_asking
from courses.assessments.grading.forms import fix_from
from courses.assessments.grading.models import QuestionFix, fixes_of
from courses.assessments.grading.queue import tests_of
from courses.assessments.grading.rules import Fix
from courses.assessments.grading.sheets import figures_of, gain_of
from courses.assessments.grading.viewsets import GradingPage
from courses.assessments.kinds import WITH_OPTIONS, asks_the_same, key_of, said
from courses.assessments.models import Attempt
from courses.assessments.statistics import FEWEST, Item
from courses.cohorts import access
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.staff import refused

MOST = 8  # answers shown of a question without options
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
            "points": gain.points if gain else 0,
            "lost": -gain.points if gain else 0,
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
        figures = figures_of(pin)
        fixes = {one.version.pk: fixes_of(one.version) for one, _item in figures}
        until = dict(pin.changes.values_list("from_version", "at"))
        rows = [
            {
                **_row(one.question, item, fixes[one.version.pk].get(one.question["id"])),
                "asked": one,
                "until": until.get(one.version.pk),
            }
            for one, item in figures
            if one.is_now or item.answered
        ]
        return {
            **super().get_context_data(**kwargs),
            "pin": pin,
            "rows": [row for row in rows if row["asked"].is_now],
            "earlier": [row for row in rows if not row["asked"].is_now],
            "fewest": FEWEST,
        }


def _row(question: dict[str, Any], item: Item, fix: Fix | None) -> dict[str, Any]:
    """A question as the page shows it; the counts of its answers only where enough women answered."""
    return {
        "question": question,
        "item": item,
        "percent": int(item.difficulty * 100),
        "fix": fix,
        "answers": _answers(question, item, fix),
    }


def _answers(question: dict[str, Any], item: Item, fix: Fix | None) -> list[dict[str, Any]]:
    """What was answered, or could have been: its options, or the answers given most, the right one first."""
    key = key_of(question)
    if key is None:
        return []
    key = key.put_right(fix.accepted if fix else frozenset())
    if key.kind in WITH_OPTIONS:
        return [
            {
                "id": option["id"],
                "lines": [option["text"]],
                "count": item.chosen(option["id"]),
                "is_right": option["id"] in key.accepted,
            }
            for option in question["options"]
        ]
    given = [answer for answer, _count in Counter(item.choices).most_common(MOST)]
    return [
        {
            "id": answer,
            "lines": said(question, answer),
            "count": item.choices.get(answer, 0),
            "is_right": key.accepts(answer),
        }
        for answer in dict.fromkeys([*sorted(key.accepted), *given])
    ]


class PutRight(GradingPage):
    """A question that was wrong: first a trial that names who gains and who loses, then the new results."""

    template_name = "courses/admin/items_fix.html"
    page_subtitle = _("Put a question right")
    permission = "courses.regrade_test"
    part = "items"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pin = self.find_test()
        figures = figures_of(self.pin)
        self.version = self._version({one.version.pk: one.version for one, _item in figures})
        self.question = self.find_question(self.version.content["questions"])
        self.item = next(item for one, item in figures if asks_the_same(one.question, self.question))

    def _version(self, versions: dict[int, ContentVersion]) -> ContentVersion:
        """The version in force, or an earlier one that women of this cohort answered. Raises Http404."""
        wanted = self.request.GET.get("version", "")
        found = versions.get(int(wanted)) if wanted.isdecimal() else None
        if wanted and found is None:
            raise Http404
        return found or self.pin.version

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if "apply" in request.POST and not refused(request, partial(self._apply, request)):
            return redirect("items:quiz", self.cohort.pk, self.pin.slug)
        try:
            preview = try_fix(version=self.version, question=self.question["id"], fix=fix_from(request.POST))
        except Refused as error:
            if "apply" not in request.POST:
                messages.error(request, str(error))
            return self.show()
        return self.show(preview=preview)

    def _apply(self, request: HttpRequest) -> None:
        regrade = apply_fix(
            version=self.version,
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
        known = fixes_of(self.version).get(self.question["id"])
        fix = known or as_written(self.question)
        if self.request.method == "POST":
            fix = fix_from(self.request.POST)
        preview: Preview | None = kwargs.get("preview")
        return {
            **super().get_context_data(**kwargs),
            "pin": self.pin,
            "question": self.question,
            "options": [
                {**one, "is_accepted": one["id"] in fix.accepted}
                for one in _answers(self.question, self.item, known)
            ],
            "leaves_out": fix.leaves_out,
            "preview": preview,
            "changes": self._named(preview) if preview else [],
            "is_now": self.version.pk == self.pin.version_id,
            "history": QuestionFix.objects.filter(
                version__in=versions_asking(self.version, self.question["id"]), question=self.question["id"]
            )
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
