"""Actas in the admin: propose, approve or return, recognise, issue, and watch the diplomas being made."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from certificates import access, acta_page, award, jobs
from certificates.admin_forms import OficioForm, ProposeForm, ReasonForm
from certificates.errors import Refused
from certificates.models import Acta, Job
from courses import api


def refused(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Do it; when the action refuses, say why on the next screen and return True."""
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
        return True
    return False


class StaffPage(WagtailAdminTemplateMixin, View):
    """A page of the admin; GET only shows."""

    header_icon = "doc-full"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show()

    def show(self, **context: Any) -> HttpResponse:
        """The page, with what this request adds to its context."""
        response: HttpResponse = self.render_to_response(self.get_context_data(**context))
        return response


class ActaIndex(generic.IndexView):
    """The actas this person may see."""

    default_ordering = "-proposed_at"
    page_title = _("Actas")

    def get_base_queryset(self) -> Any:
        return access.visible_actas(self.request.user).select_related("cohort", "recognition", "proposed_by")

    @cached_property
    def columns(self) -> list[Any]:
        columns = [
            self._get_title_column("facts", accessor=lambda acta: acta.facts["cohort"]),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=acta_page.state_in_words,
                primary=lambda acta: acta.state in {Acta.State.APPROVED, Acta.State.ISSUED},
            ),
            DateColumn("proposed_at", label=_("Proposed"), sort_key="proposed_at", classname="pm-wide"),
        ]
        if access.can_see_everyone(self.request.user):
            columns.insert(
                2, Column("proposed_by", label=_("By"), accessor=lambda a: a.proposed_by.get_username())
            )
        return columns

    def _get_title_column(self, field_name: str, **kwargs: Any) -> Any:
        """Wagtail's title column with our own label: the cohort's name lies in the frozen facts."""
        column = super()._get_title_column("__str__")
        column.label, column.accessor = _("Cohort"), kwargs["accessor"]
        return column

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
    """Choose an open cohort, see what its rule says of everybody, then freeze it."""

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
        decisions, facts = api.decisions(cohort), api.cohort_facts(cohort)
        return self.show(
            form=form,
            facts=facts,
            is_early=facts.ends_on > timezone.localdate(),
            decisions=decisions,
            graduates=sum(decision.is_complete for decision in decisions),
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = ProposeForm(request.POST, cohorts=self.cohorts)
        if not form.is_valid():
            return self.show(form=form)
        try:
            acta = award.propose_acta(
                cohort_id=form.cleaned_data["cohort"], by=request.user, at=timezone.now()
            )
        except Refused as error:
            messages.error(request, str(error))
            return self.show(form=form)
        messages.success(request, gettext("The acta is proposed. Somebody else must approve it now."))
        return redirect("actas:acta", acta.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("actas:index"), "label": _("Actas")},
            {"url": "", "label": self.page_title},
        ]


