"""What courses put into the admin, and what joins a page to running cohorts: who may open it."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.templatetags.static import static
from django.urls import include, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.models import Page, TranslatableMixin
from wagtail.snippets.models import register_snippet
from wagtail_localize import wagtail_hooks as localize

from courses.assessments.actions import freeze_examined
from courses.assessments.grading.viewsets import GradingViewSet
from courses.assessments.items.viewsets import ItemsViewSet
from courses.assessments.outings.viewsets import OutingsViewSet
from courses.assessments.trying import TrialViewSet
from courses.assessments.viewsets import AssessmentGroup, PracticalsViewSet
from courses.attendance.models import ClassSession
from courses.attendance.viewsets import RegisterViewSet
from courses.care.viewsets import CareViewSet
from courses.cohorts import access
from courses.cohorts.changing import behind, running_pins
from courses.cohorts.models import Cohort
from courses.cohorts.review_viewsets import SEES, ReviewsViewSet, services_due
from courses.cohorts.viewsets import CohortViewSet
from courses.imports.viewsets import ImportViewSet
from courses.moving.viewsets import MovingViewSet
from courses.pages.checks.gather import check_lesson
from courses.pages.choosing import recordings
from courses.pages.learning import HOOK, Learning
from courses.pages.library_viewsets import LibraryGroup
from courses.pages.models import CoursePage, LessonPage, ModulePage, State
from courses.pages.translating import refresh_source
from courses.people.viewsets import OrganisationViewSet, PersonViewSet
from courses.progress.viewsets import GlanceViewSet
from courses.school.viewsets import SchoolViewSet
from courses.school.wizard_viewsets import OpeningViewSet
from courses.sync.viewsets import OfflineViewSet
from courses.trail import viewsets as trail
from courses.translations import views as translations
from courses.translations.lessons_viewsets import AllLessonsViewSet
from courses.translations.viewsets import LanguagesViewSet

register_snippet(AssessmentGroup)
register_snippet(LibraryGroup)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet | ViewSetGroup]:
    """Cohorts with their pages, people, organisations."""
    return [
        CohortViewSet(),
        SchoolViewSet(),
        GlanceViewSet(),
        OpeningViewSet(),
        RegisterViewSet(),
        PracticalsViewSet(),
        OutingsViewSet(),
        GradingViewSet(),
        ItemsViewSet(),
        TrialViewSet(),
        CareViewSet(),
        LanguagesViewSet(),
        OfflineViewSet(),
        ImportViewSet(),
        ReviewsViewSet(),
        AllLessonsViewSet(),
        MovingViewSet(),
        PersonViewSet(),
        OrganisationViewSet(),
        trail.TrailViewSet(),
    ]


@hooks.register("register_admin_urls", order=-1)  # before wagtail-localize's own patterns
def narrow_doors() -> list[Any]:
    """PO files under neutral names, and what only translators may list."""
    return [path("localize/", include(translations.urlpatterns()))]


hooks.register("construct_media_chooser_queryset", recordings)
hooks.register("before_edit_page", translations.edit_page, order=-1)  # before wagtail-localize's own editor

# wagtail-localize asks three times for each row of a list whether it could be translated. «Idiomas» asks once
# for all; the button above a page stays.
hooks.register_temporarily(
    [
        ("register_page_listing_more_buttons", localize.page_listing_more_buttons),
        ("register_snippet_listing_buttons", localize.register_snippet_listing_buttons),
    ]
).__exit__(None, None, None)


@hooks.register("insert_global_admin_css")
def staff_css() -> SafeString:
    """One small stylesheet for all our staff screens."""
    return format_html('<link rel="stylesheet" href="{}">', static("courses/admin.css"))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def freeze_snippet(_request: HttpRequest, instance: Any) -> HttpResponse | None:
    """A saved test, bank or rubric becomes content versions: cohorts that open from now on use them.

    Where running cohorts have older ones, the author is asked once whether they get all of them too.
    """
    versions = freeze_examined(instance)
    if isinstance(instance, TranslatableMixin):
        refresh_source(instance)
    asked = [version.pk for version in versions if behind(version, timezone.now())]
    return redirect("reviews:reach", asked) if asked else None


DECIDES = "action-workflow-action"  # what Wagtail's editor sends with a decision
SAID = {
    "approve": _("«%(title)s» is approved and published."),
    "reject": _("«%(title)s» goes back to its author with what you wrote."),
}


@hooks.register("before_edit_page")
def decide_once(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A decision that comes a second time was taken the first: Wagtail would fail over it."""
    if DECIDES not in request.POST or page.current_workflow_task is not None:
        return None
    messages.info(request, gettext("This was decided already."))
    return redirect("wagtailadmin_home")


