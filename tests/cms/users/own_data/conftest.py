"""A woman of whom something is kept in every table that leads to her, signed in, with a diploma."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from certificates import tasks
from certificates.actas import actions as actas
from certificates.awards import actions as awards
from certificates.awards.models import Certificate
from courses.assessments.grading.models import AnswerReading, ResultOverride
from courses.assessments.models import Attempt, Observation
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord, ClassSession, Excuse, MarkConflict
from courses.care.models import CareNote, MakeUp
from courses.cohorts.actions import accept_ethics, enrol
from courses.cohorts.models import Cohort, EnrolmentStep, WaitingEntry
from courses.imports.models import ImportRow, PeopleImport
from courses.pages.models import ContentVersion
from courses.people.actions import keep_legal_name
from courses.people.models import Person
from courses.progress.models import LessonProgress, LessonReading
from courses.sync.models import SyncEvent
from tests.certificates.awards.test_no_trace import HERS
from tests.factories.courses import CohortFactory, enrolled
from tests.factories.decisions import easy


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Private storage of this test alone."""
    folder = tmp_path / "private"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": folder, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return folder


@pytest.fixture
def cohort(school: None) -> Cohort:
    """An open cohort of her and a companion."""
    found = easy(CohortFactory(sessions=3))
    enrolled(found, 1)
    return found


@pytest.fixture
def person(trainee: Any, cohort: Cohort, coordinator: Any) -> Person:
    """`trainee`, with records of every kind."""
    Person.objects.filter(pk=trainee.person.pk).update(name=HERS)
    found = Person.objects.select_related("account").get(pk=trainee.person.pk)
    keep_legal_name(person=found, name=HERS, is_printed=False, by=trainee, at=timezone.now())
    live(found, cohort, coordinator)
    return found


def live(person: Person, cohort: Cohort, by: Any) -> None:
    """One row, at least, of each table that courses keep of her."""
    now = timezone.now()
    companion = cohort.enrolments.get()
    enrolment = enrol(person=person, cohort=cohort, starts_on=cohort.starts_on)
    accept_ethics(enrolment=enrolment, at=now)
    first, second, _third = ClassSession.objects.filter(cohort=cohort).order_by("pk")
    hers: dict[str, Any] = {"enrolment": enrolment}
    account: Any = person.account
    noted: dict[str, Any] = {"by": by, "at": now}
    old = AttendanceRecord.objects.create(
        session=first, status="absent", counts=False, minutes=0, **hers, **noted
    )
    AttendanceRecord.objects.create(
        session=first, status="present", counts=True, minutes=180, supersedes=old, **hers, **noted
    )
    MarkConflict.objects.create(session=first, status="late", against=old, noted_at=now, **hers, **noted)
    Excuse.objects.create(session=second, asked_by=account, asked_at=now, **hers)
    MakeUp.objects.create(
        session=second, task="lesson", due_on=date(2026, 3, 1), assigned_by=by, assigned_at=now, **hers
    )
    CareNote.objects.create(what="called", **hers, **noted)
    spent = {"session": second, "started_at": now, "ended_at": now + timedelta(hours=2), "minutes": 120}
    OutingNote.objects.create(pair_with=companion, **spent, **hers, **noted)
    OutingNote.objects.create(enrolment=companion, pair_with=enrolment, **spent, **noted)
    version = ContentVersion.objects.order_by("pk")[0]
    progress = LessonProgress.objects.create(
        lesson_key=uuid4(), version=version, started_at=now, completed_at=now, **hers
    )
    LessonReading.objects.create(progress=progress, version=version, at=now)
    attempt = Attempt.objects.create(
        quiz_key=uuid4(),
        version=version,
        number=1,
        questions=[],
        answers={"q": "a"},
        started_at=now,
        submitted_at=now,
        correct=4,
        total=5,
        has_passed=True,
        **hers,
    )
    AnswerReading.objects.create(attempt=attempt, question="q", points=1, feedback=f"Bien, {HERS}", **noted)
    ResultOverride.objects.create(
        attempt=attempt, correct=5, total=5, has_passed=True, reason="other", **noted
    )
    Observation.objects.create(
        rubric_key=uuid4(), version=version, scores={}, points=5, has_passed=True, **hers, **noted
    )
    EnrolmentStep.objects.create(kind="returned", on=cohort.starts_on, **hers, **noted)
    WaitingEntry.objects.create(cohort=cohort, person=person, ended_at=now, outcome="seated", **noted)
    SyncEvent.objects.create(
        event=uuid4(), digest="d", person=person, status="applied", received_at=now, enrolment=enrolment
    )
    batch = PeopleImport.objects.create(cohort=cohort, **noted)
    ImportRow.objects.create(batch=batch, number=1, name=HERS, fate="new", person=person, enrolment=enrolment)


@pytest.fixture
def diploma(person: Person, cohort: Cohort, coordinator: Any, administrator: Any) -> Certificate:
    """Hers, made and stored."""
    now = timezone.now()
    acta = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=now)
    actas.approve_acta(acta=acta, by=administrator, at=now)
    actas.issue_without_recognition(acta=acta, reason="Prueba.", by=administrator, at=now)
    acta.refresh_from_db()
    (issued,) = awards.issue_acta(acta=acta, by=administrator, at=now)
    tasks.render(str(issued.pk))
    found: Certificate = Certificate.objects.with_state().select_related("key", "line", "acta").get()
    return found


@pytest.fixture
def hers(person: Person) -> Client:
    """Her browser."""
    client, account = Client(), person.account
    assert account is not None
    client.force_login(account)
    return client