class ActaPage(StaffPage):
    """A page about one acta: 404 for whoever does not see it."""

    acta: Acta

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        actas = access.visible_actas(request.user).select_related(
            "cohort", "recognition__by", "unrecognised_issue__by", "proposed_by", "decided_by", "issued_by"
        )
        self.acta = get_object_or_404(actas, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return gettext("Acta of %(cohort)s") % {"cohort": self.acta.facts["cohort"]}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("actas:index"), "label": _("Actas")},
            {"url": reverse("actas:acta", args=[self.acta.pk]), "label": self.acta.facts["cohort"]},
            *([{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "acta": self.acta,
            "facts": acta_page.course_facts(self.acta),
            "back": reverse("actas:acta", args=[self.acta.pk]),
        }


class Detail(ActaPage):
    """The acta: everything for the school, what concerns her for the officer."""

    def get_template_names(self) -> list[str]:
        whole = access.can_see_everyone(self.request.user)
        return ["certificates/admin/acta.html" if whole else "certificates/admin/acta_for_authority.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            **super().get_context_data(**kwargs),
            "steps": acta_page.steps_of(self.acta),
            "may": acta_page.possible_acts(self.request.user, self.acta),
        }
        if not access.can_see_everyone(self.request.user):
            return {**context, **acta_page.for_authority(self.acta)}
        return {**context, **acta_page.for_school(self.acta)}


class ActPage(ActaPage):
    """One act on an acta: GET asks, POST does it; the action decides whether it may be."""

    template_name = "courses/admin/form.html"
    form_class: Any = None
    note: Any = ""
    button: Any = ""
    done: Any = ""
    is_serious = False
    may: Callable[..., bool]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not type(self).may(request.user):
            raise PermissionDenied

    def act(self, **data: Any) -> Any:
        """Call the action. Raises Refused."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self.form_class() if self.form_class else None)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, request.FILES) if self.form_class else None
        if form is not None and not form.is_valid():
            return self.show(form=form)
        data = form.cleaned_data if form is not None else {}
        if refused(request, partial(self.act, by=request.user, at=timezone.now(), **data)):
            return self.show(form=form) if form is not None else redirect("actas:acta", self.acta.pk)
        messages.success(request, self.done)
        return redirect("actas:acta", self.acta.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "note": self.note,
            "button": self.button,
            "is_serious": self.is_serious,
        }


class Approve(ActPage):
    page_subtitle = _("Approve the acta")
    note = _("You confirm that you read the decisions and that the records they rest on are right.")
    button = _("Approve")
    done = _("The acta is approved.")
    may = staticmethod(lambda user: user.has_perm("certificates.approve_acta"))

    def act(self, **data: Any) -> Any:
        return award.approve_acta(acta=self.acta, **data)


class Return(ActPage):
    page_subtitle = _("Return the acta")
    note = _(
        "The coordinator corrects the records and proposes a new acta. "
        "This one stays in the list as returned."
    )
    button = _("Return to the coordinator")
    done = _("The acta is returned.")
    may = staticmethod(lambda user: user.has_perm("certificates.approve_acta"))

    def act(self, **data: Any) -> Any:
        return award.return_acta(acta=self.acta, **data)


class Recognise(ActPage):
    page_subtitle = _("Attach the oficio")
    form_class = OficioForm
    note = _("The number and the date of the oficio will be printed on the diplomas.")
    button = _("Attach the oficio")
    done = _("The recognition is recorded.")
    may = staticmethod(access.can_recognise)

    def act(self, **data: Any) -> Any:
        return award.recognise_acta(acta=self.acta, **data)


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
    may = staticmethod(access.can_issue)

    def act(self, **data: Any) -> Any:
        return award.issue_without_recognition(acta=self.acta, **data)


class Issue(ActPage):
    page_subtitle = _("Issue the diplomas")
    button = _("Yes, issue them")
    done = _("The diplomas are being made. You may leave this page: they go on by themselves.")
    may = staticmethod(access.can_issue)

    @property
    def note(self) -> str:
        count = self.acta.lines.filter(is_graduate=True).count()
        first = ngettext("%(count)d diploma will be issued.", "%(count)d diplomas will be issued.", count) % {
            "count": count
        }
        if hasattr(self.acta, "recognition"):
            second = gettext("They carry the recognition of %(authority)s, oficio %(number)s.") % {
                "authority": self.acta.recognition.authority,
                "number": self.acta.recognition.oficio_number,
            }
        else:
            second = gettext("They carry no line of the health authority.")
        third = gettext("Folios are given now and cannot be taken back.")
        return f"{first} {second} {third}"

    def act(self, **data: Any) -> Any:
        return award.issue_acta(acta=self.acta, **data)


class Progress(ActaPage):
    """How far a batch is, as JSON for the bar on the page."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not access.can_see_everyone(request.user):
            raise Http404
        return JsonResponse(acta_page.batch_of(self.acta), headers={"Cache-Control": "no-store"})


class Retry(ActaPage):
    """Queue a failed diploma anew."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not access.can_issue(request.user):
            raise PermissionDenied
        job = get_object_or_404(Job, pk=self.kwargs["job"], certificate__acta=self.acta)
        if jobs.retry(job, timezone.now()):
            messages.success(request, gettext("The diploma waits to be made again."))
        else:
            messages.warning(request, gettext("This diploma is not failed any more."))
        return redirect("actas:acta", self.acta.pk)


class Oficio(ActaPage):
    """The authority's paper, for whoever handles this acta."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> FileResponse:  # type: ignore[override]  # streams
        recognition = getattr(self.acta, "recognition", None)
        if recognition is None:
            raise Http404
        response = FileResponse(
            recognition.oficio.open("rb"),
            as_attachment=True,
            filename="oficio.pdf",
            content_type="application/pdf",
        )
        response["Cache-Control"] = "no-store"
        return response


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
            path("<int:pk>/oficio/", Recognise.as_view(), name="recognise"),
            path("<int:pk>/oficio.pdf", Oficio.as_view(), name="oficio"),
            path("<int:pk>/without-recognition/", Waive.as_view(), name="waive"),
            path("<int:pk>/issue/", Issue.as_view(), name="issue"),
            path("<int:pk>/progress.json", Progress.as_view(), name="progress"),
            path("<int:pk>/retry/<int:job>/", Retry.as_view(), name="retry"),
        ]
