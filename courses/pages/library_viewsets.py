"""Words explained and services, as snippets."""

from datetime import date
from typing import Any

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.pages.languages import spoken
from courses.pages.library import GlossaryTerm, ReferralService

KEPT = _(
    "A published lesson keeps the explanation that it had. To give it the new one, publish the lesson again."
)
LIVE = _("Every lesson shows a service as it stands here, at the latest ten minutes after it was saved.")


class GlossaryTermViewSet(SnippetViewSet):
    """«Palabras explicadas»."""

    model = GlossaryTerm
    icon = "openquote"
    menu_label = _("Words explained")
    menu_order = 100
    list_display = [
        "term",
        Column("language", label=_("Language"), accessor=spoken),
        Column("definition", label=_("Explanation"), accessor="definition", classname="pm-wide"),
    ]
    list_per_page = 50
    panels = [HelpPanel(content=KEPT), FieldPanel("term"), FieldPanel("definition"), FieldPanel("key")]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return GlossaryTerm.objects.select_related("locale")


def _is_due(service: ReferralService) -> bool:
    return service.is_due(timezone.localdate())


def review_of(service: ReferralService) -> str:
    """Whether somebody must check a service again, in words."""
    if not service.is_open:
        return gettext("closed")
    again = service.review_again_by
    if again is None:
        return gettext("never checked")
    if _is_due(service):
        return gettext("check again")
    return gettext("until %(day)s") % {"day": date_format(again, "SHORT_DATE_FORMAT")}


def _checked_on(service: ReferralService) -> str:
    return date_format(service.reviewed_on, "SHORT_DATE_FORMAT") if service.reviewed_on else "—"


class ReferralServiceViewSet(SnippetViewSet):
    """«Servicios»."""

    model = ReferralService
    icon = "mobile-alt"
    menu_label = _("Services")
    menu_order = 200
    ordering = ["waits_since"]  # what waits longest for somebody to call there stands first
    list_display = [
        "name",
        Column("kind", label=_("Kind"), accessor="get_kind_display", classname="pm-wide"),
        "phone",
        Column(
            "reviewed_on",
            label=_("Checked on"),
            accessor=_checked_on,
            sort_key="reviewed_on",
            classname="pm-wide",
        ),
        StatusTagColumn("review", label=_("Review"), accessor=review_of, primary=_is_due),
    ]
    list_per_page = 50
    panels = [
        HelpPanel(content=LIVE),
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("phone"),
        FieldPanel("hours"),
        FieldPanel("cost"),
        FieldPanel("language"),
        FieldPanel("asks"),
        FieldPanel("is_open"),
        MultiFieldPanel([FieldPanel("reviewed_on"), FieldPanel("reviewed_by")], heading=_("Review")),
        FieldPanel("key"),
    ]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> Any:
        ever = Value(date.min, output_field=DateField())
        return ReferralService.objects.annotate(waits_since=Coalesce("reviewed_on", ever))


class LibraryGroup(SnippetViewSetGroup):
    """«Palabras y servicios»."""

    items = (GlossaryTermViewSet, ReferralServiceViewSet)
    menu_label = _("Words and services")
    menu_name = "library"
    menu_icon = "openquote"
    menu_order = 65
