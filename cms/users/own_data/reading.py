"""What is kept of her as tables that she can read, on her screen and in her copy: no ids, no long texts."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.users.own_data.plan import READABLE

LONG = 120  # letters of a value that a table still shows; the rest stands in data.json
Row = dict[str, Any]

# What is added to the fields of a model, in words.
ADDED: dict[str, Callable[[], str]] = {
    "name": lambda: _("name"),
    "username": lambda: _("user name"),
    "joined_at": lambda: _("created"),
    "last_signed_in_at": lambda: _("last login"),
}

# Words for her where the model has none, or only words of developers.
TITLES: dict[str, Any] = {
    "users.KnownDevice": gettext_lazy("phones and browsers that know you"),
    "users.OpenSession": gettext_lazy("My sessions"),
    "certificates.ActaLine": gettext_lazy("what was decided about you"),
    "certificates.LineStep": gettext_lazy("steps of that decision"),
    "certificates.Registration": gettext_lazy("lines about you in the register"),
    "certificates.HolderChoice": gettext_lazy("what you chose"),
}
HEADS: dict[str, Any] = {
    "courses.LessonProgress.version": gettext_lazy("lesson"),
    "courses.LessonReading.version": gettext_lazy("lesson"),
    "courses.Attempt.version": gettext_lazy("test"),
    "courses.Observation.version": gettext_lazy("practical"),
    "courses.MarkConflict.outcome": gettext_lazy("decision"),
    "courses.MarkConflict.settled_at": gettext_lazy("settled"),
    "courses.RegradeLine.correct": gettext_lazy("correct"),
    "courses.RegradeLine.correct_before": gettext_lazy("before"),
    "courses.RegradeLine.has_passed": gettext_lazy("passed"),
    "courses.RegradeLine.passed_before": gettext_lazy("before"),
    "courses.RegradeLine.total": gettext_lazy("questions"),
    "courses.RegradeLine.total_before": gettext_lazy("before"),
    "courses.SyncEvent.outcome": gettext_lazy("outcome"),
    "users.KnownDevice.last_used_on": gettext_lazy("Last day"),
    "users.OpenSession.kind": gettext_lazy("device"),
    "users.OpenSession.last_used_on": gettext_lazy("Last day"),
    "users.SignInCard.wrong_pins": gettext_lazy("wrong PINs"),
    "users.SignInCard.made_at": gettext_lazy("made on"),
    "users.SignInCard.expires_at": gettext_lazy("Until"),
    "users.SignInCard.used_at": gettext_lazy("used on"),
    "users.SignInCard.revoked_at": gettext_lazy("ended"),
    "certificates.Evidence.label": gettext_lazy("requirement"),
    "certificates.Evidence.value": gettext_lazy("Result"),
    "certificates.Evidence.needed": gettext_lazy("Needed"),
    "certificates.Evidence.total": gettext_lazy("Total"),
    "certificates.Evidence.is_met": gettext_lazy("met"),
    "certificates.Evidence.sentence": gettext_lazy("explanation"),
    "certificates.LineException.at": gettext_lazy("when"),
    "certificates.LineStep.kind": gettext_lazy("what"),
    "certificates.LineStep.at": gettext_lazy("when"),
    "certificates.ReviewAnswer.at": gettext_lazy("when"),
    "certificates.Registration.folio": gettext_lazy("Folio"),
    "certificates.Certificate.folio": gettext_lazy("Folio"),
    "certificates.SuspensionEvent.is_suspended": gettext_lazy("suspended"),
    "certificates.SuspensionEvent.at": gettext_lazy("when"),
    "certificates.ShareLink.created_at": gettext_lazy("when"),
    "certificates.ShareLink.ended_at": gettext_lazy("ended"),
    "certificates.HolderChoice.at": gettext_lazy("when"),
}
# Numbers and marks of the machinery: they stand in data.json, and would only stand in her way.
FOR_MACHINES = frozenset(
    {
        "courses.Attempt.translation",
        "courses.AnswerReading.question",
        "courses.AnswerReading.is_decision",
        "courses.DataRequest.was_present",  # of what somebody did for her; false of what she did herself
        "courses.DataRequest.keeps_awards",
        "courses.SyncEvent.seq",
        "courses.SyncEvent.kind",
        "courses.SyncEvent.code",
        "certificates.ActaLine.position",
        "certificates.Evidence.position",
        "certificates.Evidence.kind",
        "certificates.Evidence.subject",
        "certificates.Registration.number",
        "certificates.Certificate.status_list",
        "certificates.Certificate.status_index",
        "certificates.Document.size",
        "certificates.Countersignature.size",
        "certificates.HolderChoice.cohort_id",
    }
)


def tables(told: Mapping[str, list[Row]]) -> list[dict[str, Any]]:
    """Model → rows, as tables; models of which nothing is kept are left out."""
    return [_table(apps.get_model(label), rows) for label, rows in told.items() if rows]


def _table(model: type[models.Model], rows: list[Row]) -> dict[str, Any]:
    columns = [
        name for name in rows[0] if is_for_people(model, name) and any(_is_said(row[name]) for row in rows)
    ]
    heads = [head(model, name) for name in columns]
    return {
        "title": title(model),
        "heads": heads,
        "rows": [
            list(zip(heads, (_words(model, name, row[name]) for name in columns), strict=True))
            for row in rows
        ],
    }


def _field(model: type[models.Model], name: str) -> Any:
    """The field of this name, or None for what a copy adds in words."""
    return next((one for one in model._meta.concrete_fields if one.name == name), None)


def _is_said(value: Any) -> bool:
    return value is not None and value != ""


def title(model: type[models.Model]) -> Any:
    """What the rows of this model are, in words for her."""
    return TITLES.get(model._meta.label, model._meta.verbose_name_plural)


def is_for_people(model: type[models.Model], name: str) -> bool:
    """Whether a column tells her something: ids, hashes and marks of the machinery do not."""
    field = _field(model, name)
    if field is None:
        return True
    if f"{model._meta.label}.{name}" in FOR_MACHINES:
        return False
    if field.primary_key or isinstance(field, models.UUIDField | models.JSONField):
        return False
    if field.is_relation:
        return field.related_model in READABLE
    return not name.endswith(("sha256", "_version", "digest"))


def head(model: type[models.Model], name: str) -> Any:
    """What a column holds, in words for her."""
    field = _field(model, name)
    if field is None:
        return ADDED[name]()
    if (told := HEADS.get(f"{model._meta.label}.{name}")) is not None:
        return told
    if field.is_relation and field.related_model is not None:
        return field.related_model._meta.verbose_name
    return field.verbose_name


def _words(model: type[models.Model], name: str, value: Any) -> str:
    field = _field(model, name)
    if not _is_said(value):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return str(value.get("title") or value.get("name"))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) or (field is None and name.endswith("_at")):
        return date_format(localtime(datetime.fromisoformat(value)), "j b Y, H:i")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value), "j b Y")
    return str(value)[:LONG]
