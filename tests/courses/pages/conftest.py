"""A course with a lesson of every block kind, and who reads it."""

from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client

from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort
from courses.pages.models import ContentVersion, CoursePage, LessonPage, ModulePage
from courses.school.actions import open_school
from tests.factories.courses import OPENED, CohortFactory, CourseFactory
from tests.factories.lessons import every_block, publish_lesson, version_of


@pytest.fixture
def full_course(school: None) -> CoursePage:
    """One module, whose last lesson `m1-l8` has every kind of block."""
    cache.clear()
    caches["local"].clear()
    course: CoursePage = CourseFactory(lessons=1)
    publish_lesson(ModulePage.objects.child_of(course).get(), every_block())
    return course


@pytest.fixture
def full_lesson(full_course: CoursePage) -> LessonPage:
    return LessonPage.objects.get(slug="m1-l8")


@pytest.fixture
def version(full_lesson: LessonPage) -> ContentVersion:
    return version_of(full_lesson)


@pytest.fixture
def reading_cohort(full_course: CoursePage) -> Cohort:
    """An open cohort that uses the lesson."""
    cohort: Cohort = CohortFactory(course=full_course, opened=False)
    open_school(cohort=cohort, at=OPENED)
    cohort.refresh_from_db()
    return cohort


@pytest.fixture
def reader(trainee: Any, reading_cohort: Cohort) -> Client:
    """Her browser."""
    enrol(person=trainee.person, cohort=reading_cohort, starts_on=reading_cohort.starts_on)
    client = Client()
    client.force_login(trainee)
    return client


@pytest.fixture
def author(trainer: Any) -> Client:
    client = Client()
    client.force_login(trainer)
    return client
