"""The front page, plain pages around the courses, and what a site says of itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Site

from cms.home.blocks import HELP_BLOCKS
from courses.pages.blocks import BASIC_BLOCKS
from courses.pages.checks.models import NeutralNaming
from courses.pages.checks.naming import forbidden
from courses.pages.models import same_everywhere


class HomePage(Page):
    """The front page: what the school is, sign in, verify a diploma."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CoursePage", "home.StandardPage"]
    template = "home/home_page.html"
    override_translatable_fields = same_everywhere("slug")
    max_count = 1

    class Meta:
        verbose_name = _("home page")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Where a page is not there in the visitor's language, the school's own is shown."""
        try:
            return super().route(request, path_components)
        except Http404:
            school = Site.find_for_request(request)
            if school is None or school.root_page_id == self.pk:
                raise
            return school.root_page.specific.route(request, path_components)


class StandardPage(Page):
    """A plain page: privacy notice, help, about."""

    body = StreamField(BASIC_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    template = "home/standard_page.html"
    override_translatable_fields = same_everywhere("slug")

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")


@register_setting(icon="view")
class SiteFace(BaseSiteSetting):
    """What may be seen over her shoulder. What stays empty is taken from the settings of the house."""

    class Icon(models.TextChoices):
        WEAVE = "weave", _("a woven square")
        LEAF = "leaf", _("a leaf")
        BOOK = "book", _("a notebook")

    app_name = models.CharField(
        _("name"),
        max_length=40,
        blank=True,
        help_text=_("Stands in every tab of the browser. Neutral: nothing about health, violence or work."),
    )
    short_name = models.CharField(_("short name"), max_length=12, blank=True, help_text=_("Below the icon."))
    icon = models.CharField(_("icon"), max_length=10, choices=Icon, default=Icon.WEAVE)
    quick_exit_url = models.URLField(
        _("where «Leave» leads"), blank=True, help_text=_("A page that anybody might have open.")
    )
    notification_text = models.CharField(
        _("text of notifications"),
        max_length=60,
        default=_("There is something new."),
        help_text=_("The same words for everything: no lesson, no name."),
    )
    lock_minutes = models.PositiveSmallIntegerField(
        _("minutes until the page hides"),
        default=10,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
        help_text=_("Without use. On a phone that others use it hides after three."),
    )

    def clean(self) -> None:
        """A name, and the words of notifications, that tell nothing."""
        words = NeutralNaming.current()
        for name in ("app_name", "short_name", "notification_text"):
            if found := forbidden(str(getattr(self, name)), words):
                said = _("This says «%(words)s», which anybody may read on her phone. Choose neutral words.")
                raise ValidationError({name: said % {"words": ", ".join(found)}})

    class Meta:
        verbose_name = _("face of the site")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lock_minutes__range=(2, 60)), name="site_face_lock_minutes"
            )
        ]


@register_setting(icon="help")
class HelpCard(BaseSiteSetting):
    """If she wants to tell something: what to do, whom to call, what they will ask."""

    body = StreamField(HELP_BLOCKS, verbose_name=_("body"), blank=True)
    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=120,
        blank=True,
        help_text=_("Who answers for its truth and tried the numbers. Empty: the card carries a banner."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)

    panels = [
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("reviewed_by"), FieldPanel("reviewed_on")], heading=_("Review")),
    ]

    class Meta:
        verbose_name = _("help card")


@register_setting(icon="warning")
class ComplaintsCard(BaseSiteSetting):
    """Complaints and mistreatment: to whom, without reprisals. Only administrators write it."""

    body = StreamField(HELP_BLOCKS, verbose_name=_("body"), blank=True)

    panels = [
        HelpPanel(
            _(
                "Name people outside the trainers' chain, at least one of them outside the school. Say how a "
                "complaint is answered and until when."
            )
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("complaints card")
