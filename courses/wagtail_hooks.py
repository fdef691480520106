"""What courses put into the admin, and what joins a page to running cohorts: who may open it."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from courses.assessments.actions import freeze_quiz, freeze_rubric
from courses.assessments.grading.viewsets import GradingViewSet
from courses.assessments.items.viewsets import ItemsViewSet
from courses.assessments.models import Quiz, Rubric
from courses.assessments.outings.viewsets import OutingsViewSet
from courses.assessments.viewsets import AssessmentGroup, PracticalsViewSet
from courses.attendance.models import ClassSession
from courses.attendance.viewsets import RegisterViewSet
from courses.care.viewsets import CareViewSet
from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.cohorts.viewsets import CohortViewSet
from courses.imports.viewsets import ImportViewSet
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.people.viewsets import OrganisationViewSet, PersonViewSet
from courses.progress.viewsets import GlanceViewSet
from courses.school.viewsets import SchoolViewSet
from courses.school.wizard_viewsets import OpeningViewSet
from courses.sync.viewsets import OfflineViewSet

register_snippet(AssessmentGroup)


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
        CareViewSet(),
        OfflineViewSet(),
        ImportViewSet(),
        PersonViewSet(),
        OrganisationViewSet(),
    ]


@hooks.register("insert_global_admin_css")
def staff_css() -> SafeString:
    """One small stylesheet for all our staff screens."""
    return format_html('<link rel="stylesheet" href="{}">', static("courses/admin.css"))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def freeze_snippet(_request: HttpRequest, instance: Any) -> None:
    """A saved test or rubric becomes a content version: cohorts that open from now on use it."""
    if isinstance(instance, Quiz):
        freeze_quiz(quiz=instance)
    elif isinstance(instance, Rubric):
        freeze_rubric(rubric=instance)


@hooks.register("before_serve_page")
def gate(page: Page, request: HttpRequest, _args: Any, _kwargs: Any) -> HttpResponse | None:
    """Lessons are for staff, and for trainees in the version of their cohort; the front page is for all."""
    if not isinstance(page, CoursePage | ModulePage | LessonPage):
        return None
    user: Any = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), resolve_url("sign_in"))
    if user.has_perm("wagtailadmin.access_admin"):
        return None
    pin = access.pinned_lesson(user, page.translation_key) if isinstance(page, LessonPage) else None
    return redirect("courses:lesson", pin.slug) if pin else redirect("courses:my_course")


def _is_author(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("courses.add_quiz"))


@hooks.register("register_log_actions")
def name_log_actions(actions: Any) -> None:
    """That a list left the house stands in the log of its cohort."""
    actions.register_action("courses.export_records", _("Download records"), _("Records were downloaded"))


@hooks.register("construct_main_menu")
def keep_menu_short(request: HttpRequest, items: list[MenuItem]) -> None:
    """Each role sees its own words only; Wagtail's extras are for superusers."""
    if request.user.is_superuser:
        return
    hidden = {"reports", "help", "snippets", "documents"}
    if not request.user.has_perm("users.view_user"):
        hidden.add("settings")
    if not _is_author(request):
        hidden |= {"explorer", "images", "media"}
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
        "next": next((session for session in sessions if session.starts_at > now), None),
    }


@hooks.register("construct_homepage_panels", order=-1)  # before other apps add theirs
def choose_panels(request: HttpRequest, panels: list[Component]) -> None:
    """What waits for you; Wagtail's own panels only for whoever writes content."""
    if not _is_author(request) and not request.user.is_superuser:
        panels.clear()
    if request.user.has_perm("courses.view_cohort"):
        panels.append(CohortsPanel())
