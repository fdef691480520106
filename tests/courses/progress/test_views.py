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

from courses.assessments.actions import observe
from courses.attendance.actions import Mark, mark_register
from courses.cohorts.actions import enrol, transfer, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.consents.actions import note_consent
from courses.pages.models import LessonPage
from courses.progress.models import LessonProgress
from tests.factories.courses import (
    FIRST_DAY,
    OPENED,
    CohortFactory,
    CourseFactory,
    PersonFactory,
    UserFactory,
    enrolled,
    lay_out,
    pin,
)

LEARNER_PAGES = [
    "/hoy/",
    "/curso/",
    "/curso/asistencia/",
    "/curso/diploma/",
    "/curso/compromiso/",
    "/curso/mis-datos/",
    "/curso/buscar/",
    "/curso/m1-l1/",
]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    return signed_in(trainee)


def test_an_accented_address_from_before_breaks_no_screen(
    browser: Client, cohort: Cohort, enrolment: Enrolment
) -> None:
    cohort.contents.filter(slug="m1-l1").update(slug="lección-1")
    for address in ("/hoy/", "/curso/", "/curso/lección-1/"):
        assert browser.get(address).status_code == 200
    assert browser.post("/curso/lección-1/lugar/", {"place": "2"}).status_code == 302
    assert browser.post("/curso/lección-1/").status_code == 302
    assert LessonProgress.objects.get(enrolment=enrolment).completed_at


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


def test_who_wants_no_diploma_reads_so_where_she_would_look(
    browser: Client, trainee: Any, enrolment: Enrolment
) -> None:
    said = "Dijiste que no quieres diploma"
    for is_given, shows in ((True, False), (False, True), (True, False)):
        note_consent(person=trainee.person, purpose="certificate", is_given=is_given, at=timezone.now())
        page = browser.get("/curso/diploma/").content.decode()
        assert (said in page) is shows
        assert ("/mis-datos/permisos/certificate/" in page) is shows


def _trainee_of(lessons: int, sessions: int) -> Client:
    cohort = CohortFactory(course=CourseFactory(lessons=lessons), sessions=sessions)
    user = UserFactory()
    enrol(person=PersonFactory(account=user), cohort=cohort, starts_on=cohort.starts_on)
    return signed_in(user)


def test_she_reads_her_practicals_explained_the_second_time_beside_the_first(
    browser: Client, enrolment: Enrolment, trainer: Any
) -> None:
    def steps() -> list[tuple[tuple[int, int, bool], ...]]:
        return [step.reached for step in browser.get("/curso/diploma/").context["practicals"][0].steps]

    rubric = pin(enrolment.cohort, "rubric")
    scores = {f"step-{n}": 1 for n in range(5)}
    [practical] = browser.get("/curso/diploma/").context["practicals"]
    assert not practical.times
    assert len(practical.steps) == 5
    first = {**scores, "step-0": 0}
    observe(enrolment=enrolment, pin=rubric, scores=first, by=trainer, at=OPENED, comment="Solo del equipo")
    page = browser.get("/curso/diploma/", headers={"accept-language": "en"})
    [practical] = page.context["practicals"]
    assert not practical.has_passed
    assert practical.last.critical == practical.last.practise == ["Paso 0"]
    assert "Without it nobody passes" in page.content.decode()
    assert "Solo del equipo" not in page.content.decode()
    observe(enrolment=enrolment, pin=rubric, scores=scores, by=trainer, at=OPENED + timedelta(days=7))
    assert browser.get("/curso/diploma/").context["practicals"][0].has_passed
    assert steps()[:2] == [((1, 0, True), (2, 1, True)), ((1, 1, True), (2, 1, True))]


def test_another_womans_practicals_are_not_hers(browser: Client, enrolment: Enrolment, trainer: Any) -> None:
    other = enrolled(enrolment.cohort)[0]
    scores = {f"step-{n}": 1 for n in range(5)}
    observe(enrolment=other, pin=pin(other.cohort, "rubric"), scores=scores, by=trainer, at=OPENED)
    assert not browser.get("/curso/diploma/").context["practicals"][0].times


def test_what_she_showed_in_a_former_cohort_stays_hers(
    browser: Client, enrolment: Enrolment, trainer: Any
) -> None:
    scores = {f"step-{n}": 1 for n in range(5)}
    observe(enrolment=enrolment, pin=pin(enrolment.cohort, "rubric"), scores=scores, by=trainer, at=OPENED)
    target = CohortFactory(course=enrolment.cohort.course)
    transfer(enrolment=enrolment, cohort=target, on=FIRST_DAY + timedelta(days=20))
    [practical] = browser.get("/curso/diploma/").context["practicals"]
    assert practical.has_passed


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
