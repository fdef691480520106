"""Actas in the admin: the list, a proposal with its exceptions, the page of one, approving and returning."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from certificates.actas import access, corrected, wording
from certificates.actas import actions as actas
from certificates.actas.counts import with_counts
from certificates.actas.models import Acta, LineException
from certificates.desk import (
    acta_answer,
    acta_erasing,
    acta_lines,
    acta_page,
    acta_sending,
    issue_page,
    issue_viewsets,
)
from certificates.desk.acta_forms import ApproveForm, ExceptionsForm, ProposeForm, ReasonForm, ReturnForm
from certificates.desk.pages import ActaPage, ActPage, StaffPage
from certificates.errors import Refused
from courses import api


class ActaIndex(generic.IndexView):
    """The actas, each with what it waits for."""

    default_ordering = "-proposed_at"
    page_title = _("Actas")

    def get_base_queryset(self) -> Any:
        return with_counts(access.visible_actas(self.request.user)).select_related("cohort", "proposed_by")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("facts", accessor=lambda acta: acta.facts["cohort"]),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=acta_page.state_in_words,
                primary=lambda acta: bool(acta_page.waits_for(self.request.user, acta)),
            ),
            Column(
                "proposed_by",
                label=_("By"),
                accessor=lambda acta: acta.proposed_by.get_username(),
                classname="pm-wide",
            ),
            DateColumn("proposed_at", label=_("Proposed"), sort_key="proposed_at", classname="pm-wide"),
        ]

    def _get_title_column(self, field_name: str, **kwargs: Any) -> Any:
        """Wagtail's title column with our own label: the cohort's name lies in the frozen facts."""
        column = super()._get_title_column("__str__")
        column.label, column.accessor = _("Cohort"), kwargs["accessor"]
        return column

    def get_add_url(self) -> None:
        """Actas are proposed: there is no such page, not even for a superuser."""

    def get_edit_url(self, instance: Acta) -> str:
        return reverse("actas:acta", args=[instance.pk])

    def get_list_buttons(self, instance: Acta) -> list[Any]:
        return []

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.can_propose(self.request.user):
            return []
        return [HeaderButton(gettext("Propose an acta"), url=reverse("actas:propose"), icon_name="plus")]


class Propose(StaffPage):
    """Choose an open cohort, see what its rule says of everybody, mark exceptions, then freeze it."""

    template_name = "certificates/admin/propose.html"
    page_title = _("Propose an acta")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_propose(request.user):
            raise PermissionDenied
        taken = Acta.objects.exclude(state=Acta.State.RETURNED).values_list("cohort_id", flat=True)
        self.cohorts = api.proposable_cohorts(request.user, list(taken))

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = ProposeForm(request.GET if "cohort" in request.GET else None, cohorts=self.cohorts)
        if not (form.is_bound and form.is_valid()):
            return self.show(form=form)
        cohort = form.cleaned_data["cohort"]
        decisions = api.decisions(cohort, for_acta=True)
        seen = {"seen": actas.outcome_digest(decisions)}
        return self._preview(cohort, ExceptionsForm(decisions=decisions, initial=seen))

    def _preview(self, cohort: int, form: ExceptionsForm) -> HttpResponse:
        facts = api.cohort_facts(cohort)
        return self.show(
            form=form,
            facts=facts,
            is_early=facts.ends_on > timezone.localdate(),
            total=len(form.decisions),
            graduates=sum(decision.is_complete for decision in form.decisions),
            unread=sum(decision.has_unread for decision in form.decisions),
            returned=Acta.objects.filter(cohort=cohort, state=Acta.State.RETURNED).first(),
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        choice = ProposeForm(request.POST, cohorts=self.cohorts)
        if not choice.is_valid():
            return self.show(form=choice)
        cohort = choice.cleaned_data["cohort"]
        form = ExceptionsForm(request.POST, decisions=api.decisions(cohort, for_acta=True))
        if not form.is_valid():
            return self._preview(cohort, form)
        try:
            acta = actas.propose_acta(
                cohort_id=cohort,
                exceptions=form.exceptions(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as error:
            messages.error(request, str(error))
            return redirect(f"{reverse('actas:propose')}?cohort={cohort}")
        messages.success(request, gettext("The acta is proposed. Somebody else must approve it now."))
        return redirect("actas:acta", acta.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("actas:index"), "label": _("Actas")},
            {"url": "", "label": self.page_title},
        ]


class Detail(ActaPage):
    """The acta: its way, what may be done now, its lines by what they wait for."""

    template_name = "certificates/admin/acta.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, lines = self.request.user, acta_page.load(self.acta)
        return {
            **super().get_context_data(**kwargs),
            "steps": acta_page.steps_of(self.acta, lines),
            "may": acta_page.possible_acts(user, self.acta, lines),
            "groups": acta_page.groups_of(user, self.acta, lines),
            "count": acta_page.count_of_graduates(lines),
            "corrections": corrected.corrections_of(lines),
            "recognitions": list(self.acta.recognitions.select_related("by")),
            "sendings": list(self.acta.sendings.select_related("by")),
            **issue_page.of_awards(user, self.acta, lines),
        }


class Approve(ActPage):
    template_name = "certificates/admin/acta_approve.html"
    page_subtitle = _("Approve the acta")
    note = _("You confirm that you read the decisions and that the records they rest on are right.")
    button = _("Approve")
    done = _("The acta is approved.")
    may = staticmethod(access.may_approve)

    @cached_property
    def exceptions(self) -> list[LineException]:
        """The exceptions of this acta, each with its line."""
        found = LineException.objects.filter(line__acta=self.acta).select_related("line__key", "by")
        return list(found.prefetch_related("line__evidence").order_by("line__position"))

    def make_form(self, *data: Any) -> ApproveForm:
        return ApproveForm(*data, has_exceptions=bool(self.exceptions))

    def act(self, **data: Any) -> Any:
        return actas.approve_acta(acta=self.acta, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = [{"name": one.line.name, "words": wording.exception_of(one.line)} for one in self.exceptions]
        return {**super().get_context_data(**kwargs), "exceptions": told}


class Return(ActPage):
    page_subtitle = _("Return the acta")
    form_class = ReturnForm
    note = _(
        "The coordinator corrects the records and proposes a new acta. "
        "This one stays in the list as returned."
    )
    button = _("Return to the coordinator")
    done = _("The acta is returned.")
    may = staticmethod(access.may_approve)

    def act(self, **data: Any) -> Any:
        return actas.return_acta(acta=self.acta, **data)


class Waive(ActPage):
    page_subtitle = _("Issue without recognition")
    form_class = ReasonForm
    note = _(
        "The diplomas will carry no line of the health authority. This decision is recorded with your name. "
        "It does not issue them yet: that is the next step."
    )
    button = _("Record this decision")
    done = _("The decision is recorded. The diplomas can be issued now.")
    is_serious = True
    may = staticmethod(access.can_waive)

    def act(self, **data: Any) -> Any:
        return actas.issue_without_recognition(acta=self.acta, **data)


class ActaViewSet(ModelViewSet):
    """«Actas»."""

    model = Acta
    name = "actas"
    icon = "doc-full"
    menu_label = _("Actas")
    menu_name = "actas"
    menu_order = 30
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = []
    index_view_class = ActaIndex

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if p.name in {"index", "index_results"}]
        return [
            *kept,
            path("propose/", Propose.as_view(), name="propose"),
            path("<int:pk>/", Detail.as_view(), name="acta"),
            path("<int:pk>/approve/", Approve.as_view(), name="approve"),
            path("<int:pk>/return/", Return.as_view(), name="return"),
            path("<int:pk>/without-recognition/", Waive.as_view(), name="waive"),
            *acta_sending.PATTERNS,
            *acta_answer.PATTERNS,
            *acta_lines.PATTERNS,
            *acta_erasing.PATTERNS,
            *issue_viewsets.PATTERNS,
        ]
