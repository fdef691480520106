"""Designs in the admin: written with a live preview, published as versions that never change."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.panels import Panel as BasePanel
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.generic import chooser as chooser_views
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates import sentences
from certificates.designs import preview
from certificates.designs.actions import drawable
from certificates.designs.forms import DesignForm, PictureForm
from certificates.designs.models import Design, DesignPicture, DesignVersion
from certificates.designs.validators import in_braces


def may_see(user: Any) -> bool:
    """Whoever may look at designs."""
    return bool(user.has_perm("certificates.view_design") or user.has_perm("certificates.change_design"))


def may_write(user: Any) -> bool:
    """Whoever writes designs."""
    return bool(user.has_perm("certificates.change_design"))


class VersionsPanel(BasePanel):
    """The versions that were published: read only, each with what it looks like."""

    class BoundPanel(BasePanel.BoundPanel):
        template_name = "certificates/admin/design_versions.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            versions: Any = []
            if self.instance.pk:
                versions = self.instance.versions.select_related("made_by").order_by("-number")
            return {**super().get_context_data(parent_context), "versions": versions}


def _colour(name: str) -> FieldPanel:
    return FieldPanel(name, widget=forms.TextInput(attrs={"type": "color"}))


PANELS = [
    MultiFieldPanel(
        [FieldPanel("name"), FieldPanel("kind"), FieldPanel("organisation"), FieldPanel("is_default")],
        heading=_("What it is for"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("layout"),
            FieldRowPanel([_colour("main"), _colour("accent"), _colour("line"), _colour("ink")]),
        ],
        heading=_("Layout and colours"),
    ),
    InlinePanel("logos", heading=_("Logos"), label=_("Logo"), max_num=4),
    InlinePanel("signatories", heading=_("Who signs"), label=_("Signatory"), max_num=3),
    FieldPanel("seal"),
    HelpPanel(
        content=format_html(
            "<p>{}</p><p><code>{}</code></p>",
            _("Sentences may hold these variables. Where one has no value, the usual words are printed:"),
            in_braces(sentences.VARIABLES),
        ),
        heading=_("Variables"),
    ),
    InlinePanel(
        "texts",
        heading=_("Texts"),
        label=_("Language"),
        panels=[
            FieldPanel("language"),
            *(
                FieldPanel(name, widget=forms.Textarea(attrs={"rows": 3 if name == "notes" else 1}))
                for name in (*sentences.FRONT, sentences.BACK)
            ),
        ],
    ),
    VersionsPanel(heading=_("Published versions")),
]


def _state(one: Design) -> str:
    """Whether new diplomas may take it; without the query for each row that Wagtail's own column makes."""
    if not one.live:
        return gettext("draft")
    return gettext("published, with a newer draft") if one.has_unpublished_changes else gettext("published")


class DesignViewSet(SnippetViewSet):
    """«Diseños»."""

    model = Design
    icon = "view"
    menu_label = _("Designs")
    menu_name = "designs"
    menu_order = 45
    add_to_admin_menu = True
    add_to_reference_index = False
    inspect_view_enabled = True
    copy_view_enabled = True
    url_namespace = "designs"
    url_prefix = "designs"
    edit_handler = ObjectList(PANELS, base_form_class=DesignForm)
    inspect_view_fields = ["name", "kind", "organisation", "is_default", "layout"]
    list_display = [
        "name",
        Column("kind", label=_("For"), accessor="get_kind_display", classname="pm-wide"),
        Column(
            "organisation",
            label=_("Issuer"),
            accessor=lambda one: one.organisation or "—",
            classname="pm-wide",
        ),
        Column("is_default", label=_("In use"), accessor=lambda one: _("Yes") if one.is_default else _("No")),
        StatusTagColumn("live", label=_("State"), accessor=_state, primary=lambda one: one.live),
    ]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what the list shows of each."""
        return Design.objects.select_related("organisation", "latest_revision")


class VersionView(View):
    """What diplomas of one published version look like."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not may_see(request.user):
            raise PermissionDenied
        version = get_object_or_404(DesignVersion.objects.select_related("design"), pk=pk)
        kind = version.design.kind if version.design else Design.Kind.DIPLOMA
        content = drawable(version)
        return preview.respond(request, content, mode=preview.SAMPLE, issuer=None, kind=kind)


class PictureView(View):
    """A picture as it is printed."""

    def get(self, request: HttpRequest, sha256: str) -> HttpResponse:
        if not may_see(request.user):
            raise PermissionDenied
        picture = get_object_or_404(DesignPicture, pk=sha256)
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return HttpResponse(bytes(picture.png), content_type="image/png", headers=headers)


class DesignPagesViewSet(ViewSet):
    """Versions and pictures, each at its own address."""

    name = "design_pages"
    url_prefix = "design-pages"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("version/<int:pk>/", VersionView.as_view(), name="version"),
            path("picture/<slug:sha256>.png", PictureView.as_view(), name="picture"),
        ]


# --- choosing a picture, or uploading one, in a window over the form -----------------------------------
class WritersOnly:
    """For whoever writes designs."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it
        return response


class PictureColumns:
    """The list of pictures with what they show."""

    @cached_property
    def columns(self) -> list[Column]:
        """A small picture, then its name."""
        small = Column("picture", label=_("Picture"), accessor=_small, width="120px")
        return [small, *super().columns]  # type: ignore[misc]  # of the view beside it


def _small(picture: DesignPicture) -> str:
    address = reverse("design_pages:picture", args=[picture.pk])
    return format_html('<img src="{}" alt="" width="96">', address)


class Choose(WritersOnly, PictureColumns, chooser_views.ChooseView):
    pass


class ChooseResults(WritersOnly, PictureColumns, chooser_views.ChooseResultsView):
    pass


class Chosen(WritersOnly, chooser_views.ChosenView):
    pass


class ChosenMultiple(WritersOnly, chooser_views.ChosenMultipleView):
    pass


class Create(WritersOnly, chooser_views.CreateView):
    pass


class PictureChooserViewSet(ChooserViewSet):
    """«Elegir una imagen»."""

    model = DesignPicture
    name = "design_pictures"
    icon = "image"
    choose_one_text = _("Choose a picture")
    choose_another_text = _("Choose another picture")
    create_action_label = _("Upload")
    creation_tab_label = _("Upload a new one")
    creation_form_class = PictureForm
    choose_view_class = Choose
    choose_results_view_class = ChooseResults
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenMultiple
    create_view_class = Create

    def get_object_list(self) -> Any:
        """All but the points themselves."""
        return DesignPicture.objects.defer("png")
