"""Rows that are written once, and where private files lie."""

from typing import Any, ClassVar, NoReturn

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext as _


def private_storage() -> Storage:
    """Where files that show a person or an authority's papers lie: never in public media."""
    return storages["private"]


class IsFinal(Exception):
    """Raised when something tries to change or delete a fact that was decided or printed."""


class FinalQuerySet(models.QuerySet[Any]):
    """Refuses the ORM's bulk doors as well."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise IsFinal(_("This record is final."))

    def delete(self) -> NoReturn:
        raise IsFinal(_("This record is final."))


class Final(models.Model):
    """A row that is written once."""

    objects: ClassVar[Any] = models.Manager.from_queryset(FinalQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise IsFinal(_("This record is final."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise IsFinal(_("This record is final."))
