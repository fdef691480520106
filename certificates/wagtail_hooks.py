"""What certificates put into the admin: actas, diplomas, and what waits for you on the first page."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from certificates.actas import access
from certificates.actas.counts import with_counts
from certificates.actas.models import Acta
from certificates.awards import access as award_access
from certificates.awards import progress
from certificates.awards.models import Job
from certificates.desk.acta_page import state_in_words, waits_for
from certificates.desk.acta_viewsets import ActaViewSet
from certificates.desk.design_viewsets import DesignPagesViewSet, DesignViewSet, PictureChooserViewSet
from certificates.desk.diploma_viewsets import DiplomaViewSet
from certificates.desk.key_viewsets import KeyViewSet
from certificates.desk.log_viewsets import LogViewSet, WitnessViewSet
from courses import api

ACTAS_SHOWN, BATCHES_SHOWN = 40, 5


register_snippet(DesignViewSet)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Actas, diplomas, the log and its witnesses, pictures for designs."""
    return [
        ActaViewSet(),
        DiplomaViewSet(),
        LogViewSet(),
        WitnessViewSet(),
        KeyViewSet(),
        PictureChooserViewSet(),
        DesignPagesViewSet(),
    ]


class ActasPanel(Component):
    """The actas that wait for this person."""

    name = "actas"
    template_name = "certificates/admin/actas_panel.html"
    order = 110

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        actas = with_counts(access.visible_actas(user))[:ACTAS_SHOWN]
        rows = [
            {"acta": acta, "words": state_in_words(acta), "wait": waits_for(user, acta)[:1]} for acta in actas
        ]
        context: dict[str, Any] = {
            "rows": [row for row in rows if row["wait"]],
            "batches": [],
            "proposable": [],
        }
        if award_access.can_issue(user):
            unfinished = Job.objects.filter(acta=OuterRef("pk")).exclude(state=Job.State.DONE)
            context["batches"] = [
                {"acta": acta, "progress": progress.of_acta(acta, timezone.now())}
                for acta in Acta.objects.filter(Exists(unfinished))[:BATCHES_SHOWN]
            ]
        if access.can_propose(user):
            taken = Acta.objects.exclude(state=Acta.State.RETURNED).values_list("cohort_id", flat=True)
            context["proposable"] = api.proposable_cohorts(user, list(taken), ended_by=timezone.localdate())
        return context


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """What waits for you, for whoever works with actas."""
    if request.user.has_perm("certificates.view_acta"):
        panels.append(ActasPanel())
