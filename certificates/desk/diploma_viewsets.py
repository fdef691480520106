"""Diplomas in the admin: the register of folios, found by folio or by name, filtered by state and kind."""

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from certificates.awards import access
from certificates.awards.models import Certificate
from certificates.desk import diploma_acts, diploma_page, diploma_register, diploma_search


class DiplomaFilter(WagtailFilterSet):
    """By state and by kind."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=diploma_page.STATES, method="by_state")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Certificate.Kind.choices)

    class Meta:
        model = Certificate
        fields: list[str] = []

    def by_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The diplomas in one state; a revocation and a successor hide what the file says."""
        return diploma_page.in_state(queryset, value)


class DiplomaIndex(generic.IndexView):
    """Every folio with the name it carries and its state today."""

    page_title = _("Diplomas")
    default_ordering = "-created_at"
    filterset_class = DiplomaFilter

    def get_base_queryset(self) -> Any:
        return Certificate.objects.with_state().select_related("acta__cohort", "line", "key")

    def search_queryset(self, queryset: Any) -> Any:
        return diploma_search.find(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("folio", classname="pm-folio"),
            Column("name", label=_("Name"), accessor=lambda c: c.name),
            Column("kind", label=_("Kind"), accessor=lambda c: c.get_kind_display(), classname="pm-wide"),
            Column(
                "cohort", label=_("Cohort"), accessor=lambda c: c.acta.facts["cohort"], classname="pm-wide"
            ),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=diploma_page.state_in_words,
                primary=lambda c: diploma_page.state_of(c) == "issued",
            ),
            DateColumn("created_at", label=_("Decided"), sort_key="created_at", classname="pm-wide"),
        ]

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.can_deliver(self.request.user):
            return []
        url = reverse("diplomas:register")
        return [HeaderButton(gettext("Register book"), url=url, icon_name="list-ol")]

    def get_add_url(self) -> None:
        """Diplomas are issued from an acta: there is no such page, not even for a superuser."""

    def get_edit_url(self, instance: Certificate) -> str:
        return reverse("diplomas:diploma", args=[instance.pk])

    def get_list_buttons(self, instance: Certificate) -> list[Any]:
        return []


class DiplomaViewSet(ModelViewSet):
    """«Diplomas»."""

    model = Certificate
    name = "diplomas"
    icon = "clipboard-list"
    menu_label = _("Diplomas")
    menu_name = "diplomas"
    menu_order = 40
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = []
    search_fields = ["folio"]
    index_view_class = DiplomaIndex

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if p.name in {"index", "index_results"}]
        return [
            *kept,
            path("register/", diploma_register.RegisterBook.as_view(), name="register"),
            path("register/<int:series>/", diploma_register.Book.as_view(), name="book"),
            path("register/<int:series>/book.pdf", diploma_register.BookPdf.as_view(), name="book_pdf"),
            path("register/<int:series>/book.xlsx", diploma_register.BookXlsx.as_view(), name="book_xlsx"),
            *diploma_acts.PATTERNS,
        ]
