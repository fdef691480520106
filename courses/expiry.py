"""What is kept for a while only: rows that are due to go, and taking them away part by part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True)
class Due:
    """Rows of one kind that have been kept long enough.

    `label` names them on a screen where their model does not; `drop` takes rows away where deleting them is
    not all: it gets their keys and says how many there were.
    """

    rows: models.QuerySet[Any]
    label: str | Promise = ""
    drop: Callable[[Sequence[Any]], int] | None = None
    code: str = ""

    @property
    def kind(self) -> str:
        """A word for the log of what went, always the same."""
        return self.code or str(self.rows.model._meta.model_name)

    @property
    def called(self) -> str:
        """What a person calls them."""
        return str(self.label or self.rows.model._meta.verbose_name_plural)

    def count(self) -> int:
        """How many there are."""
        return self.rows.order_by().count()

    def take(self, size: int) -> int:
        """Take at most `size` of them away, the newest first; how many went. Call it in a transaction.

        A correction is newer than what it corrects, so that nothing is left that refers to a row that went.
        """
        keys = list(self.rows.order_by("-pk").values_list("pk", flat=True)[:size])
        if not keys:
            return 0
        return self.drop(keys) if self.drop else without_asking(self.rows.model, keys)


def without_asking(model: type[models.Model], keys: Sequence[Any]) -> int:
    """Delete exactly these rows, final ones too; how many there were.

    Django's own way would refuse a correction beside what it corrects (PROTECT). The database still refuses
    whatever leaves a reference behind.
    """
    rows: models.QuerySet[Any] = models.QuerySet(model)
    return rows.filter(pk__in=keys)._raw_delete(rows.db) or 0  # None where there are no keys


def unheld(
    rows: models.QuerySet[Any],
    *,
    through: type[models.Model] | None = None,
    but: type[models.Model] | None = None,
) -> models.QuerySet[Any]:
    """Those of `rows` to which nothing refers that would keep them from being deleted (PROTECT).

    `but` may refer to them all the same. With `through`, it is asked of the rows of that model that refer to
    them. One query, whatever models there are.
    """
    target, path = through or rows.model, ""
    if through is not None:
        path = next(field.name for field in through._meta.fields if field.related_model is rows.model)
    for relation in target._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is not models.PROTECT:
            continue
        model = relation.related_model
        if model in {target, but}:
            continue
        way = "__".join(filter(None, [relation.field.name, path]))
        referring: models.QuerySet[Any] = models.QuerySet(model)
        rows = rows.exclude(models.Exists(referring.filter(**{way: models.OuterRef("pk")})))
    return rows
