"""A trainee's day, her course, her lessons and her diploma — and everybody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from courses.attendance.actions import Mark, mark_register
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import LessonPage
from courses.progress.models import LessonProgress
from tests.factories.courses import CohortFactory, CourseFactory, PersonFactory, UserFactory, lay_out

LEARNER_PAGES = [
    "/hoy/",
    "/curso/",
    "/curso/asistencia/",
    "/curso/diploma/",
    "/curso/compromiso/",
    "/curso/mis-datos/",
    "/curso/m1-l1/",
]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    return signed_in(trainee)


@pytest.mark.parametrize("address", LEARNER_PAGES)
def test_a_trainee_opens_every_page_of_hers(browser: Client, address: str) -> None:
    response = browser.get(address)
    assert response.status_code == 200
    assert "Lucía" in response.content.decode()


@pytest.mark.parametrize("address", LEARNER_PAGES)
@pytest.mark.django_db
def test_who_is_not_signed_in_is_led_to_the_door_and_back(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/entrar/?next={address}")


@pytest.mark.parametrize("address", LEARNER_PAGES[1:])
def test_a_stranger_is_led_to_a_page_that_explains(stranger: Any, cohort: Cohort, address: str) -> None:
    response = signed_in(stranger).get(address)
    assert (response.status_code, response["Location"]) == (302, "/hoy/")


def test_a_person_without_enrolment_reads_what_to_do(trainee: Any) -> None:
    response = signed_in(trainee).get("/hoy/")
    assert response.status_code == 200
    assert "courses/progress/not_enrolled.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("role", ["trainer", "coordinator", "administrator"])
def test_staff_who_come_to_the_day_are_sent_to_their_desk(role: str, request: pytest.FixtureRequest) -> None:
    response = signed_in(request.getfixturevalue(role)).get("/hoy/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_the_day_shows_the_next_lesson_and_the_next_class_in_local_time(trainee: Any, trainer: Any) -> None:
    now = timezone.now()
    cohort = CohortFactory(
        starts_on=(now - timedelta(days=10)).date(), ends_on=(now + timedelta(days=70)).date()
    )
    enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)
    tomorrow = (now + timedelta(days=1)).replace(hour=17, minute=0)
    lay_out(cohort, 1, first=tomorrow)
    response = signed_in(trainee).get("/hoy/")
    page = response.content.decode()
    assert "/curso/m1-l1/" in page
    assert "Tema 1" in page
    assert "11:00" in page  # 17:00 UTC in Mexico City
    assert response.context["week"] == 2


def test_opening_a_lesson_is_noted_once_and_finishing_leads_to_the_next(
    browser: Client, enrolment: Enrolment
) -> None:
    browser.get("/curso/m1-l1/")
    first = LessonProgress.objects.get(enrolment=enrolment)
    browser.get("/curso/m1-l1/")
    assert LessonProgress.objects.get(enrolment=enrolment).started_at == first.started_at
    response = browser.post("/curso/m1-l1/", follow=True)
    assert response.redirect_chain == [("/curso/m1-l2/", 302)]
    done = LessonProgress.objects.get(pk=first.pk)
    assert done.completed_at is not None
    browser.post("/curso/m1-l1/")
    assert LessonProgress.objects.get(pk=first.pk).completed_at == done.completed_at


def test_after_the_last_lesson_of_a_module_comes_its_test(browser: Client, cohort: Cohort) -> None:
    response = browser.post("/curso/m1-l2/")
    assert response["Location"].startswith("/curso/prueba/t-m1")


def test_a_lesson_is_read_in_the_version_that_the_cohort_uses(browser: Client, cohort: Cohort) -> None:
    page = LessonPage.objects.get(slug="m1-l1")
    page.title = "Otro título"
    page.save_revision().publish()
    assert "Otro título" not in browser.get("/curso/m1-l1/").content.decode()


def test_an_unreviewed_lesson_carries_a_banner(browser: Client) -> None:
    browser.get("/curso/m1-l1/")
    again = browser.get("/curso/m1-l1/").content.decode()  # drawn once, and kept for the next reader
    assert render_to_string("courses/pages/unreviewed.html").strip() in again


def test_a_lesson_that_her_cohort_does_not_use_is_not_there(browser: Client) -> None:
    assert browser.get("/curso/m9-l9/").status_code == 404


def test_a_reading_woman_changes_nothing_after_the_first_time(
    browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get("/curso/m1-l1/")
    with django_assert_max_num_queries(6) as queries:
        browser.get("/curso/m1-l1/")
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


def test_who_left_keeps_her_record_but_lessons_are_closed(browser: Client, enrolment: Enrolment) -> None:
    withdraw(enrolment=enrolment, on=enrolment.cohort.ends_on)
    assert browser.get("/curso/m1-l1/")["Location"] == "/hoy/"
    assert browser.post("/curso/m1-l1/")["Location"] == "/hoy/"
    assert not LessonProgress.objects.exists()
    assert "courses/progress/closed.html" in [t.name for t in browser.get("/hoy/").templates]
    assert "/curso/m1-l1/" not in browser.get("/curso/").content.decode()
    assert browser.get("/curso/asistencia/").status_code == 200
    assert browser.get("/curso/diploma/").status_code == 200


def test_before_the_first_day_the_lessons_are_closed(trainee: Any) -> None:
    first = (timezone.now() + timedelta(days=5)).date()
    cohort = CohortFactory(starts_on=first, ends_on=first + timedelta(days=80))
    enrol(person=trainee.person, cohort=cohort, starts_on=first)
    browser = signed_in(trainee)
    assert browser.get("/curso/m1-l1/")["Location"] == "/hoy/"
    assert browser.get("/hoy/").context["is_waiting"]


def test_progress_never_passes_the_whole(browser: Client, cohort: Cohort) -> None:
    for slug in ("m1-l1", "m1-l2", "m1-l1"):
        browser.post(f"/curso/{slug}/")
    outline = browser.get("/curso/").context["outline"]
    assert (outline.lessons_done, len(outline.lessons)) == (2, 2)


def test_the_diploma_page_shows_every_requirement(
    browser: Client, trainer: Any, enrolment: Enrolment
) -> None:
    session = enrolment.cohort.sessions.first()
    assert session is not None
    mark_register(session=session, marks={enrolment.pk: Mark("present")}, by=trainer, at=session.ends_at)
    requirements = browser.get("/curso/diploma/").context["requirements"]
    assert len(requirements) == enrolment.cohort.requirements.count()
    assert "1" in requirements[0]["value"]
    assert not any(requirement["is_met"] for requirement in requirements)


def _trainee_of(lessons: int, sessions: int) -> Client:
    cohort = CohortFactory(course=CourseFactory(lessons=lessons), sessions=sessions)
    user = UserFactory()
    enrol(person=PersonFactory(account=user), cohort=cohort, starts_on=cohort.starts_on)
    return signed_in(user)


@pytest.mark.parametrize(
    "address", ["/hoy/", "/curso/", "/curso/m1-l1/", "/curso/asistencia/", "/curso/diploma/"]
)
def test_queries_do_not_grow_with_lessons_and_sessions(
    school: None, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = _trainee_of(lessons=2, sessions=2), _trainee_of(lessons=20, sessions=24)
    small.get(address)
    large.get(address)
    with django_assert_num_queries(len(_queries(small, address))):
        assert large.get(address).status_code == 200


def _queries(client: Client, address: str) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return queries.captured_queries
