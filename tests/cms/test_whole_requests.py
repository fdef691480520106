"""What only a broken or forged request asks of Wagtail's screens is refused, where Wagtail would stumble."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from wagtail.models import Page

from cms.users import roles
from cms.whole_requests import is_no_key
from courses.attendance.models import ClassSession
from courses.pages.models import LessonPage
from tests.factories.courses import CourseFactory, UserFactory

pytestmark = pytest.mark.django_db
TOO_LARGE = 400 if connection.vendor == "sqlite" else 200  # PostgreSQL looks, and finds nothing
CHOOSER = "/admin/snippets/choose/courses/quiz/"


@pytest.fixture
def desk() -> Client:
    browser = Client()
    browser.force_login(UserFactory(username="formadora", role=roles.TRAINER))
    return browser


@pytest.mark.parametrize("way_back", ["https://other.example/", "//other.example/", "javascript:x", "x"])
def test_a_way_back_that_is_no_path_of_ours_is_refused(desk: Client, way_back: str) -> None:
    assert desk.get("/admin/pages/1/move/", {"next": way_back}).status_code == 400
    assert desk.post("/admin/pages/1/delete/", {"next": way_back}).status_code == 400


@pytest.mark.parametrize("page", ["x", "1.5", "", "0", "9" * 40])
def test_a_page_that_is_no_number_is_no_place_for_another(
    client: Client, coordinator: Any, page: str
) -> None:
    CourseFactory(lessons=1)
    client.force_login(coordinator)
    lesson = LessonPage.objects.get()
    answer = client.post("/admin/pages/create/courses/lessonpage", {"parent_page": page})
    assert answer.status_code in (200, 400)  # asked again, or refused
    assert client.post(f"/admin/pages/{lesson.pk}/copy/", {"new_parent_page": page}).status_code == 400


@pytest.mark.parametrize("key", ["x", "1.5", "_5F", "%20"])
def test_a_key_that_is_none_chooses_nothing(desk: Client, key: str) -> None:
    assert desk.get(f"{CHOOSER}chosen/{key}/").status_code == 400
    assert desk.get(f"/admin/images/chooser/chosen/{key}/").status_code == 400
    assert desk.get(f"{CHOOSER}chosen-multiple/", {"id": key}).status_code == 400


def test_a_key_larger_than_a_database_holds_is_none(desk: Client) -> None:
    assert desk.get(f"{CHOOSER}chosen-multiple/", {"id": "9" * 40}).status_code == TOO_LARGE
    assert desk.get(f"{CHOOSER}chosen/{'9' * 40}/").status_code == 404


def test_a_number_larger_than_a_database_holds_names_nothing(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    assert client.post("/admin/opening/", {"course": "9" * 30}).status_code == TOO_LARGE


def test_a_form_without_its_field_is_refused(desk: Client) -> None:
    assert desk.post("/admin/choose-external-link/", {"x": "y"}).status_code == 400
    field = {"external-link-chooser-url": "https://example.org/"}
    assert desk.post("/admin/choose-external-link/", field).status_code == 200
    assert Client().post("/admin/choose-external-link/", {"x": "y"}).status_code == 302  # to the door


def test_a_fault_of_ours_is_not_taken_for_a_bad_question() -> None:
    asked: Any = ClassSession.objects
    with pytest.raises(ValueError, match="expected a number") as theirs:
        asked.filter(cohort="x")
    assert is_no_key(theirs.value)  # between here and there lies only Django
    with pytest.raises(ValueError, match="expected a number") as ours:
        asked.for_register("x")
    assert not is_no_key(ours.value)


def test_a_chooser_that_has_no_form_to_add_takes_none(desk: Client) -> None:
    assert desk.get(f"{CHOOSER}create/").status_code == 404
    assert desk.post(f"{CHOOSER}create/", {}).status_code == 404
    assert desk.get("/admin/images/chooser/create/").status_code == 200  # it has one


def test_the_root_of_all_pages_has_no_place_among_others(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    root = Page.objects.get(depth=1)
    assert client.get(f"/admin/pages/{root.pk}/set_position/").status_code == 404
