"""«Por revisar»: which lessons are due, and what was decided about each."""

from collections import defaultdict
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.pages.revisions import RevisionsCompare
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet

from courses.cohorts import access
from courses.cohorts.changes import ContentChange
from courses.cohorts.changing import running_pins
from courses.cohorts.models import CohortContent
from courses.cohorts.reach_viewsets import WRITES, Reach
from courses.cohorts.review_forms import DecisionForm
from courses.pages.actions import decide_overdue
from courses.pages.checks.gather import draft_of
from courses.pages.checks.models import OutsideLink, own_hosts
from courses.pages.checks.rules import outside_links
from courses.pages.checks.wording import REASONS
from courses.pages.library import ReferralService
from courses.pages.models import ContentVersion, LessonPage, LessonReview, ModulePage, State
from courses.pages.translating import translation_of
from courses.people.rules import account_name
from courses.staff import Permitted, PermittedItem, StaffPage, refused

SEES, DECIDES = "courses.see_reviews", "courses.decide_overdue"
ALARMING = frozenset({State.OVERDUE, State.UNREVIEWED})


class ReviewsMenuItem(PermittedItem):
    """Only for who writes, reviews or answers for content."""

    permission = SEES


class ReviewsFilter(WagtailFilterSet):
    """By state, by module, by who looks after it."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=State.choices)
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"),
        queryset=lambda _request: get_user_model().objects.filter(owned_pages__isnull=False).distinct(),
    )
    module = django_filters.ModelChoiceFilter(
        label=_("Module"), queryset=lambda _request: ModulePage.objects.order_by("path"), method="below"
    )

    class Meta:
        model = LessonPage
        fields: list[str] = []

    def below(self, queryset: Any, _name: str, module: ModulePage) -> Any:
        return queryset.descendant_of(module)


def shown_date(day: Any) -> str:
    """A day in short, or a dash."""
    return date_format(day, "j b Y") if day else "—"


def state_words(lesson: Any) -> str:
    return str(State(lesson.state).label)


def services_due(user: Any) -> int:
    """How many services somebody must call or visit; 0 for who may not write that she did."""
    if not user.has_perm("courses.change_referralservice"):
        return 0
    return ReferralService.objects.due(timezone.localdate()).count()


class Reviews(Permitted, ReportView):
    """Lessons that trainees may be reading, the most urgent first; above them how many services are due."""

    permission = SEES
    template_name = "courses/admin/reviews.html"
    page_title = _("To review")
    header_icon = "check"
    index_url_name = "reviews:index"
    index_results_url_name = "reviews:index_results"
    filterset_class = ReviewsFilter
    default_ordering = "rank"
    model = LessonPage
    is_searchable = False
    list_export = ["module", "title", "state_words", "owner_name", "reviewed_by", "reviewed_on"]
    list_export += ["review_again_by", "cohorts", "dead"]
    export_headings = {
        "module": _("Module"),
        "title": _("Lesson"),
        "state_words": _("State"),
        "owner_name": _("Owner"),
        "reviewed_by": _("Reviewed by"),
        "reviewed_on": _("Reviewed on"),
        "review_again_by": _("Review again by"),
        "cohorts": _("Running cohorts"),
        "dead": _("Links that do not answer"),
    }

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "services": services_due(self.request.user)}

    def get_filename(self) -> str:
        return f"reviews-{timezone.localdate().isoformat()}"

    def get_queryset(self) -> Any:
        lessons = LessonPage.objects.to_look_at().with_state(timezone.localdate())
        return lessons.select_related("owner").order_by("rank", "review_again_by", "path")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn(
                "title", label=_("Lesson"), get_url=lambda lesson: reverse("reviews:lesson", args=[lesson.pk])
            ),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=state_words,
                primary=lambda lesson: lesson.state in ALARMING,
            ),
            Column(
                "review_again_by",
                label=_("Due on"),
                accessor=lambda one: shown_date(one.review_again_by),
            ),
            Column("module", label=_("Module"), classname="pm-wide"),
            Column("owner_name", label=_("Owner"), classname="pm-wide"),
            Column("cohorts", label=_("Cohorts"), classname="pm-wide"),
            Column("dead", label=_("Dead links"), classname="pm-wide"),
        ]

    def decorate_paginated_queryset(self, object_list: Any) -> list[Any]:
        """Module, owner, cohorts and links of all lessons of a page, in four queries."""
        lessons = list(object_list)
        modules = dict(ModulePage.objects.values_list("path", "title"))
        cohorts = running_counts([lesson.translation_key for lesson in lessons])
        dead, hosts = set(OutsideLink.objects.filter(is_dead=True).values_list("url", flat=True)), own_hosts()
        for lesson in lessons:
            lesson.module = modules.get(lesson.path[: -lesson.steplen], "")
            lesson.owner_name = account_name(lesson.owner) if lesson.owner else ""
            lesson.state_words = state_words(lesson)
            lesson.cohorts = cohorts[lesson.translation_key]
            lesson.dead = len(dead & outside_links(draft_of(lesson), hosts)) if dead else 0
        return lessons


def running_counts(keys: list[UUID]) -> dict[UUID, int]:
    """How many running cohorts use each of these. One query."""
    found: dict[UUID, int] = defaultdict(int)
    now = timezone.now()
    pins = CohortContent.objects.filter(key__in=keys, cohort__opened_at__isnull=False).select_related(
        "cohort"
    )
    for pin in pins.only("key", "cohort__time_zone", "cohort__ends_on"):
        found[pin.key] += pin.cohort.today(now) <= pin.cohort.ends_on
    return found


def newest_texts(key: UUID) -> dict[str, ContentVersion]:
    """The newest version of this in each language: a translation is no newer text. One query."""
    versions = ContentVersion.objects.filter(key=key).defer("content")
    return {version.language: version for version in versions.order_by("number")}


class ReviewPage(StaffPage):
    """A page about one lesson."""

    header_icon = "check"
    permission = SEES

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        lessons = LessonPage.objects.with_state(timezone.localdate()).select_related("owner", "locale")
        self.lesson: Any = get_object_or_404(lessons, pk=self.kwargs["pk"])
        if self.lesson.first_published_at is None and not self.lesson.workflow_in_progress:
            raise Http404  # nobody reads it, and nobody was asked to

    def get_page_title(self) -> str:
        return str(self.lesson.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = [{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []
        return [
            *self.breadcrumbs_items,
            {"url": reverse("reviews:index"), "label": _("To review")},
            {"url": reverse("reviews:lesson", args=[self.lesson.pk]), "label": self.lesson.title},
            *here,
        ]


class OneLesson(ReviewPage):
    """Where its truth stands, all that was decided, who learns which version, and its links."""

    template_name = "courses/admin/review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.lesson.translation_key
        seen = set(access.visible_cohorts(self.request.user).values_list("pk", flat=True))
        pins = running_pins(key, timezone.now())
        hers = [pin for pin in pins if pin.cohort_id in seen]
        newest = newest_texts(key)
        older = [pin for pin in hers if pin.version.number < newest[pin.version.language].number]
        links = outside_links(draft_of(self.lesson), own_hosts())
        changes = ContentChange.objects.filter(pin__key=key).select_related(
            "pin__cohort", "from_version", "to_version", "by"
        )
        return {
            **super().get_context_data(**kwargs),
            "lesson": self.lesson,
            "state": State(self.lesson.state),
            "is_alarming": self.lesson.state in ALARMING,
            "decisions": LessonReview.objects.filter(lesson_key=key).order_by("-pk"),
            "pins": [(pin, pin in older) for pin in hers],
            "others": len(pins) - len(hers),
            "newer": newest[older[0].version.language] if older else None,
            "changes": [one for one in changes.order_by("-at", "-pk") if one.pin.cohort_id in seen],
            "links": [
                (link, REASONS.get(link.why, "")) for link in OutsideLink.objects.filter(url__in=links)
            ],
            "may_decide": self.request.user.has_perm(DECIDES),
            **self._review(),
        }

    def _review(self) -> dict[str, Any]:
        """Whether it waits for a reviewer, and what this person may do about it."""
        perms = self.lesson.permissions_for_user(self.request.user)
        waiting = self.lesson.current_workflow_task_state
        is_translation = translation_of(self.lesson) is not None
        is_writer = self.request.user.has_perm(WRITES)
        return {
            "waiting": waiting,
            "may_review": waiting and bool(waiting.task.specific.get_actions(self.lesson, self.request.user)),
            "may_write": is_writer,
            "may_edit": perms.can_edit() and (is_writer or not is_translation),
            "may_send": is_writer
            and perms.can_submit_for_moderation()
            and self.lesson.state != State.CURRENT
            and (is_translation or not self.lesson.has_unpublished_changes),
        }


class Changes(RevisionsCompare):
    """What the newest draft changes in the published words. Wagtail's own page refuses a reviewer."""

    def setup(self, request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> None:
        super().setup(request, pk, "live", "latest", *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(SEES):
            raise PermissionDenied
        return super(RevisionsCompare, self).dispatch(request, *args, **kwargs)


class Decide(ReviewPage):
    """Keep an overdue lesson for a while, or hide it. Written down with who, when and why."""

    template_name = "courses/admin/form.html"
    page_subtitle = _("Keep or hide")
    permission = DECIDES

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        act = partial(
            decide_overdue, lesson=self.lesson, **form.cleaned_data, by=request.user, at=timezone.now()
        )
        if refused(request, act):
            return self.show(form=form)
        messages.success(request, gettext("Your decision is written down."))
        return redirect("reviews:lesson", self.lesson.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note = _(
            "What trainees finished stays finished either way. A hidden lesson cannot be finished: who still "
            "needs it for her diploma waits."
        )
        return {
            "form": DecisionForm(),
            "note": note,
            "button": _("Write it down"),
            "back": reverse("reviews:lesson", args=[self.lesson.pk]),
            **super().get_context_data(**kwargs),
        }


class ReviewsViewSet(ViewSet):
    """«Por revisar»."""

    name = "reviews"
    icon = "check"
    menu_label = _("To review")
    menu_name = "reviews"
    menu_order = 65
    add_to_admin_menu = True
    menu_item_class = ReviewsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Reviews.as_view(), name="index"),
            path("results/", Reviews.as_view(results_only=True), name="index_results"),
            path("<int:pk>/", OneLesson.as_view(), name="lesson"),
            path("<int:pk>/changes/", Changes.as_view(), name="changes"),
            path("<int:pk>/decide/", Decide.as_view(), name="decide"),
            path("reach/<numbers:pks>/", Reach.as_view(), name="reach"),
        ]
