"""The gate before a page: the front page for all, lessons for staff and, as pinned, for trainees."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.cohorts import access
from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import LessonPage
from tests.factories.courses import CohortFactory, UserFactory, home

pytestmark = pytest.mark.django_db


def lesson_of(cohort: Cohort) -> LessonPage:
    """The first lesson of the course of a cohort, as a page."""
    found: LessonPage = LessonPage.objects.descendant_of(cohort.course).order_by("path")[0]
    return found


def test_anybody_reads_the_front_page(client: Client) -> None:
    assert client.get(home().url).status_code == 200


def test_an_anonymous_reader_is_asked_to_sign_in(client: Client, cohort: Cohort) -> None:
    for page in (cohort.course, lesson_of(cohort)):
        response = client.get(page.url)
        assert response["Location"] == f"{reverse('sign_in')}?next={page.url}"


def test_a_trainee_is_led_to_the_version_of_her_cohort(
    client: Client, trainee: Any, enrolment: Enrolment
) -> None:
    client.force_login(trainee)
    response = client.get(lesson_of(enrolment.cohort).url)
    assert response["Location"] == reverse("courses:lesson", args=["m1-l1"])
    assert client.get(enrolment.cohort.course.url)["Location"] == reverse("courses:my_course")


def test_a_trainee_of_another_cohort_does_not_reach_the_lesson(
    client: Client, trainee: Any, enrolment: Enrolment
) -> None:
    lesson = lesson_of(CohortFactory())
    client.force_login(trainee)
    assert client.get(lesson.url)["Location"] == reverse("courses:my_course")
    assert not access.can_open(trainee, lesson.translation_key)
    assert access.can_open(trainee, lesson_of(enrolment.cohort).translation_key)


def test_an_account_without_a_role_does_not_read_lessons(
    client: Client, stranger: Any, cohort: Cohort
) -> None:
    client.force_login(stranger)
    assert client.get(lesson_of(cohort).url)["Location"] == reverse("courses:my_course")


def test_staff_read_the_page_itself(client: Client, trainer: Any, cohort: Cohort) -> None:
    client.force_login(trainer)
    assert client.get(lesson_of(cohort).url).status_code == 200


def test_a_trainee_does_not_enter_the_admin(client: Client, trainee: Any, enrolment: Enrolment) -> None:
    client.force_login(trainee)
    for name in ("wagtailadmin_home", "cohorts:index", "actas:index", "diplomas:index"):
        assert client.get(reverse(name)).status_code == 302


def test_nobody_gains_the_admin_by_a_person_of_her_own(client: Client, school: None) -> None:
    client.force_login(UserFactory(role="observer"))
    assert client.get(reverse("actas:index")).status_code == 302
    assert client.get(reverse("diplomas:index")).status_code == 302
