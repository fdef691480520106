"""A cohort in progress: classes behind it, classes to come; and who may answer a notice."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cms.users.roles import COORDINATOR
from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from tests.factories.courses import CohortFactory, UserFactory, lay_out


@pytest.fixture
def coordinator(school: None) -> Any:
    """She may answer notices (the permission is given here where the roles do not yet name it)."""
    kind = ContentType.objects.get_for_model(Cohort)
    may, _made = Permission.objects.get_or_create(
        content_type=kind, codename="approve_excuse", defaults={"name": "Can answer notices of absence"}
    )
    Group.objects.get(name=COORDINATOR).permissions.add(may)
    return UserFactory(username="coordinadora", role=COORDINATOR)


@pytest.fixture
def running(trainer: Any) -> Cohort:
    """A cohort of `trainer`: it began five weeks ago; six classes are over, four are to come."""
    now = timezone.now()
    cohort: Cohort = CohortFactory(
        trainers=[trainer],
        starts_on=(now - timedelta(days=35)).date(),
        ends_on=(now + timedelta(days=60)).date(),
    )
    lay_out(cohort, 10, first=now - timedelta(days=16))
    return cohort


def classes(cohort: Cohort) -> list[ClassSession]:
    """Its classes in order of time."""
    return list(ClassSession.objects.filter(cohort=cohort).order_by("starts_at"))
