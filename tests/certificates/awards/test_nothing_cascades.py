"""Whatever is deleted around it, an award stays and can be verified."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from certificates import payload
from certificates.actas.models import Acta
from certificates.awards.models import Certificate
from certificates.designs.models import Design, DesignVersion
from certificates.records import IsFinal
from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import CoursePage
from courses.people.models import Organisation, Person
from tests.factories.awards import acta_of, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def diploma(coordinator: Any, administrator: Any) -> Certificate:
    return made(acta_of(1, coordinator=coordinator, administrator=administrator), administrator)[0]


DELETE: dict[str, Callable[[Certificate], Any]] = {
    "cohort": lambda diploma: Cohort.objects.get(pk=diploma.acta.cohort_id).delete(),
    "cohorts in bulk": lambda diploma: Cohort.objects.all().delete(),
    "course": lambda diploma: CoursePage.objects.get(pk=diploma.acta.cohort.course_id).delete(),
    "every page": lambda diploma: CoursePage.objects.all().delete(),
    "enrolment": lambda diploma: Enrolment.objects.filter(acta_lines=diploma.line).delete(),
    "person": lambda diploma: Person.objects.get(pk=diploma.line.person_id).delete(),
    "enrolments and people": lambda diploma: (
        Enrolment.objects.all().delete(),
        Person.objects.all().delete(),
    ),
    "organisation": lambda diploma: Organisation.objects.all().delete(),
    "design": lambda diploma: Design.objects.all().delete(),
    "version of a design": lambda diploma: DesignVersion.objects.get(pk=diploma.design_id).delete(),
    "acta": lambda diploma: Acta.objects.get(pk=diploma.acta_id).delete(),
    "acta line": lambda diploma: diploma.line.delete(),
    "who issued it": lambda diploma: diploma.created_by.delete(),
    "every user": lambda diploma: get_user_model().objects.all().delete(),
    "sealing key": lambda diploma: diploma.key.delete(),
    "register entry": lambda diploma: diploma.registration.delete(),
    "rendering": lambda diploma: diploma.document.delete(),
}


@pytest.mark.parametrize("what", DELETE)
def test_deleting_what_stands_around_an_award_leaves_it_as_it_was(diploma: Certificate, what: str) -> None:
    before, name = diploma.payload, diploma.name
    try:
        with transaction.atomic():
            DELETE[what](diploma)
    except (ProtectedError, RestrictedError, IsFinal):
        pass  # refused: as good
    after = Certificate.objects.with_state().select_related("key", "line", "acta").get(pk=diploma.pk)
    assert after.payload == before
    assert payload.digest(after.payload) == after.payload_sha256
    assert after.name == name
    assert after.document.issued_at <= timezone.now()
