"""Who may bring lists, and lists as files."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, Enrolment
from courses.imports import work
from courses.imports.actions import confirm, look_at_list
from courses.imports.models import PeopleImport
from tests.factories.courses import FIRST_DAY, OPENED, CohortFactory, PersonFactory


@pytest.fixture(autouse=True)
def may_import(school: None) -> None:
    """The coordinator's permission, should the roles not hold it yet."""
    permission, _made = Permission.objects.get_or_create(
        codename="import_people",
        content_type=ContentType.objects.get_for_model(Cohort),
        defaults={"name": "Can bring lists of people"},
    )
    Group.objects.get(name="coordinator").permissions.add(permission)


def looked_at(cohort: Cohort, by: Any, text: str | bytes) -> PeopleImport:
    """A list that was given and not confirmed."""
    raw = text.encode() if isinstance(text, str) else text
    return look_at_list(cohort=cohort, raw=raw, by=by, at=OPENED)


def saved(batch: PeopleImport, *, keeps_good: bool = True) -> PeopleImport:
    """The list confirmed and worked off."""
    confirm(batch=batch, keeps_good=keeps_good, starts_on=FIRST_DAY, at=OPENED)
    while batch.__class__.objects.get(pk=batch.pk).is_running and not work.bring_in(batch.pk):
        continue
    batch.refresh_from_db()
    return batch


def inside(cohort: Cohort, name: str) -> Enrolment:
    """A woman of this name who is in the cohort."""
    return enrol(person=PersonFactory(name=name), cohort=cohort, starts_on=cohort.starts_on)


@pytest.fixture
def course_twin(cohort: Cohort) -> Cohort:
    """Another open cohort of the same course."""
    return CohortFactory(course=cohort.course, issuer=cohort.issuer)
