"""Practicals observed step by step, and the tests and rubrics themselves as snippets."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import HelpPanel
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.assessments.access import assessors
from courses.assessments.actions import observe
from courses.assessments.forms import STEP, event_from, scores_from, second_from
from courses.assessments.models import COMMENT, Observation, Quiz, Rubric
from courses.assessments.rules import missed, to_practise
from courses.assessments.staff import PANEL, PracticePage
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.models import ContentVersion


class Practicals(PracticePage):
    """Whom to observe and in which practical: a list of names for each rubric of the cohort."""

    template_name = "courses/admin/practicals.html"
    page_subtitle = _("Practicals")
    permission = "courses.observe_practical"
    tab = part = "practicals"

    def rubrics(self) -> list[CohortContent]:
        """What can be observed in this cohort."""
        return list(CohortContent.objects.outline(self.cohort.pk).filter(kind=ContentVersion.Kind.RUBRIC))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enrolments = list(Enrolment.objects.for_register(self.cohort))
        seen: dict[tuple[Any, Any], bool] = {}
        for enrolment, rubric, has_passed in Observation.objects.filter(enrolment__in=enrolments).values_list(
            "enrolment_id", "rubric_key", "has_passed"
        ):
            seen[enrolment, rubric] = has_passed or seen.get((enrolment, rubric), False)
        groups: list[dict[str, Any]] = [
            {"pin": pin, "women": [(woman, seen.get((woman.pk, pin.key))) for woman in enrolments]}
            for pin in self.rubrics()
        ]
        for group in groups:
            group["passed"] = sum(bool(state) for _woman, state in group["women"])
        return {**super().get_context_data(**kwargs), "groups": groups, "total": len(enrolments)}


class Observe(PracticePage):
    """Score one woman in one practical, standing up, with big buttons; earlier ones stand beside."""

    template_name = "courses/admin/observe.html"
    page_subtitle = _("Observe a practical")
    permission = "courses.observe_practical"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()
        self.woman.cohort = self.cohort
        self.pin: CohortContent = get_object_or_404(
            CohortContent.objects.select_related("version"),
            cohort=self.cohort,
            kind=ContentVersion.Kind.RUBRIC,
            slug=self.kwargs["slug"],
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        post = request.POST.dict()
        try:
            observation = observe(
                enrolment=self.woman,
                pin=self.pin,
                scores=scores_from(post),
                by=request.user,
                at=timezone.now(),
                second=second_from(post, assessors(self.cohort)),
                comment=post.get("comment", ""),
                device=PANEL,
                event=event_from(post),
            )
        except Refused as error:
            messages.error(request, str(error))
            return self.show(posted=post)
        self._explain(observation)
        return redirect("practicals:observe", self.cohort.pk, self.pin.slug, self.woman.pk)

    def _explain(self, observation: Observation) -> None:
        facts = {"name": self.woman.person.name, **self._result(observation)}
        if observation.has_passed:
            messages.success(self.request, gettext("%(name)s passed: %(points)d points of %(most)d.") % facts)
        elif facts["critical"]:
            messages.warning(
                self.request,
                gettext("Saved. %(name)s has not passed yet: a critical step is missing (%(critical)s).")
                % facts,
            )
        else:
            messages.warning(
                self.request,
                gettext("Saved. %(name)s has not passed yet: %(points)d points; %(needed)d are needed.")
                % facts,
            )

    @staticmethod
    def _result(observation: Observation) -> dict[str, Any]:
        """An observation explained: numbers, critical steps at zero, and what to practise, in words."""
        content, scores = observation.version.content, observation.scores
        return {
            "observation": observation,
            "points": observation.points,
            "most": len(content["steps"]) * content["scale"],
            "needed": content["pass_score"],
            "critical": "; ".join(missed(content["steps"], scores)),
            "practise": "; ".join(to_practise(content["steps"], scores, content["scale"])),
        }

    def choices(self) -> list[tuple[int, str]]:
        """The points a step can get, in words."""
        if self.pin.version.content["scale"] == 1:
            return [(0, gettext("She did not do it")), (1, gettext("She did it"))]
        return [(0, gettext("Not yet")), (1, gettext("With help")), (2, gettext("Alone"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted: dict[str, str] = kwargs.pop("posted", {})
        content = self.pin.version.content
        earlier = list(
            Observation.objects.filter(enrolment=self.woman, rubric_key=self.pin.key)
            .numbered()
            .select_related("version", "by", "second")
            .order_by("-at", "-pk")
        )
        return {
            **super().get_context_data(**kwargs),
            "woman": self.woman,
            "pin": self.pin,
            "posted": posted,
            "event": event_from(posted) or uuid4(),
            "steps": self._steps(content["steps"], posted, earlier),
            "choices": self.choices(),
            "most": len(content["steps"]) * content["scale"],
            "needed": content["pass_score"],
            "earlier": [self._result(one) for one in earlier],
            "next_number": len(earlier) + 1,
            "assessors": assessors(self.cohort).exclude(pk=self.request.user.pk),
            "comment_length": COMMENT,
        }

    def _steps(
        self, steps: list[dict[str, Any]], posted: Mapping[str, str], earlier: Sequence[Any]
    ) -> list[dict[str, Any]]:
        """Each step with what was just chosen, and what she did the times before."""
        words = dict(self.choices())
        return [
            {
                **step,
                "value": posted.get(STEP + step["id"], ""),
                "before": [
                    (one.number, words[one.scores[step["id"]]])
                    for one in reversed(earlier)
                    if one.scores.get(step["id"]) in words
                ],
            }
            for step in steps
        ]


class PracticalsViewSet(ViewSet):
    """«Prácticas observadas» of each cohort."""

    name = "practicals"
    icon = "form"

    def on_register(self) -> None:
        """No menu item: practicals are reached from their cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Practicals.as_view(), name="index"),
            path("<int:pk>/<slug:slug>/<uuid:enrolment>/", Observe.as_view(), name="observe"),
        ]


NOTE = HelpPanel(template="courses/admin/frozen_note.html", heading=_("What a change does"))


class QuizViewSet(SnippetViewSet):
    """«Pruebas»."""

    model = Quiz
    icon = "help"
    menu_label = _("Tests")
    menu_order = 100
    list_display = ["title", "module", "pass_mark", "draw"]
    list_per_page = 50
    panels = [NOTE, *Quiz.panels]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return Quiz.objects.select_related("module")


class RubricViewSet(SnippetViewSet):
    """«Rúbricas»."""

    model = Rubric
    icon = "form"
    menu_label = _("Rubrics")
    menu_order = 200
    list_display = ["title", "module", "scale", "pass_score"]
    list_per_page = 50
    panels = [NOTE, *Rubric.panels]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return Rubric.objects.select_related("module")


class AssessmentGroup(SnippetViewSetGroup):
    """«Pruebas y rúbricas»."""

    items = (QuizViewSet, RubricViewSet)
    menu_label = _("Tests and rubrics")
    menu_name = "assessments"
    menu_icon = "form"
    menu_order = 60
