"""Legal names are erased when the diplomas that print them are some weeks old, and not before."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings

from certificates import tasks
from certificates.actas.models import LineStep
from certificates.awards import legal_names
from certificates.awards.models import Job
from cms.celery import app
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort
from courses.people.actions import keep_legal_name
from courses.people.models import LegalName, Person
from tests.factories.certificates import (
    ISSUED,
    ActaFactory,
    ActaLineFactory,
    CertificateFactory,
    DocumentFactory,
    RevocationFactory,
)
from tests.factories.courses import CohortFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=settings.LEGAL_NAME_DAYS)
LATER = ISSUED + DAYS + timedelta(minutes=1)


@pytest.fixture
def cohort() -> Cohort:
    """A cohort that was over when its diplomas were issued."""
    ends_on = ISSUED.date() - timedelta(days=7)
    return CohortFactory(starts_on=ends_on - timedelta(days=80), ends_on=ends_on)


@pytest.fixture
def woman(cohort: Cohort) -> Person:
    """Somebody who studied in it and wants her legal name on her diploma."""
    person = PersonFactory()
    enrol(person=person, cohort=cohort, starts_on=cohort.starts_on)
    write(person, ISSUED - timedelta(days=20))
    return person


def write(person: Person, at: datetime) -> None:
    keep_legal_name(person=person, name="Guadalupe Ramírez", is_printed=True, by=UserFactory(), at=at)


def award(person: Person, cohort: Cohort, **more: Any) -> Any:
    """A diploma of hers, issued."""
    line = ActaLineFactory(acta=ActaFactory(cohort=cohort), person_id=person.pk)
    return CertificateFactory(line=line, **{"is_rendered": True, **more})


def is_kept(person: Person) -> bool:
    return LegalName.objects.filter(person=person).exists()


def test_it_is_erased_so_many_days_after_her_diploma_was_issued(
    woman: Person, cohort: Cohort, caplog: Any
) -> None:
    award(woman, cohort)
    nobody = PersonFactory()
    write(nobody, ISSUED - timedelta(days=400))
    assert legal_names.sweep(ISSUED + DAYS) == 0
    assert is_kept(woman)
    with caplog.at_level(logging.INFO):
        assert legal_names.sweep(LATER) == 1
    assert [record.getMessage() for record in caplog.records] == ["1 of 2 older legal names erased"]
    assert not is_kept(woman)
    assert is_kept(nobody), "who has no diploma yet keeps her name"
    assert legal_names.sweep(LATER) == 0, "twice changes nothing"


def test_a_second_diploma_that_is_younger_keeps_it(woman: Person, cohort: Cohort) -> None:
    award(woman, cohort)
    second = award(woman, CohortFactory(), is_rendered=False)
    DocumentFactory(certificate=second, issued_at=ISSUED + timedelta(days=30))
    assert legal_names.sweep(LATER) == 0
    assert legal_names.sweep(LATER + timedelta(days=30)) == 1


def test_a_diploma_that_is_not_made_yet_keeps_it_and_one_that_never_will_be_does_not(
    woman: Person, cohort: Cohort
) -> None:
    award(woman, cohort)
    waiting = award(woman, CohortFactory(), is_rendered=False)
    assert legal_names.sweep(LATER) == 0
    Job.objects.filter(certificate=waiting).update(state=Job.State.CANCELLED)
    assert legal_names.sweep(LATER) == 1


def test_a_decision_that_waits_for_its_diploma_keeps_it(woman: Person, cohort: Cohort) -> None:
    award(woman, cohort)
    line = ActaLineFactory(acta=ActaFactory(cohort=CohortFactory()), person_id=woman.pk)
    assert legal_names.sweep(LATER) == 0
    LineStep.objects.create(
        line=line, kind=LineStep.Kind.LEFT_OUT, reason="Prueba.", by=UserFactory(), at=ISSUED
    )
    assert legal_names.sweep(LATER) == 1


def test_a_revoked_diploma_needs_no_name(woman: Person, cohort: Cohort) -> None:
    RevocationFactory(certificate=award(woman, cohort))
    assert legal_names.sweep(LATER) == 1


def test_a_name_that_was_written_afterwards_stays(woman: Person, cohort: Cohort) -> None:
    award(woman, cohort)
    write(woman, ISSUED + timedelta(days=60))
    assert legal_names.sweep(LATER) == 0


def test_who_studies_in_another_cohort_keeps_it(woman: Person, cohort: Cohort) -> None:
    award(woman, cohort)
    again = CohortFactory(starts_on=ISSUED.date(), ends_on=ISSUED.date() + timedelta(days=80))
    enrol(person=woman, cohort=again, starts_on=again.starts_on)
    assert legal_names.sweep(LATER) == 0
    assert legal_names.sweep(LATER + timedelta(days=81)) == 1


def test_it_is_done_every_night() -> None:
    [entry] = [one for one in app.conf.beat_schedule.values() if one["task"] == tasks.forget_legal_names.name]
    assert isinstance(entry["schedule"], crontab)


def test_the_questions_do_not_grow_with_the_names(cohort: Cohort, django_assert_num_queries: Any) -> None:
    acta = ActaFactory(cohort=cohort)
    for count in (2, 8):
        for person in PersonFactory.create_batch(count):
            write(person, ISSUED - timedelta(days=20))
            line = ActaLineFactory(acta=acta, person_id=person.pk)
            CertificateFactory(line=line, is_rendered=True)
        with django_assert_num_queries(8):  # and three to note it
            assert legal_names.sweep(LATER) == count
