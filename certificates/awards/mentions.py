"""Where people wrote about a person in free words, and where the admin noted what it was called.

These are the only changes that are ever made to such rows; who did what when stays.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, QuerySet
from wagtail.models import ModelLogEntry

from certificates import names
from certificates.actas.models import (
    Acta,
    ActaLine,
    LineException,
    LineStep,
    ReviewAnswer,
    UnrecognisedIssue,
)

CLEARED = "…"
# Model, field, what leads to its line, what leads to its acta.
WRITTEN: tuple[tuple[Any, str, str, str], ...] = (
    (LineStep, "reason", "line", "line__acta__"),
    (LineException, "reason", "line", "line__acta__"),
    (ReviewAnswer, "explanation", "request__line", "request__line__acta__"),
    (Acta, "note", "", ""),
    (UnrecognisedIssue, "reason", "", "acta__"),
)


def clear_about(lines: Collection[ActaLine]) -> None:
    """Take away what people wrote about her lines: a reason often repeats the name that was misspelt."""
    for model, field, to_line, _to_acta in WRITTEN:
        if to_line:
            rows: QuerySet[Any] = QuerySet(model).filter(**{f"{to_line}__in": lines})
            rows.exclude(**{field: ""}).update(**{field: CLEARED})


def clear_elsewhere(cohort_id: int, called: Collection[str]) -> None:
    """Take away what was written about others, or about the acta as a whole, where it mentions her."""
    for model, field, _to_line, to_acta in WRITTEN:
        rows: QuerySet[Any] = QuerySet(model).filter(**{f"{to_acta}cohort_id": cohort_id})
        told = rows.exclude(**{field: ""}).values_list("pk", field)
        found = [pk for pk, text in told if any(is_mentioned(name, text) for name in called)]
        rows.filter(pk__in=found).update(**{field: CLEARED})


def is_mentioned(name: str, text: str) -> bool:
    """Whether a text names her, however it spells it: two words of her name, or the only one she has."""
    hers = {word for word in names.normalise(name).split() if len(word) > 2}
    return bool(hers) and len(hers & set(names.normalise(text).split())) >= min(2, len(hers))


def unname_log(person: UUID, lines: Collection[ActaLine], awards: Collection[UUID]) -> None:
    """The admin's log keeps what a record was called that day: from now on it says its id."""
    enrolments = {str(line.enrolment_id) for line in lines if line.enrolment_id}
    for app, model, pks in (
        ("courses", "person", {str(person)}),
        ("courses", "enrolment", enrolments),
        ("certificates", "actaline", {str(line.pk) for line in lines}),
        ("certificates", "certificate", {str(pk) for pk in awards}),
    ):
        kind = ContentType.objects.get_by_natural_key(app, model)
        ModelLogEntry.objects.filter(content_type=kind, object_id__in=pks).update(
            label=F("object_id"), data={}
        )


def unname_lines(lines: Collection[ActaLine]) -> None:
    """The same for acta lines of several people. Two queries."""
    kind = ContentType.objects.get_for_model(ActaLine)
    told = ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(line.pk) for line in lines])
    told.update(label=F("object_id"), data={})
