"""Rows in bulk: batches as large as the measurements want them, made in seconds."""

import uuid
from typing import Any

from django.db import transaction

from certificates.actas.models import Acta, ActaLine, UnrecognisedIssue
from certificates.keys import sealing
from certificates.keys.models import SealingKey
from courses.assessments.models import Attempt, Observation
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.people.models import Person
from courses.progress.models import LessonProgress
from tests.factories.certificates import ISSUED, ActaFactory
from tests.factories.courses import CohortFactory

BATCH = 500
NAMES = (
    "María Guadalupe Hernández Ruiz",
    "Ana Ñáñez",
    "Rosa de los Ángeles Montoya y Villavicencio de la Cruz",
)
MODULES = (("Derechos, ética y escucha", 24), ("Prevención de la violencia", 27), ("Salud sexual", 30))


def name(number: int) -> str:
    """Names of different lengths, in turn."""
    return NAMES[number % len(NAMES)]


@transaction.atomic
def approved_acta(graduates: int, *, by: Any) -> Acta:
    """An acta with all its lines, approved, and the decision to issue without an oficio."""
    cohort = CohortFactory()
    acta: Acta = ActaFactory(cohort=cohort, state=Acta.State.APPROVED, facts=facts(cohort), proposed_by=by)
    lines = []
    for number in range(graduates):
        key, person = sealing.new_key(), uuid.uuid4()
        sealed = sealing.seal(key, name(number).encode(), context=str(person))
        lines.append(
            ActaLine(
                acta=acta,
                person_id=person,
                position=number + 1,
                key=key,
                sealed_name=sealed,
                is_graduate=True,
                minutes=acta.facts["minutes"],
            )
        )
    SealingKey.objects.bulk_create([line.key for line in lines], batch_size=BATCH)
    ActaLine.objects.bulk_create(lines, batch_size=BATCH)
    UnrecognisedIssue.objects.create(acta=acta, reason="Measurement", by=by, at=ISSUED)
    return acta


@transaction.atomic
def enrol_many(cohort: Cohort, *, until: int) -> None:
    """Women in `cohort` until it has so many, each with every lesson finished."""
    missing = until - Enrolment.objects.filter(cohort=cohort).count()
    people = [Person(name=name(number)) for number in range(missing)]
    Person.objects.bulk_create(people, batch_size=BATCH)
    enrolments = [Enrolment(person=person, cohort=cohort, starts_on=cohort.starts_on) for person in people]
    Enrolment.objects.bulk_create(enrolments, batch_size=BATCH)
    lessons = CohortContent.objects.filter(cohort=cohort, kind=ContentVersion.Kind.LESSON)
    pins = list(lessons.values_list("key", "version_id"))
    for enrolment in enrolments:
        LessonProgress.objects.bulk_create(
            LessonProgress(
                enrolment=enrolment,
                lesson_key=key,
                version_id=version,
                started_at=ISSUED,
                completed_at=ISSUED,
            )
            for key, version in pins
        )


@transaction.atomic
def attend(cohort: Cohort, *, by: Any, spare: int) -> None:
    """A mark of everybody in every session of `cohort` but the last `spare`; each third woman is late."""
    sessions = list(ClassSession.objects.filter(cohort=cohort))
    women = list(Enrolment.objects.filter(cohort=cohort).values_list("pk", flat=True))
    for session in sessions[: len(sessions) - spare]:
        AttendanceRecord.objects.bulk_create(
            [
                AttendanceRecord(
                    session=session,
                    enrolment_id=woman,
                    status="absent" if (number + session.number) % 9 == 0 else "present",
                    counts=(number + session.number) % 9 != 0,
                    minutes=0 if (number + session.number) % 9 == 0 else session.minutes,
                    by=by,
                    at=session.ends_at,
                )
                for number, woman in enumerate(women)
            ],
            batch_size=BATCH,
        )


@transaction.atomic
def be_tested(cohort: Cohort, *, by: Any) -> None:
    """An attempt of everybody in every test of `cohort`, and an observation in every practical."""
    women = list(Enrolment.objects.filter(cohort=cohort).values_list("pk", flat=True))
    pins = list(CohortContent.objects.filter(cohort=cohort))
    for pin in pins:
        if pin.kind == ContentVersion.Kind.QUIZ:
            Attempt.objects.bulk_create(
                [
                    Attempt(
                        enrolment_id=woman,
                        quiz_key=pin.key,
                        version_id=pin.version_id,
                        number=1,
                        questions=[],
                        started_at=ISSUED,
                        submitted_at=ISSUED,
                        correct=number % 6,
                        total=5,
                        has_passed=number % 6 >= 4,
                    )
                    for number, woman in enumerate(women)
                ],
                batch_size=BATCH,
            )
        elif pin.kind == ContentVersion.Kind.RUBRIC:
            Observation.objects.bulk_create(
                [
                    Observation(
                        enrolment_id=woman,
                        rubric_key=pin.key,
                        version_id=pin.version_id,
                        scores={},
                        points=0,
                        has_passed=number % 2 == 0,
                        by=by,
                        at=ISSUED,
                    )
                    for number, woman in enumerate(women)
                ],
                batch_size=BATCH,
            )


def facts(cohort: Any) -> dict[str, Any]:
    """What an acta says of its course."""
    return {
        "cohort": cohort.name,
        "course_code": "DPS",
        "title": "Diplomado en Promoción Comunitaria de la Salud",
        "language": "es",
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "issuer": "Escuela ficticia de Promotoras de Salud",
        "ally": "Red ficticia de Salud Comunitaria",
        "authority": "Secretaría de Salud del Estado de Ejemplo",
        "minutes": sum(hours for _title, hours in MODULES) * 60,
        "minutes_by_modality": {},
        "modules": [{"title": title, "minutes": hours * 60} for title, hours in MODULES],
        "is_demo": True,
    }
