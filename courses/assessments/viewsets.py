"""Practicals observed step by step, and the tests and rubrics themselves as snippets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.assessments.access import assessors
from courses.assessments.actions import observe
from courses.assessments.forms import STEP, NeutralAddressForm, event_from, scores_from, second_from
from courses.assessments.models import COMMENT, Observation, QuestionBank, Quiz, Rubric
from courses.assessments.practicals import explained
from courses.assessments.staff import PANEL, PracticePage
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.languages import spoken
from courses.pages.models import ContentVersion
from courses.people.rules import is_called

PAGE, LONGEST_QUERY = 50, 60


class Practicals(PracticePage):
    """Whom to observe and in which practical: names for each rubric of the cohort, fifty to a page.

    A name is looked for by POST, which changes nothing, so that none stands in an address.
    """

    template_name = "courses/admin/practicals.html"
    page_subtitle = _("Practicals")
    permission = "courses.observe_practical"
    tab = part = "practicals"

    def rubrics(self) -> list[CohortContent]:
        """What can be observed in this cohort."""
        return list(CohortContent.objects.outline(self.cohort.pk).filter(kind=ContentVersion.Kind.RUBRIC))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(search=request.POST.get("q", "").strip()[:LONGEST_QUERY])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = kwargs.pop("search", "")
        everyone = Enrolment.objects.for_register(self.cohort)
        women = everyone.values_list("pk", "person__name")
        chosen = [pk for pk, name in women if is_called(name, search)]
        page = Paginator(chosen, PAGE).get_page(self.request.GET.get("p"))
        enrolments = list(everyone.filter(pk__in=list(page)))
        seen: dict[tuple[Any, Any], bool] = {}
        owners = Enrolment.objects.all().chains(enrolments)
        for enrolment, rubric, has_passed in Observation.objects.filter(enrolment__in=owners).values_list(
            "enrolment_id", "rubric_key", "has_passed"
        ):
            hers = owners[enrolment], rubric
            seen[hers] = has_passed or seen.get(hers, False)
        groups: list[dict[str, Any]] = [
            {"pin": pin, "women": [(woman, seen.get((woman.pk, pin.key))) for woman in enrolments]}
            for pin in self.rubrics()
        ]
        passed = self._passed()
        for group in groups:
            group["passed"] = passed.get(group["pin"].key, 0)
        return {
            **super().get_context_data(**kwargs),
            "groups": groups,
            "total": len(women),
            "page": page,
            "search": search,
        }

    def _passed(self) -> dict[Any, int]:
        """How many women of the register passed each rubric, here or where they were transferred from."""
        active = Enrolment.objects.active().filter(cohort=self.cohort)
        brought = Enrolment.objects.all().chains(active.filter(came_from__isnull=False))
        passed = Observation.objects.filter(has_passed=True).order_by()
        rows = passed.filter(Q(enrolment__in=active) | Q(enrolment__in=brought))
        pairs = {
            (rubric, brought.get(woman, woman))
            for rubric, woman in rows.values_list("rubric_key", "enrolment")
        }
        return Counter(rubric for rubric, _woman in pairs)


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
        [result] = explained([observation])
        facts = {
            "name": self.woman.person.name,
            "points": result.points,
            "most": result.most,
            "needed": result.needed,
            "critical": "; ".join(result.critical),
        }
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

    def choices(self) -> list[tuple[int, str]]:
        """The points a step can get, in the words of the rubric, or in the usual ones."""
        named = self.pin.version.content.get("levels")
        if named:
            return list(enumerate(named))
        if self.pin.version.content["scale"] == 1:
            return [(0, gettext("She did not do it")), (1, gettext("She did it"))]
        return [(0, gettext("Not yet")), (1, gettext("With help")), (2, gettext("Alone"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted: dict[str, str] = kwargs.pop("posted", {})
        content = self.pin.version.content
        earlier = list(
            Observation.objects.filter(enrolment__in=self.woman.chain_ids(), rubric_key=self.pin.key)
            .select_related("version", "by", "second")
            .order_by("at", "pk")
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
            "earlier": explained(earlier)[::-1],
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
                "looks": list(zip(words.values(), step.get("levels", []), strict=False)),
                "value": posted.get(STEP + step["id"], ""),
                "before": [
                    (number, words[one.scores[step["id"]]])
                    for number, one in enumerate(earlier, start=1)
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
    list_display = [
        "title",
        Column("language", label=_("Language"), accessor=spoken),
        "module",
        Column(
            "moment",
            label=_("Measures"),
            accessor="get_moment_display",
            sort_key="moment",
            classname="pm-wide",
        ),
        "pass_mark",
    ]
    list_filter = ["moment"]
    search_fields = ["title", "tags__name"]
    search_backend_name = None
    list_per_page = 50
    edit_handler = ObjectList([NOTE, *Quiz.panels], base_form_class=NeutralAddressForm)
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return Quiz.objects.select_related("module", "locale")


class QuestionBankViewSet(SnippetViewSet):
    """«Bancos de preguntas»."""

    model = QuestionBank
    icon = "folder-open-1"
    menu_label = _("Question banks")
    menu_order = 150
    list_display = [
        "title",
        Column("language", label=_("Language"), accessor=spoken),
        "question_count",
        "tag_names",
    ]
    search_fields = ["title", "tags__name"]
    search_backend_name = None
    list_per_page = 50
    panels = [NOTE, *QuestionBank.panels]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        banks: Any = QuestionBank.objects  # taggit's manager is unknown to the checker
        return banks.select_related("locale").prefetch_related("tags")


class RubricViewSet(SnippetViewSet):
    """«Rúbricas»."""

    model = Rubric
    icon = "form"
    menu_label = _("Rubrics")
    menu_order = 200
    list_display = [
        "title",
        "module",
        Column("scale", label=_("Scale"), accessor="get_scale_display", sort_key="scale"),
        "pass_score",
    ]
    list_per_page = 50
    edit_handler = ObjectList([NOTE, *Rubric.panels], base_form_class=NeutralAddressForm)
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return Rubric.objects.select_related("module")


class AssessmentGroup(SnippetViewSetGroup):
    """«Pruebas y rúbricas»."""

    items = (QuizViewSet, QuestionBankViewSet, RubricViewSet)
    menu_label = _("Tests and rubrics")
    menu_name = "assessments"
    menu_icon = "form"
    menu_order = 60
