"""The lists that Wagtail draws for us hold their queries too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.pages.models import CoursePage, ModulePage
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


def grow_tests(count: int) -> None:
    for module in more_modules(CourseFactory(), count):
        QuizFactory(module=module)
        RubricFactory(module=module)


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
