"""What certificates put into the admin: actas, diplomas, and what waits for you on the first page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from certificates import access
from certificates.acta_page import batch_of, state_in_words
from certificates.diploma_viewsets import DiplomaViewSet
from certificates.models import Acta, Job
from certificates.viewsets import ActaViewSet
from courses import api


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Actas and diplomas."""
    return [ActaViewSet(), DiplomaViewSet()]


class ActasPanel(Component):
    """The actas that wait for this person."""

    name = "actas"
    template_name = "certificates/admin/actas_panel.html"
    order = 110

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        actas = list(access.visible_actas(user).select_related("recognition", "unrecognised_issue")[:20])
        rows = [{"acta": acta, "words": state_in_words(acta), "wait": _wait(user, acta)} for acta in actas]
        context: dict[str, Any] = {
            "rows": [row for row in rows if row["wait"]],
            "batches": [],
            "proposable": [],
        }
        if access.can_issue(user):
            moving = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED])
            ids = moving.values_list("certificate__acta_id", flat=True)
            context["batches"] = [
                {"acta": acta, **batch_of(acta)} for acta in Acta.objects.filter(pk__in=ids)[:5]
            ]
        if access.can_propose(user):
            taken = Acta.objects.exclude(state=Acta.State.RETURNED).values_list("cohort_id", flat=True)
            context["proposable"] = api.proposable_cohorts(user, list(taken), ended_by=timezone.localdate())
        return context


def _wait(user: Any, acta: Acta) -> str:
    """What this acta waits for from this person; empty when from somebody else."""
    if acta.state == Acta.State.PROPOSED and access.can_approve(user, acta):
        return gettext("Read it and approve it")
    if acta.state != Acta.State.APPROVED:
        return ""
    has_oficio = hasattr(acta, "recognition")
    if not has_oficio and access.can_recognise(user):
        return gettext("Attach the oficio")
    if access.can_issue(user) and (has_oficio or hasattr(acta, "unrecognised_issue")):
        return gettext("Issue the diplomas")
    return ""


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """What waits for you, for whoever works with actas."""
    if request.user.has_perm("certificates.view_acta"):
        panels.append(ActasPanel())
