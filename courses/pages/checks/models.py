"""Words that stay out of names, and what outside links answered."""

from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site

from courses.pages.checks.naming import DEFAULT, words_of


@register_setting(icon="warning")
class NeutralNaming(BaseSiteSetting):
    """Words that may not stand in addresses, titles of pages, names of files and notifications."""

    words = models.TextField(
        _("words"),
        default=DEFAULT,
        blank=True,
        help_text=_(
            "One word or phrase on a line; * stands for any ending. They are looked for in addresses, titles "
            "of pages, names of files and notifications, not in what is read inside a lesson."
        ),
    )

    class Meta:
        verbose_name = _("neutral naming")

    @classmethod
    def current(cls) -> list[str]:
        """The words of the default site; those of the house where nobody wrote a list."""
        found = cls.objects.filter(site__is_default_site=True).values_list("words", flat=True).first()
        return words_of(DEFAULT if found is None else found)


def own_hosts() -> set[str]:
    """Under which names this installation is found."""
    return set(Site.objects.values_list("hostname", flat=True))


class OutsideLink(models.Model):
    """An address of another site that a lesson links to, and what it answered when it was last asked."""

    url = models.URLField(_("address"), max_length=500, unique=True)
    is_dead = models.BooleanField(_("dead"), default=False)
    why = models.CharField(_("why"), max_length=12, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)

    class Meta:
        verbose_name = _("outside link")
        verbose_name_plural = _("outside links")
        ordering = ["url"]
        default_permissions = ()

    def __str__(self) -> str:
        return urlsplit(self.url).hostname or self.url
