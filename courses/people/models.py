"""Who learns, and the organisations that issue, accompany and recognise."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """A trainee, by the name she chooses. The account is beside her: her record outlives a login.

    Nothing else about her is kept here: no telephone, nationality, occupation or birth date
    (docs/architecture.md, "Minimum data").
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name she uses"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="es", choices=settings.LANGUAGES)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="person_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class LegalName(models.Model):
    """Her legal name, sealed (people/sealing.py): only where she wants it, and on her diploma if she says so.

    Deleting the row is the erasure. It is never searched, sorted or exported.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="legal_name")
    sealed = models.BinaryField(editable=False)
    is_printed = models.BooleanField(_("print it on her diploma"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    at = models.DateTimeField(_("noted"), editable=False)

    class Meta:
        verbose_name = _("legal name")
        verbose_name_plural = _("legal names")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class Organisation(models.Model):
    """Who issues, accompanies or recognises a course."""

    class Kind(models.TextChoices):
        ISSUER = "issuer", _("issuer")
        ALLY = "ally", _("ally")
        AUTHORITY = "authority", _("health authority")

    name = models.CharField(_("name"), max_length=200, unique=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    officers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("officers"), blank=True, related_name="authorities"
    )
    is_demo = models.BooleanField(_("demo"), default=False, help_text=_("Fictional, for trying things out."))

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
