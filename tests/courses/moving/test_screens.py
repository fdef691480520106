"""The screens of moving: who may, what they show before anything is saved, and what comes of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courses.assessments.models import QuestionBank
from courses.moving import work
from courses.moving.models import CourseMove
from courses.pages.models import CoursePage
from tests.courses.moving.conftest import packed
from tests.courses.moving.damage import with_manifest
from tests.factories.courses import CourseFactory

pytestmark = pytest.mark.django_db
ASKED = {"question": "¿Qué?", "look_for": "Algo."}


def give(client: Client, raw: bytes) -> CourseMove:
    """A package given on the screen and looked at by a worker."""
    answer = client.post(reverse("moving:index"), {"file": SimpleUploadedFile("mi-curso.zip", raw)})
    move = CourseMove.objects.latest("pk")
    assert answer["Location"] == reverse("moving:look", args=[move.pk])
    waiting = client.get(answer["Location"])
    assert waiting["Refresh"] == "2"
    work.carry(move.pk)
    return move


def test_from_a_file_to_a_course(client: Client, by: Any, raw: bytes) -> None:
    client.force_login(by)
    move = give(client, raw)
    look = reverse("moving:look", args=[move.pk])
    page = client.get(look)
    assert "Refresh" not in page
    assert "no-store" in page["Cache-Control"]
    assert "Completa" in page.content.decode(), "the lessons are named before anything is saved"
    assert not CoursePage.objects.exists()
    client.get(reverse("moving:confirm", args=[move.pk]))
    move.refresh_from_db()
    assert move.state == "checked", "looking confirms nothing"
    client.post(reverse("moving:confirm", args=[move.pk]))
    assert client.get(look)["Refresh"] == "2"
    work.carry(move.pk)
    course = CoursePage.objects.get()
    assert reverse("wagtailadmin_explore", args=[course.pk]) in client.get(look).content.decode()
    again = give(client, raw)
    assert 'name="as_copy"' in client.get(reverse("moving:look", args=[again.pk])).content.decode()
    client.post(reverse("moving:confirm", args=[again.pk]))
    again.refresh_from_db()
    assert again.state == "checked", "what is here is never overwritten"
    client.post(reverse("moving:throw_away", args=[again.pk]))
    again.refresh_from_db()
    assert (again.state, again.file) == ("cancelled", "")


def test_what_is_wrong_is_shown_by_file_and_field(client: Client, by: Any, raw: bytes) -> None:
    client.force_login(by)
    move = give(client, with_manifest(raw, version=7))
    page = client.get(reverse("moving:look", args=[move.pk])).content.decode()
    assert "manifest.json" in page
    assert "7" in page
    assert reverse("moving:confirm", args=[move.pk]) not in page


def test_a_course_is_taken_along_by_a_worker_and_downloaded(client: Client, by: Any) -> None:
    course: CoursePage = CourseFactory.create()
    client.force_login(by)
    client.post(reverse("moving:take", args=[course.pk]))
    move = CourseMove.objects.get()
    download = reverse("moving:download", args=[move.pk])
    assert client.get(download).status_code == 404
    work.carry(move.pk)
    assert download in client.get(reverse("moving:look", args=[move.pk])).content.decode()
    answer = client.get(download)
    assert b"".join(answer.streaming_content) == packed(course)  # type: ignore[attr-defined]  # it streams
    assert "attachment" in answer["Content-Disposition"]


def test_questions_go_out_and_come_in_as_a_bank(client: Client, by: Any, raw: bytes) -> None:
    client.force_login(by)
    bank = QuestionBank.objects.create(title="Banco", questions=[("short_answer", ASKED)])
    answer = client.get(reverse("moving:take_questions", args=["bank", bank.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="bank-{bank.pk}-qti3.zip"'
    file = SimpleUploadedFile("preguntas.zip", answer.content)
    client.post(reverse("moving:questions"), {"file": file, "title": "Otro"}, follow=True)
    assert QuestionBank.objects.get(title="Otro").questions[0].value["question"] == "¿Qué?"
    bad = SimpleUploadedFile("preguntas.zip", raw)
    page = client.post(reverse("moving:questions"), {"file": bad})
    assert "imsmanifest.xml" in page.content.decode()
    assert QuestionBank.objects.count() == 2
    assert client.get(reverse("moving:take_questions", args=["people", bank.pk])).status_code == 404


def test_a_file_that_is_too_big_is_refused_before_it_is_kept(client: Client, by: Any, settings: Any) -> None:
    settings.COURSE_FILE_MAX_BYTES = 10
    client.force_login(by)
    page = client.post(reverse("moving:index"), {"file": SimpleUploadedFile("a.zip", b"0" * 11)})
    assert page.context["form"].errors["file"]
    assert not CourseMove.objects.exists()


def test_the_lists_ask_as_often_for_many_courses_as_for_two(
    client: Client, by: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(by)
    index = reverse("moving:index")
    CourseFactory.create_batch(2, lessons=1)
    client.get(index)
    few = queries_of(index)
    CourseFactory.create_batch(10, lessons=1)
    assert queries_of(index) == few
