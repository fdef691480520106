"""The lists that Wagtail draws for us hold their queries too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.pages.models import CoursePage, LessonPage, ModulePage
from tests.factories.courses import CourseFactory, OrganisationFactory, QuizFactory, RubricFactory

pytestmark = pytest.mark.django_db


def more_modules(course: CoursePage, count: int) -> list[ModulePage]:
    """`count` modules without test or rubric."""
    return [
        course.add_child(instance=ModulePage(title=f"Extra {n}", slug=f"extra-{n}", neutral_title="Extra"))
        for n in range(count)
    ]


def grow_organisations(count: int) -> None:
    OrganisationFactory.create_batch(count)


def grow_lessons(count: int) -> None:
    module = ModulePage.objects.first() or ModulePage.objects.child_of(CourseFactory()).get()
    for _number in range(count):
        lesson = LessonPage(title="Extra", slug=f"extra-{module.get_children_count()}")
        module.add_child(instance=lesson)
        lesson.save_revision().publish()


def grow_tests(count: int) -> None:
    for module in more_modules(CourseFactory(), count):
        QuizFactory(module=module)
        RubricFactory(module=module)


def test_the_tree_of_a_course_takes_as_many_queries_with_twenty_lessons_as_with_four(
    client: Client, coordinator: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(coordinator)
    grow_lessons(2)
    address = reverse("wagtailadmin_explore", args=[ModulePage.objects.get().pk])
    few = queries_of(address)
    grow_lessons(16)
    assert queries_of(address) <= few


def test_lessons_stand_in_the_order_of_the_course_until_another_is_asked(
    client: Client, coordinator: Any
) -> None:
    client.force_login(coordinator)
    grow_lessons(3)
    module = ModulePage.objects.get()
    taught = list(module.get_children().order_by("path").values_list("pk", flat=True))
    address = reverse("wagtailadmin_explore", args=[module.pk])
    shown = [page.pk for page in client.get(address).context["pages"]]
    assert shown == taught
    asked = client.get(address, {"ordering": "-latest_revision_created_at"}).context["pages"]
    assert [page.pk for page in asked] != taught


@pytest.mark.parametrize(
    ("name", "grow"),
    [
        ("organisations:index", grow_organisations),
        ("wagtailsnippets_courses_quiz:list", grow_tests),
        ("wagtailsnippets_courses_rubric:list", grow_tests),
    ],
)
def test_a_list_takes_as_many_queries_with_twenty_rows_as_with_two(
    client: Client, coordinator: Any, queries_of: Callable[[str], int], name: str, grow: Callable[[int], None]
) -> None:
    client.force_login(coordinator)
    grow(2)
    few = queries_of(reverse(name))
    grow(18)
    assert queries_of(reverse(name)) <= few
