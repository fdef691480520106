"""The pages where a running school is changed, its history and its calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.school.changes import join_trainer, part_trainer, substitute
from courses.school.models import SchoolChange
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import CohortFactory, lay_out

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 10, 15, tzinfo=UTC)


def first(cohort: Cohort) -> ClassSession:
    return ClassSession.objects.filter(cohort=cohort)[0]


def of_session(name: str, cohort: Cohort) -> str:
    return reverse(f"school:{name}", args=[cohort.pk, first(cohort).pk])


def test_a_coordinator_changes_a_date_and_reads_it_in_the_history(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    client.force_login(coordinator)
    data = {"day": "2026-01-14", "start": "09:30", "minutes": "120"}
    assert client.post(of_session("move_session", cohort), data).status_code == 302
    local = first(cohort).starts_at.astimezone(cohort.zone)
    assert (local.day, local.hour, local.minute) == (14, 9, 30)
    for page in (of_session("session", cohort), reverse("school:history", args=[cohort.pk])):
        text = client.get(page).content.decode()
        assert "09:30" in text
        assert "11:00" in text
        assert "coordinadora" in text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"day": "ayer", "start": "x", "minutes": "-1"},
        {"day": "2026-01-14", "start": "09:00", "minutes": "9999"},
        {"day": "2031-01-14", "start": "09:00", "minutes": "60"},
        {"day": "2026-01-13", "start": "11:00", "minutes": "180"},
    ],
)
def test_a_date_that_makes_no_sense_is_told_and_changes_nothing(
    client: Client, coordinator: Any, cohort: Cohort, data: dict[str, str]
) -> None:
    client.force_login(coordinator)
    before = first(cohort).starts_at
    assert client.post(of_session("move_session", cohort), data).status_code == 200
    assert first(cohort).starts_at == before
    assert not SchoolChange.objects.exists()


def test_looking_changes_nothing(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    for name in ("session", "move_session", "cancel_session", "substitute"):
        assert client.get(of_session(name, cohort)).status_code == 200
    for name in ("trainers", "history", "calendar"):
        assert client.get(reverse(f"school:{name}", args=[cohort.pk])).status_code == 200
    assert not SchoolChange.objects.exists()
    assert not first(cohort).is_cancelled


@pytest.mark.parametrize("name", ["move_session", "substitute", "trainers"])
def test_a_trainer_does_not_change_dates_or_trainers(
    client: Client, trainer: Any, cohort: Cohort, name: str
) -> None:
    client.force_login(trainer)
    url = of_session(name, cohort) if name != "trainers" else reverse("school:trainers", args=[cohort.pk])
    for answer in (client.get(url), client.post(url, {})):
        assert answer.status_code in {302, 403}


@pytest.mark.parametrize("name", ["session", "move_session", "cancel_session", "substitute"])
def test_a_session_of_another_cohort_is_not_found_here(
    client: Client, coordinator: Any, cohort: Cohort, name: str
) -> None:
    other = CohortFactory(course=cohort.course, sessions=1)
    client.force_login(coordinator)
    assert client.get(reverse(f"school:{name}", args=[cohort.pk, first(other).pk])).status_code == 404


def test_a_trainer_cancels_a_session_and_it_is_written_down(
    client: Client, trainer: Any, cohort: Cohort
) -> None:
    client.force_login(trainer)
    client.post(of_session("cancel_session", cohort))
    assert first(cohort).is_cancelled
    assert [change.by for change in SchoolChange.objects.all()] == [trainer]


def test_a_trainer_joins_and_leaves_on_the_page(
    client: Client, coordinator: Any, trainer: Any, other_trainer: Any, cohort: Cohort
) -> None:
    client.force_login(coordinator)
    url = reverse("school:trainers", args=[cohort.pk])
    client.post(url, {"trainer": other_trainer.pk})
    assert set(cohort.trainers.all()) == {trainer, other_trainer}
    assert client.post(url, {"trainer": coordinator.pk}).status_code == 200
    for one in (trainer, other_trainer):
        leave = reverse("school:part_trainer", args=[cohort.pk, one.key])
        assert client.get(leave).status_code == 200
        answer = client.post(leave)
    assert not cohort.trainers.exists()
    assert said(answer)


def test_the_history_holds_its_queries(
    client: Client,
    coordinator: Any,
    other_trainer: Any,
    cohort: Cohort,
    queries_of: Callable[[str], int],
) -> None:
    client.force_login(coordinator)
    urls = [
        reverse("school:history", args=[cohort.pk]),
        reverse("school:cohort", args=[cohort.pk]),
        of_session("session", cohort),
        reverse("school:calendar", args=[cohort.pk]),
    ]

    def changes(count: int) -> None:
        for _again in range(count):
            join_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
            part_trainer(cohort=cohort, trainer=other_trainer, by=coordinator, at=NOW)
            substitute(session=first(cohort), trainer=other_trainer, by=coordinator, at=NOW)
            substitute(session=first(cohort), trainer=None, by=coordinator, at=NOW)

    changes(1)
    few = [queries_of(url) for url in urls]
    changes(14)
    lay_out(cohort, 10, modality="tutoring")
    assert [queries_of(url) for url in urls] <= few
    assert "?p=2" in client.get(urls[0]).content.decode()
    assert client.get(urls[0], {"p": "2000"}).status_code == 200


def test_the_calendar_names_nobody_and_no_topic(client: Client, trainer: Any, cohort: Cohort) -> None:
    client.force_login(trainer)
    answer = client.get(reverse("school:calendar", args=[cohort.pk]))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 3
    assert "DTSTART:20260113T170000Z" in text
    assert "LOCATION:Sede 01" in text
    assert "Tema 1" not in text
    assert cohort.name not in text


def test_my_calendar_has_my_cohorts_and_where_i_stand_in(
    client: Client, coordinator: Any, other_trainer: Any, cohort: Cohort
) -> None:
    client.force_login(other_trainer)
    url = reverse("school:my_calendar")
    soon = timezone.now() + timedelta(days=3)
    ClassSession.objects.filter(pk=first(cohort).pk).update(starts_at=soon, ends_at=soon + timedelta(hours=3))
    session = ClassSession.objects.get(cohort=cohort, starts_at=soon)
    assert client.get(url).content.count(b"BEGIN:VEVENT") == 0
    substitute(session=session, trainer=other_trainer, by=coordinator, at=NOW)
    text = client.get(url).content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "SEQUENCE:1" in text