@hooks.register("after_edit_page")
def back_to_her_desk(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Who reviews may not look into a page once she decided: her own desk follows, not a refusal."""
    if Page.objects.get(pk=page.pk).permissions_for_user(request.user).can_edit():
        return None
    if said := SAID.get(request.POST.get("workflow-action-name", "")):
        list(get_messages(request))  # Wagtail's says «updated», whatever was decided
        messages.success(request, said % {"title": page.title})
    return redirect("wagtailadmin_home")


@hooks.register("insert_editor_js")
def name_fields() -> SafeString:
    """Every field of the editor has a name for who hears it."""
    return format_html('<script src="{}" defer></script>', static("courses/admin-editor.js"))


@hooks.register(HOOK)
def learning_now(key: UUID, user: Any) -> Learning:
    """The running cohorts that learn the content of this key, for the editor of a lesson."""
    pins = running_pins(key, timezone.now())
    seen = set(access.visible_cohorts(user).values_list("pk", flat=True)) if pins else set()
    return Learning(len(pins), tuple(pin.cohort.name for pin in pins if pin.cohort_id in seen))


@hooks.register("before_bulk_action")
def check_many(request: HttpRequest, action_type: str, objects: Any, _action: Any) -> HttpResponse | None:
    """Publishing many pages at once passes no form: a lesson that has errors stops all of them.

    Wagtail publishes the drafts below a page with it where that is asked for.
    """
    if action_type != "publish" or request.method != "POST":
        return None
    lessons = {page.pk: page.specific for page in objects if isinstance(page.specific, LessonPage)}
    if request.POST.get("include_descendants"):
        for page in objects:
            lessons |= LessonPage.objects.descendant_of(page).not_live().in_bulk()
    stopped = [
        lesson.title
        for lesson in lessons.values()
        if any(one.is_error for one in check_lesson(lesson.get_latest_revision_as_object()))
    ]
    if not stopped:
        return None
    said = gettext("Nothing was published. Open these lessons and look at their checks: %(names)s.")
    messages.error(request, said % {"names": ", ".join(stopped)})
    return redirect("wagtailadmin_explore_root")


@hooks.register("construct_explorer_page_queryset")
def as_it_is_taught(parent: Page, pages: Any, request: HttpRequest) -> Any:
    """Modules and lessons stand in the order of the course, until somebody asks for another order."""
    asked = request.GET.get("ordering") or request.GET.get("q")
    is_taught = issubclass(parent.specific_class or Page, CoursePage | ModulePage)
    return pages.order_by("path") if is_taught and not asked else pages


@hooks.register("before_serve_page")
def gate(page: Page, request: HttpRequest, _args: Any, _kwargs: Any) -> HttpResponse | None:
    """Lessons are for the team, and for trainees as their cohort has them; the front page is for all."""
    if not isinstance(page, CoursePage | ModulePage | LessonPage):
        return None
    user: Any = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), resolve_url("sign_in"))
    if access.reads_everything(user):
        return None
    pin = access.pinned_lesson(user, page.translation_key) if isinstance(page, LessonPage) else None
    return redirect("courses:lesson", pin.slug) if pin else redirect("courses:my_course")


def _is_author(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("courses.add_quiz"))


def _is_reviewer(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("courses.review_lesson"))


@hooks.register("register_log_actions")
def name_log_actions(actions: Any) -> None:
    """That a list left the house stands in the log of its cohort."""
    actions.register_action("courses.export_records", _("Download records"), _("Records were downloaded"))


@hooks.register("construct_main_menu")
def keep_menu_short(request: HttpRequest, items: list[MenuItem]) -> None:
    """Each role sees its own words only; Wagtail's extras are for superusers."""
    if request.user.is_superuser:
        return
    hidden = {"reports", "help", "snippets"}
    if not request.user.has_perm("users.view_user"):
        hidden.add("settings")
    if not _is_author(request):
        hidden |= {"explorer", "images", "media", "documents"}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_search")
def hide_search(request: HttpRequest, areas: list[Any]) -> None:
    """Whoever writes no content has nothing to search among pages and pictures."""
    if not _is_author(request):
        areas.clear()


@hooks.register("construct_homepage_summary_items")
def hide_summary(request: HttpRequest, items: list[Any]) -> None:
    """Numbers of pages and pictures help nobody here."""
    if not request.user.is_superuser:
        items.clear()


class CohortsPanel(Component):
    """The cohorts in progress: the register that waits to be marked, and the next session."""

    name = "cohorts"
    template_name = "courses/admin/cohorts_panel.html"
    order = 100

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request, now = parent_context["request"], timezone.now()
        cohorts = [
            cohort
            for cohort in access.visible_cohorts(request.user).with_counts().filter(opened_at__isnull=False)
            if cohort.starts_on <= cohort.today(now) <= cohort.ends_on
        ]
        sessions: dict[int, list[ClassSession]] = {cohort.pk: [] for cohort in cohorts}
        for session in ClassSession.objects.with_marks().filter(
            cohort__in=cohorts, cancelled_at__isnull=True
        ):
            sessions[session.cohort_id].append(session)
        return {
            "rows": [_cohort_row(cohort, sessions[cohort.pk], now) for cohort in cohorts],
            "may_register": request.user.has_perm("courses.keep_register"),
            "standing_in": ClassSession.objects.filter(
                substitution__user=request.user,
                cancelled_at__isnull=True,
                starts_at__gte=now - timedelta(days=7),
            ).select_related("cohort"),
        }


class ReviewsPanel(Component):
    """How many lessons and services are overdue, unreviewed or due, for who writes or answers for them."""

    name = "reviews"
    template_name = "courses/admin/reviews_panel.html"
    order = 230  # below what waits for this very reviewer

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        lessons = LessonPage.objects.to_look_at().with_state(timezone.localdate())
        counted = Counter(lessons.values_list("state", flat=True))
        states = {state.value: counted[state.value] for state in State}
        return {**states, "services": services_due(parent_context["request"].user)}

    def render_html(self, parent_context: Any = None) -> Any:
        context = self.get_context_data(parent_context)
        waits = any(context[state] for state in State if state not in {State.CURRENT, State.KEPT})
        return super().render_html(parent_context) if waits or context["services"] else ""


def _cohort_row(cohort: Cohort, sessions: list[ClassSession], now: Any) -> dict[str, Any]:
    """A cohort with the register to mark first and the session that comes next."""
    people = cohort.active_count  # type: ignore[attr-defined]  # annotated by with_counts()
    past = [session for session in sessions if session.starts_at <= now]
    open_registers = [
        session
        for session in past
        if session.marked_count < session.expected_count  # type: ignore[attr-defined]  # annotated
    ]
    return {
        "cohort": cohort,
        "week": cohort.week(now),
        "people": people,
        "last": past[-1] if past else None,
        "waiting": open_registers[-1] if open_registers else None,
        "waiting_count": len(open_registers),
        "doubted": [session for session in past if session.is_doubted],  # type: ignore[attr-defined]  # annotated
        "next": next((session for session in sessions if session.starts_at > now), None),
    }


@hooks.register("construct_homepage_panels", order=-1)  # before other apps add theirs
def choose_panels(request: HttpRequest, panels: list[Component]) -> None:
    """What waits for you; Wagtail's own panels only for whoever writes content."""
    if not _is_author(request) and not _is_reviewer(request):
        panels.clear()
    if request.user.has_perm("courses.view_cohort"):
        panels.append(CohortsPanel())
    if request.user.has_perm(SEES):
        panels.append(ReviewsPanel())
    if request.user.has_perm(trail.SEES):
        panels.append(trail.AlarmPanel())
