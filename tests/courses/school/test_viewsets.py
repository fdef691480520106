"""The pages of one cohort: sessions, the matrix, a woman, the rules."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["school:cohort", "school:people", "practicals:index"])
def test_the_pages_of_a_cohort_hold_their_queries(
    client: Client, trainer: Any, queries_of: Callable[[str], int], page: str
) -> None:
    cohort = CohortFactory(trainers=[trainer], sessions=2)
    enrolled(cohort, 2)
    client.force_login(trainer)
    url = reverse(page, args=[cohort.pk])
    few = queries_of(url)
    enrolled(cohort, 18)
    assert queries_of(url) <= few


def test_the_first_page_holds_its_queries(
    client: Client, coordinator: Any, queries_of: Callable[[str], int]
) -> None:
    first = CohortFactory(sessions=1)
    CohortFactory(course=first.course, sessions=1)
    client.force_login(coordinator)
    url = reverse("wagtailadmin_home")
    few = queries_of(url)
    CohortFactory.create_batch(8, course=first.course, sessions=1)
    assert queries_of(url) <= few


def test_the_matrix_shows_every_woman_with_her_standing(client: Client, trainer: Any, cohort: Cohort) -> None:
    women = enrolled(cohort, 2)
    client.force_login(trainer)
    page = client.get(reverse("school:people", args=[cohort.pk])).content.decode()
    assert all(woman.person.name in page for woman in women)
    assert "0/3" in page


def test_a_woman_of_another_cohort_is_not_found_here(client: Client, trainer: Any, cohort: Cohort) -> None:
    [her] = enrolled(CohortFactory())
    client.force_login(trainer)
    assert client.get(reverse("school:woman", args=[cohort.pk, her.pk])).status_code == 404


def test_a_coordinator_lays_out_weekly_sessions(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    data = {
        "title": "Recorrido",
        "modality": "outing",
        "day": "2026-02-03",
        "start": "16:00",
        "minutes": "240",
        "times": "3",
        "is_planned": "on",
    }
    url = reverse("school:add_sessions", args=[cohort.pk])
    client.post(url, data)
    made = ClassSession.objects.filter(cohort=cohort, modality="outing").order_by("number")
    assert [session.starts_at.astimezone(cohort.zone).hour for session in made] == [16, 16, 16]
    response = client.post(url, {**data, "day": "2026-03-31"})
    assert response.status_code == 200
    assert made.count() == 3


@pytest.mark.parametrize("begun", [-1, 2, 60], ids=["before", "running", "over"])
def test_a_new_session_is_proposed_for_today_while_the_cohort_runs(
    client: Client, coordinator: Any, begun: int
) -> None:
    today = timezone.localdate()
    cohort = CohortFactory(
        starts_on=today - timedelta(weeks=begun), ends_on=today + timedelta(weeks=12 - begun)
    )
    client.force_login(coordinator)
    page = client.get(reverse("school:add_sessions", args=[cohort.pk]))
    expected = {-1: cohort.starts_on, 2: cohort.today(), 60: cohort.ends_on}
    assert page.context["form"]["day"].value() == expected[begun]


@pytest.mark.parametrize("role", ["administrator", "coordinator"])
def test_whoever_works_with_actas_sees_them_on_the_first_page(
    client: Client, request: pytest.FixtureRequest, role: str
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert "pm-actas" in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    ("role", "words"),
    [("trainer", {"cohorts", "assessments"})],
    ids=["trainer"],
)
def test_the_menu_has_the_words_of_the_role(
    client: Client, request: pytest.FixtureRequest, role: str, words: set[str]
) -> None:
    client.force_login(request.getfixturevalue(role))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    shown = {
        name
        for name in (
            "actas",
            "diplomas",
            "people",
            "cohorts",
            "organisations",
            "assessments",
            "reports",
            "settings",
        )
        if f'"name": "{name}"' in page
    }
    assert shown == words
