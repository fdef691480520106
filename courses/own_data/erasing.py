"""Erasing a person: her records go, the figures of her cohorts stay. Her awards are erased apart."""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from wagtail.models import ModelLogEntry

from courses.assessments.grading.models import AnswerReading, RegradeLine, ResultOverride
from courses.assessments.models import Attempt, Observation
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord, Excuse, MarkConflict
from courses.care.models import CareNote, MakeUp
from courses.cohorts.models import Enrolment, EnrolmentStep, WaitingEntry
from courses.expiry import without_asking
from courses.imports.models import ImportRow
from courses.own_data.models import DataRequest
from courses.own_data.totals import set_aside
from courses.people.models import Person
from courses.progress.models import LessonProgress, LessonReading
from courses.sync.models import SyncEvent

# What is hers, and what leads to her: a row stands before what it refers to.
RECORDS: tuple[tuple[type[models.Model], str], ...] = (
    (AnswerReading, "attempt__enrolment__person"),
    (ResultOverride, "attempt__enrolment__person"),
    (RegradeLine, "attempt__enrolment__person"),
    (Attempt, "enrolment__person"),
    (Observation, "enrolment__person"),
    (LessonReading, "progress__enrolment__person"),
    (LessonProgress, "enrolment__person"),
    (MarkConflict, "enrolment__person"),
    (Excuse, "enrolment__person"),
    (MakeUp, "enrolment__person"),
    (CareNote, "enrolment__person"),
    (OutingNote, "enrolment__person"),
    (AttendanceRecord, "enrolment__person"),
    (SyncEvent, "enrolment__person"),
    (SyncEvent, "person"),
    (ImportRow, "enrolment__person"),
    (ImportRow, "person"),
    (WaitingEntry, "person"),
    (EnrolmentStep, "enrolment__person"),
)


@transaction.atomic
def erase_records(
    *, person: Person, keeps_awards: bool, at: datetime, by: Any = None, was_present: bool = False
) -> Any:
    """Take away all that courses keep of her. Returns her account, which is not theirs to end.

    `by`: who of the school does it in her presence; without one she does it herself. That it was done stays,
    without her.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    account = person.account
    enrolments = list(Enrolment.objects.filter(person=person).values_list("pk", flat=True))
    set_aside(person.pk)
    _unname_log(person, enrolments)
    others = OutingNote.objects.filter(pair_with__in=enrolments).exclude(enrolment__in=enrolments)
    _plain(OutingNote).filter(pk__in=list(others.values_list("pk", flat=True))).update(pair_with=None)
    for model, way in RECORDS:
        without_asking(model, list(_plain(model).filter(**{way: person}).values_list("pk", flat=True)))
    for enrolment in Enrolment.objects.filter(pk__in=enrolments).order_by("-starts_on", "-ends_on"):
        _forget(enrolment)
    person.delete()
    DataRequest.objects.create(
        kind=DataRequest.Kind.ERASURE, keeps_awards=keeps_awards, was_present=was_present, by=by, at=at
    )
    return account


def _plain(model: type[models.Model]) -> models.QuerySet[Any]:
    """Its rows, without what refuses to change final ones: erasing is the one thing that may."""
    return models.QuerySet(model)


def _forget(enrolment: Enrolment) -> None:
    """An enrolment after the one that came of it: a transfer refers to where she came from."""
    later = Enrolment.objects.filter(came_from=enrolment).first()
    if later is not None:
        _forget(later)
    Enrolment.objects.filter(pk=enrolment.pk).delete()


def _unname_log(person: Person, enrolments: list[Any]) -> None:
    """The admin's log calls records by the name they had that day: from now on by their id."""
    for model, keys in ((Person, [person.pk]), (Enrolment, enrolments)):
        kind = ContentType.objects.get_for_model(model)
        told = ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
        told.update(label=F("object_id"), data={})
