"""What lessons share, and what they use of the library: words, services, files that frozen versions show."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtailmedia.settings import wagtailmedia_settings

from courses.errors import Refused
from courses.pages.models import ContentVersion, same_everywhere

REVIEW_DAYS = 90
TELEPHONE = RegexValidator(r"^[0-9 +*#-]{2,20}$", _("Numbers, spaces and + * # - only."))


class GlossaryTerm(TranslatableMixin, index.Indexed, models.Model):
    """A word explained in one place for all lessons («glosario»)."""

    key = models.SlugField(
        _("key"), max_length=60, help_text=_("Short and neutral; it stays when the word changes.")
    )
    term = models.CharField(_("word"), max_length=80)
    definition = models.TextField(
        _("explanation"), max_length=600, help_text=_("Two or three short sentences.")
    )

    override_translatable_fields = same_everywhere("key")
    search_fields = [
        index.SearchField("term"),
        index.AutocompleteField("term"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("word explained")
        verbose_name_plural = _("words explained")
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["key", "locale"], name="glossary_key_per_language")]

    def __str__(self) -> str:
        return self.term

    def said(self) -> dict[str, str]:
        """The word and its explanation as they are now."""
        return {"key": self.key, "term": self.term, "definition": self.definition}


class ReferralServiceQuerySet(models.QuerySet["ReferralService"]):
    def due(self, today: date) -> "ReferralServiceQuerySet":
        """Those that nobody has checked for 90 days, or ever; a closed one needs no check."""
        is_old = models.Q(reviewed_on__lt=today - timedelta(days=REVIEW_DAYS - 1))
        return self.filter(is_old | models.Q(reviewed_on=None), is_open=True)


class ReferralService(index.Indexed, models.Model):
    """Where to get help. One row for all lessons and languages: a wrong number harms."""

    class Kind(models.TextChoices):
        HEALTH = "health", _("health")
        VIOLENCE = "violence", _("violence")
        LEGAL = "legal", _("rights and papers")
        SHELTER = "shelter", _("shelter")
        EMERGENCY = "emergency", _("emergency")
        OTHER = "other", _("other")

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("Short and neutral."))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HEALTH)
    phone = models.CharField(_("telephone"), max_length=20, blank=True, validators=[TELEPHONE])
    hours = models.CharField(_("hours"), max_length=160, blank=True)
    cost = models.CharField(_("cost"), max_length=120, blank=True)
    asks = models.TextField(
        _("what it will ask of her"), max_length=500, blank=True, help_text=_("One per line.")
    )
    language = models.CharField(_("languages spoken there"), max_length=120, blank=True)
    is_open = models.BooleanField(
        _("gives service"), default=True, help_text=_("Not ticked: its cards say so and show no number.")
    )
    reviewed_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The day somebody called or went there. Empty: nobody has, and its cards say so."),
    )
    reviewed_by = models.CharField(_("checked by"), max_length=120, blank=True)

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]
    objects = ReferralServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A check is somebody's: who says the day says the name."""
        if self.reviewed_on and not self.reviewed_by:
            raise ValidationError({"reviewed_by": gettext("Write who checked it.")})

    @property
    def review_again_by(self) -> date | None:
        """The day by which somebody must check it again; None where nobody ever did."""
        return self.reviewed_on and self.reviewed_on + timedelta(days=REVIEW_DAYS)

    def is_due(self, today: date) -> bool:
        """Has nobody checked it for 90 days, or ever?"""
        again = self.review_again_by
        return self.is_open and (again is None or again <= today)

    def said(self, today: date | None = None) -> dict[str, Any]:
        """What a card says of it; with `today` also whether it should have been checked again."""
        told: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("key", "name", "kind", "phone", "hours", "cost", "asks", "language", "is_open")
        }
        if today is None:
            return {**told, "reviewed_on": self.reviewed_on.isoformat() if self.reviewed_on else None}
        words = {"kind_label": capfirst(self.get_kind_display()), "reviewed_on": self.reviewed_on}
        return {**told, **words, "is_due": self.is_due(today)}


class StillShown(Refused):
    """What a cohort reads was to be deleted or replaced."""


def stay_while_shown(collector: Any, field: Any, uses: Any, using: str) -> None:
    """on_delete: refused while a cohort uses a version that shows it. Raises StillShown.

    A mention by versions that no cohort uses goes with the row, so that a picture may be taken out for good.
    """
    shown = ContentUse.objects.filter(pk__in=[use.pk for use in uses]).in_cohorts()
    titles = sorted(set(shown.values_list("version__title", flat=True)))
    if titles:
        raise StillShown(
            gettext("It cannot be deleted: people are reading it in %(lessons)s.")
            % {"lessons": "; ".join(titles)}
        )
    models.CASCADE(collector, field, uses, using)


class ContentUseQuerySet(models.QuerySet["ContentUse"]):
    def in_cohorts(self) -> "ContentUseQuerySet":
        """Uses by versions that a cohort pins."""
        return self.filter(version__pins__isnull=False)

    def of(self, thing: models.Model) -> "ContentUseQuerySet":
        """Uses of one picture, sound, document, word or service."""
        names = [field.name for field in ContentUse.things() if field.related_model is type(thing)]
        return self.filter(**{names[0]: thing}) if names else self.none()


def _thing(model: str) -> Any:
    return models.ForeignKey(model, null=True, blank=True, on_delete=stay_while_shown, related_name="+")


class ContentUse(models.Model):
    """That a frozen version shows something of the library: exactly one of the five."""

    version = models.ForeignKey(ContentVersion, on_delete=models.CASCADE, related_name="uses")
    image = _thing(get_image_model_string())
    media = _thing(wagtailmedia_settings.MEDIA_MODEL)
    document = _thing(get_document_model_string())
    term = _thing("courses.GlossaryTerm")
    service = _thing("courses.ReferralService")

    objects = ContentUseQuerySet.as_manager()
    wagtail_reference_index_ignore = True  # drafts and pages say in Wagtail's own index where a file is used

    class Meta:
        verbose_name = _("use of the library")
        verbose_name_plural = _("uses of the library")
        constraints = [
            models.UniqueConstraint(fields=["version", name], name=f"content_use_{name}_once")
            for name in ("image", "media", "document", "term", "service")
        ]

    def __str__(self) -> str:
        return (
            f"{self.version} → {next(field.name for field in self.things() if getattr(self, field.attname))}"
        )

    @classmethod
    def things(cls) -> list[Any]:
        """The five fields that say what is shown."""
        return [field for field in cls._meta.fields if field.is_relation and field.name != "version"]
