"""«Todas las lecciones»: each lesson once with all that is known, its filters, its file, many at once."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from courses.cohorts.models import Cohort
from courses.pages.models import CoursePage, LessonPage
from tests.factories.courses import CohortFactory, CourseFactory
from tests.factories.languages import in_english
from tests.factories.lessons import image

pytestmark = pytest.mark.django_db
INDEX = "lessons:index"


def rows(client: Client, **asked: Any) -> dict[str, dict[str, Any]]:
    """What the workbook says of each lesson, by its title; the screen has the same lessons."""
    answer = client.get(reverse(INDEX), {**asked, "export": "xlsx"})
    head, *body = load_workbook(BytesIO(b"".join(answer))).active.iter_rows(values_only=True)
    shown = client.get(reverse(INDEX), asked).content.decode()
    found = {str(row[2]): dict(zip(map(str, head), row, strict=True)) for row in body}
    assert shown.count("data-object-id") in {0, len(found)}
    return found


def lesson(slug: str) -> LessonPage:
    return LessonPage.objects.get(slug=slug, locale__language_code="es")


def test_drafts_and_changes_are_listed_and_filtered(client: Client, cohort: Cohort, trainer: Any) -> None:
    client.force_login(trainer)
    first, second = lesson("m1-l1"), lesson("m1-l2")
    second.get_parent().add_child(instance=LessonPage(title="Nueva", slug="m1-l3", live=False))
    first.title = "Lección m1-l1 otra"
    first.save_revision()
    assert set(rows(client)) == {first.title.removesuffix(" otra"), second.title, "Nueva"}
    assert set(rows(client, status="draft")) == {"Nueva"}
    assert set(rows(client, status="published")) == {second.title}
    assert set(rows(client, status="changed")) == {"Lección m1-l1"}
    assert set(rows(client, q="NUEV")) == {"Nueva"}
    other = CourseFactory(number=2, lessons=1)
    assert len(rows(client, course=other.pk)) == 1
    assert len(rows(client, course=CoursePage.objects.get(pk=cohort.course_id).pk)) == 3


def test_a_translation_stands_beside_its_original_until_that_changes(
    client: Client, cohort: Cohort, trainer: Any
) -> None:
    client.force_login(trainer)
    for page in (CoursePage.objects.get(), lesson("m1-l1").get_parent().specific, lesson("m1-l1")):
        in_english(page)
    found = rows(client)
    assert len(found) == 2
    told = [str(value).split("; ") for row in found.values() for value in row.values()]
    assert sum(len(parts) > 1 for parts in told) == 1
    assert set(rows(client, language="en")) == {"Lección m1-l1"}
    assert len(rows(client, language="es")) == 2


def test_sizes_count_text_and_files(client: Client, cohort: Cohort, trainer: Any) -> None:
    client.force_login(trainer)
    picture = image()
    one = lesson("m1-l1")
    before = list(rows(client)[one.title].values())
    value = {"image": picture.pk, "alt_text": "Tres pasos", "decorative": False}
    one.body = [{"type": "image", "value": value}]
    one.save()
    after = list(rows(client)[one.title].values())
    assert before[11] == 0
    assert after[10] < before[10]
    assert after[11] == picture.file.size


def test_names_of_cohorts_are_for_who_may_see_them(
    client: Client, cohort: Cohort, trainer: Any, other_trainer: Any, coordinator: Any
) -> None:
    names = {}
    for who in (trainer, other_trainer, coordinator):
        client.force_login(who)
        row = list(rows(client)["Lección m1-l1"].values())
        names[who] = row[-1]
        assert row[-2] == 1
    assert names[trainer] == names[coordinator] == cohort.name
    assert not names[other_trainer]


def test_no_title_becomes_a_formula(client: Client, cohort: Cohort, trainer: Any) -> None:
    client.force_login(trainer)
    LessonPage.objects.filter(slug="m1-l1").update(title="=1+1")
    assert "'=1+1" in rows(client)


def test_who_writes_ticks_many_and_who_reviews_does_not(
    client: Client, cohort: Cohort, trainer: Any, reviewer: Any
) -> None:
    client.force_login(trainer)
    page = client.get(reverse(INDEX)).content.decode()
    assert page.count("data-object-id") == 2
    assert reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) in page
    client.force_login(reviewer)
    assert "data-object-id" not in client.get(reverse(INDEX)).content.decode()


def test_as_many_queries_for_two_lessons_as_for_twenty_in_more_cohorts(
    client: Client, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainer)
    CohortFactory(course=CourseFactory(lessons=2))
    in_english(CoursePage.objects.get())
    few = queries_of(reverse(INDEX))
    CohortFactory(course=CourseFactory(number=2, lessons=20))
    assert queries_of(reverse(INDEX)) == few
