"""The permissions of grading, given to the roles that will hold them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from courses.cohorts.models import Cohort

GRADING = {
    "grade_answers": ["trainer", "coordinator"],
    "override_grade": ["coordinator"],
    "regrade_test": ["coordinator"],
}


@pytest.fixture(autouse=True)
def grading(request: pytest.FixtureRequest) -> None:
    """Trainers read answers; coordinators also change results and put questions right."""
    if request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("school")
    kind = ContentType.objects.get_for_model(Cohort)
    for codename, roles in GRADING.items():
        found, _created = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": codename}
        )
        for role in roles:
            Group.objects.get(name=role).permissions.add(found)


@pytest.fixture
def colleague(cohort: Cohort, other_trainer: Any) -> Any:
    """A second trainer of `cohort`."""
    cohort.trainers.add(other_trainer)
    return other_trainer
