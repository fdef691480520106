"""A woman with a phone, a lesson and an open test of hers."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from courses.assessments.actions import start_attempt
from courses.assessments.models import Attempt
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from tests.courses.sync.phone import Phone
from tests.factories.courses import pin


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Nothing rendered or counted by the test before."""
    cache.clear()


@pytest.fixture
def phone(trainee: Any, enrolment: Enrolment) -> Phone:
    return Phone(trainee.person)


@pytest.fixture
def lesson(cohort: Cohort) -> CohortContent:
    return pin(cohort, "lesson")


@pytest.fixture
def attempt(cohort: Cohort, enrolment: Enrolment) -> Attempt:
    return start_attempt(enrolment=enrolment, pin=pin(cohort, "quiz"), at=timezone.now())
