"""What the staff's pages share: a page of the admin, a page about one acta, an act on it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from certificates.actas import access
from certificates.actas.models import Acta
from certificates.desk import acta_page
from certificates.errors import Refused


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


class ActaPage(StaffPage):
    """A page about one acta: 404 for whoever does not see it."""

    acta: Acta

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        actas = access.visible_actas(request.user).select_related(
            "cohort", "unrecognised_issue__by", "proposed_by", "decided_by", "issued_by"
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

    def make_form(self, *data: Any) -> Any:
        """The form, empty or with what was sent; None where nothing is asked."""
        return self.form_class(*data) if self.form_class else None

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self.make_form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST, request.FILES)
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
