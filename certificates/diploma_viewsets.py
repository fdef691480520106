"""Diplomas in the admin: the register of folios, each as it was printed, revoking and replacing."""

from functools import cached_property, partial
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from certificates import access, award
from certificates.acta_page import DIPLOMA_STATES, diploma_state
from certificates.admin_forms import ReplaceForm, RevokeForm
from certificates.errors import Refused
from certificates.models import Certificate
from certificates.viewsets import StaffPage, refused


class DiplomaFilter(WagtailFilterSet):
    """By state: in preparation, issued, replaced, revoked."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=DIPLOMA_STATES, method="by_state")

    class Meta:
        model = Certificate
        fields: list[str] = []

    def by_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The diplomas in one state; a revocation and a successor hide what the file says."""
        if value == "revoked":
            return queryset.filter(revocation__isnull=False)
        if value == "replaced":
            return queryset.filter(revocation__isnull=True, replaced_by__isnull=False)
        standing = queryset.filter(revocation__isnull=True, replaced_by__isnull=True)
        return standing.filter(document__isnull=value == "preparing")


class DiplomaIndex(generic.IndexView):
    """Every folio with the name it carries and its state today."""

    page_title = _("Diplomas")
    default_ordering = "-created_at"
    filterset_class = DiplomaFilter

    def get_base_queryset(self) -> Any:
        return Certificate.objects.with_state().select_related("acta__cohort", "line")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("folio"),
            Column("name", label=_("Name"), accessor=lambda c: c.payload["name"]),
            Column(
                "cohort", label=_("Cohort"), accessor=lambda c: c.acta.facts["cohort"], classname="pm-wide"
            ),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=lambda c: diploma_state(c)[1],
                primary=lambda c: diploma_state(c)[0] == "issued",
            ),
            DateColumn("created_at", label=_("Decided"), sort_key="created_at", classname="pm-wide"),
        ]

    def get_edit_url(self, instance: Certificate) -> str:
        return reverse("diplomas:diploma", args=[instance.pk])

    def get_list_buttons(self, instance: Certificate) -> list[Any]:
        return []


class DiplomaPage(StaffPage):
    """A page about one diploma."""

    header_icon = "clipboard-list"
    diploma: Certificate

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm("certificates.view_certificate"):
            raise PermissionDenied
        found = Certificate.objects.with_state().select_related(
            "acta", "line", "replaces", "created_by", "revocation__by"
        )
        self.diploma = get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.diploma.folio

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("diplomas:index"), "label": _("Diplomas")},
            {"url": reverse("diplomas:diploma", args=[self.diploma.pk]), "label": self.diploma.folio},
            *([{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state, words = diploma_state(self.diploma)
        return {
            **super().get_context_data(**kwargs),
            "diploma": self.diploma,
            "facts": self.diploma.payload,
            "state": state,
            "state_words": words,
            "is_final": state in {"revoked", "replaced"},
            "may_revoke": access.can_revoke(self.request.user),
            "back": reverse("diplomas:diploma", args=[self.diploma.pk]),
        }


class Diploma(DiplomaPage):
    """As it was printed, its state, and what may still happen to it."""

    template_name = "certificates/admin/diploma.html"


class DiplomaAct(DiplomaPage):
    """Revoke or replace: GET explains, POST does it."""

    template_name = "courses/admin/form.html"
    form_class: Any
    note: Any = ""
    button: Any = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_revoke(request.user):
            raise PermissionDenied

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self.form_class())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid() or refused(request, partial(self.act, **form.cleaned_data)):
            return self.show(form=form)
        return redirect("diplomas:diploma", self.target.pk)

    def act(self, **data: Any) -> None:
        """Call the action and set `target`, where to go next. Raises Refused."""
        raise NotImplementedError

    @property
    def target(self) -> Certificate:
        return getattr(self, "_target", self.diploma)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "note": self.note,
            "button": self.button,
            "is_serious": True,
        }


class Revoke(DiplomaAct):
    page_subtitle = _("Revoke")
    form_class = RevokeForm
    note = _(
        "Whoever verifies this diploma will see at once that it is revoked, with the reason you choose here. "
        "This cannot be undone."
    )
    button = _("Yes, revoke it")

    def act(self, **data: Any) -> None:
        award.revoke_certificate(certificate=self.diploma, by=self.request.user, at=timezone.now(), **data)
        messages.success(
            self.request, gettext("The diploma is revoked. Its verification page says so already.")
        )


class Replace(DiplomaAct):
    page_subtitle = _("Replace")
    form_class = ReplaceForm
    note = _(
        "A new diploma with a new folio is made for the same award. Whoever verifies the old one will read "
        "that it was replaced, without learning the new name. This cannot be undone."
    )
    button = _("Yes, replace it")

    def act(self, **data: Any) -> None:
        try:
            self._target = award.replace_certificate(
                certificate=self.diploma, by=self.request.user, at=timezone.now(), **data
            )
        except ValueError as error:
            raise Refused(gettext("This name has signs that cannot be printed. Write it again.")) from error
        messages.success(self.request, gettext("The new diploma is being made."))


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
    search_fields = ["folio", "line__name"]
    index_view_class = DiplomaIndex

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if p.name in {"index", "index_results"}]
        return [
            *kept,
            path("<uuid:pk>/", Diploma.as_view(), name="diploma"),
            path("<uuid:pk>/revoke/", Revoke.as_view(), name="revoke"),
            path("<uuid:pk>/replace/", Replace.as_view(), name="replace"),
        ]
