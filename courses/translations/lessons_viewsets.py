"""«Todas las lecciones»: every lesson there is, drafts too, with all that is known of it."""

from functools import cached_property
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.viewsets.base import ViewSet

from courses.cohorts.review_viewsets import (
    ALARMING,
    Reviews,
    ReviewsFilter,
    ReviewsMenuItem,
    shown_date,
    state_words,
)
from courses.pages.models import CoursePage, LessonPage, State
from courses.people.rules import account_name
from courses.translations.lesson_rows import ORIGINAL, note_cohorts, note_languages, note_places, note_sizes
from courses.translations.viewsets import STATES

DRAFT, PUBLISHED, CHANGED = "draft", "published", "changed"
STATUSES = {
    DRAFT: _("draft"),
    PUBLISHED: _("published, as it stands"),
    CHANGED: _("published, changed since"),
}
RULES = {
    DRAFT: Q(live=False),
    PUBLISHED: Q(live=True, has_unpublished_changes=False),
    CHANGED: Q(live=True, has_unpublished_changes=True),
}


class AllLessonsFilter(ReviewsFilter):
    """The filters of «Por revisar»; by course, by status, by a language that it has."""

    state = django_filters.ChoiceFilter(label=_("Review"), choices=State.choices)
    course = django_filters.ModelChoiceFilter(
        label=_("Course"), queryset=lambda _request: CoursePage.objects.order_by("path"), method="below"
    )
    status = django_filters.ChoiceFilter(label=_("Status"), choices=list(STATUSES.items()), method="standing")
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=settings.WAGTAIL_CONTENT_LANGUAGES, method="spoken"
    )

    def standing(self, queryset: Any, _name: str, status: str) -> Any:
        return queryset.filter(RULES[status])

    def spoken(self, queryset: Any, _name: str, language: str) -> Any:
        told = LessonPage.objects.filter(
            translation_key=OuterRef("translation_key"), locale__language_code=language, alias_of=None
        )
        return queryset.filter(Exists(told))


def status_of(lesson: Any) -> str:
    """Draft, published, or published with a change that waits."""
    if not lesson.live:
        return DRAFT
    return CHANGED if lesson.has_unpublished_changes else PUBLISHED


class AllLessons(Reviews):
    """Each lesson once, with its translations; what Wagtail does with many pages at once."""

    page_title = _("All lessons")
    header_icon = "list-ul"
    index_url_name = "lessons:index"
    index_results_url_name = "lessons:index_results"
    template_name = "courses/admin/all_lessons.html"
    filterset_class = AllLessonsFilter
    default_ordering = "path"
    is_searchable = True
    search_backend_name = None  # its own index knows nothing of what is worked out for each row
    search_fields = ["title"]
    list_export = ["course", "module", "title", "status_words", "owner_name", "state_words", "reviewed_by"]
    list_export += ["reviewed_on", "review_again_by", "languages", "text_bytes", "file_bytes"]
    list_export += ["cohorts", "cohort_names"]
    export_headings = {
        **Reviews.export_headings,
        "course": _("Course"),
        "status_words": _("Status"),
        "state_words": _("Review"),
        "languages": _("Languages"),
        "text_bytes": _("Text, in bytes"),
        "file_bytes": _("Files, in bytes"),
        "cohorts": _("Cohorts"),
        "cohort_names": _("Your cohorts"),
    }

    def get_filename(self) -> str:
        return f"lessons-{timezone.localdate().isoformat()}"

    def get_queryset(self) -> Any:
        before = LessonPage.objects.filter(translation_key=OuterRef("translation_key"), pk__lt=OuterRef("pk"))
        lessons = LessonPage.objects.filter(~Exists(before)).with_state(timezone.localdate())
        return lessons.select_related("owner", "locale", "content_type").order_by("path")

    def get_filtered_queryset(self) -> Any:
        return self.search_queryset(super().get_filtered_queryset())

    @cached_property
    def columns(self) -> list[Any]:
        ticks = [BulkActionsCheckboxColumn("bulk_actions", obj_type="page")] if self.may_write else []
        return [
            *ticks,
            TitleColumn(
                "title",
                label=_("Lesson"),
                get_url=self.address,
                get_title_id=lambda one: f"page_{one.pk}_title",
            ),
            StatusTagColumn(
                "status_words", label=_("Status"), primary=lambda one: one.live, classname="pm-wide"
            ),
            StatusTagColumn("state_words", label=_("Review"), primary=lambda one: one.state in ALARMING),
            Column(
                "review_again_by", label=_("Due on"), accessor=lambda one: shown_date(one.review_again_by)
            ),
            Column("module", label=_("Module"), classname="pm-wide"),
            Column("owner_name", label=_("Owner"), classname="pm-wide"),
            Column("languages", label=_("Languages"), classname="pm-wide"),
            Column(
                "bytes", label=_("Size"), accessor=lambda one: filesizeformat(one.bytes), classname="pm-wide"
            ),
            Column("cohort_words", label=_("Cohorts"), classname="pm-wide"),
        ]

    @property
    def may_write(self) -> bool:
        return bool(self.request.user.has_perm("courses.add_quiz"))

    def address(self, lesson: Any) -> str:
        """Its page of «Por revisar»; of a draft that was never published, where it is written."""
        if lesson.first_published_at:
            return reverse("reviews:lesson", args=[lesson.pk])
        return reverse("wagtailadmin_pages:edit", args=[lesson.pk]) if self.may_write else ""

    def decorate_paginated_queryset(self, object_list: Any) -> list[Any]:
        lessons = list(object_list)
        note_places(lessons)
        note_cohorts(lessons, self.request.user)
        note_sizes(lessons)
        note_languages(lessons, {ORIGINAL: _("original"), **STATES})
        for lesson in lessons:
            lesson.owner_name = account_name(lesson.owner) if lesson.owner else ""
            lesson.state_words = state_words(lesson)
            lesson.status_words = str(STATUSES[status_of(lesson)])
        return lessons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "may_write": self.may_write}


class AllLessonsViewSet(ViewSet):
    """«Todas las lecciones»."""

    name = "lessons"
    icon = "list-ul"
    menu_label = _("All lessons")
    menu_name = "lessons"
    menu_order = 66
    add_to_admin_menu = True
    menu_item_class = ReviewsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", AllLessons.as_view(), name="index"),
            path("results/", AllLessons.as_view(results_only=True), name="index_results"),
        ]
