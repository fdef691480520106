"""The people, the course and the awards of the packed school, by the actions that people use."""

from typing import Any

from django.utils import timezone

from certificates import tasks
from certificates.actas import actions as actas
from certificates.awards import actions as awards
from certificates.awards import erasure, life
from certificates.awards.models import Certificate
from certificates.log import actions as log
from cms.users.roles import ADMINISTRATOR, COORDINATOR, OFFICER, TRAINEE, TRAINER
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort
from tests.conftest import lay_ground
from tests.factories.courses import PIN, CohortFactory, PersonFactory, UserFactory
from tests.factories.decisions import class_of

GRADUATES = 3


def fill() -> None:
    """One cohort with diplomas in every state, one still running."""
    lay_ground()
    administrator = UserFactory(username="administradora", role=ADMINISTRATOR)
    coordinator = UserFactory(username="coordinadora", role=COORDINATOR)
    trainer = UserFactory(username="formadora", role=TRAINER)
    UserFactory(username="autoridad", role=OFFICER)
    award(class_of(GRADUATES, 1), coordinator, administrator)
    running = CohortFactory(trainers=[trainer], sessions=3)
    person = PersonFactory(account=UserFactory(username="alumna", role=TRAINEE, pin=PIN))
    enrol(person=person, cohort=running, starts_on=running.starts_on)


def award(cohort: Cohort, coordinator: Any, administrator: Any) -> list[Certificate]:
    """Three graduates: one revoked, one replaced under a new name (that one is valid), one erased."""
    by, now = administrator, timezone.now()
    acta = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=now)
    actas.approve_acta(acta=acta, by=by, at=now)
    actas.issue_without_recognition(acta=acta, reason="Ejemplo.", by=by, at=now)
    acta.refresh_from_db()
    made = awards.issue_acta(acta=acta, by=by, at=now)
    for one in made:
        tasks.render(str(one.pk))
    log.publish_head(timezone.now())
    revoked, replaced, erased = Certificate.objects.filter(acta=acta).order_by("folio")
    life.revoke_certificate(certificate=revoked, reason="error", by=by, at=timezone.now())
    new = life.replace_certificate(certificate=replaced, name="Persona Nueva", by=by, at=timezone.now())
    tasks.render(str(new.pk))
    erasure.erase(certificate=erased, by=by, at=timezone.now())
    log.publish_head(timezone.now())
    return made
