"""What the tests of attendance share: the coordinator's permission, and moments near a session."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cms.users.roles import COORDINATOR
from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from tests.factories.courses import CohortFactory, lay_out


@pytest.fixture
def corrector(coordinator: Any) -> Any:
    """A coordinator who may correct registers that are locked."""
    permission, _created = Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(Cohort),
        codename="correct_register",
        defaults={"name": "Can correct a locked register"},
    )
    Group.objects.get(name=COORDINATOR).permissions.add(permission)
    return coordinator


@pytest.fixture
def running(trainer: Any) -> Cohort:
    """A cohort of `trainer` that runs now, without sessions."""
    today = timezone.localdate()
    return CohortFactory(
        trainers=[trainer], starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30), seats=60
    )


@pytest.fixture
def session_now(running: Cohort) -> ClassSession:
    """A session that began an hour ago and goes on for two."""
    return lay_out(running, 1, first=timezone.now() - timedelta(hours=1))[0]
