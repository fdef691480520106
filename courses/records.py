"""Rows that are written once: a correction is a new row, never an edit."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext as _


class RecordIsFinal(Exception):
    """Raised when something tries to change or delete a row that may only be added to."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses the ORM's bulk doors as well."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise RecordIsFinal(_("This record is final. Add a correction instead."))

    def delete(self) -> NoReturn:
        raise RecordIsFinal(_("This record is final. Add a correction instead."))


class AppendOnly(models.Model):
    """A row that can be added and read, never changed or deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordIsFinal(_("This record is final. Add a correction instead."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordIsFinal(_("This record is final. Add a correction instead."))
