"""The desk where refused offline work waits: who sees it, and what settling does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.assessments.models import Attempt
from courses.cohorts.actions import withdraw
from courses.cohorts.models import CohortContent, Enrolment
from courses.progress.models import LessonProgress
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import Phone, new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(coordinator: Any) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


@pytest.fixture
def late(phone: Phone, enrolment: Enrolment, attempt: Attempt) -> SyncEvent:
    """A test that arrived after she left."""
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    assert phone.send(phone.hand_in(attempt)) == ["enrolment_over"]
    return SyncEvent.objects.get()


def page(client: Client) -> str:
    return client.get(reverse("offline:index")).content.decode()


def test_the_desk_says_whose_what_why_and_never_the_answers(desk: Client, late: SyncEvent) -> None:
    shown = page(desk)
    assert "Lucía" in shown
    assert "Prueba del módulo 1" in shown
    assert reverse("offline:accept", args=[late.pk]) in shown
    assert "q0-a" not in shown


def test_counting_it_by_hand_counts_and_throws_the_box_away(
    desk: Client, late: SyncEvent, phone: Phone, attempt: Attempt, coordinator: Any
) -> None:
    address = reverse("offline:accept", args=[late.pk])
    assert desk.get(address).status_code == 200
    attempt.refresh_from_db()
    assert attempt.submitted_at is None, "looking changes nothing"
    desk.post(address)
    attempt.refresh_from_db()
    late.refresh_from_db()
    assert attempt.correct == 5
    assert (late.outcome, late.settled_by, late.box) == ("accepted", coordinator, None)
    assert desk.post(address).status_code == 404, "it does not wait any more"


def test_what_was_counted_by_hand_and_comes_again_is_told_so(
    desk: Client, phone: Phone, enrolment: Enrolment, attempt: Attempt
) -> None:
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    event = phone.hand_in(attempt)
    phone.send(event)
    desk.post(reverse("offline:accept", args=[SyncEvent.objects.get().pk]))
    assert phone.send(event) == ["again"]


def test_closing_it_counts_nothing_and_keeps_who_and_when(
    desk: Client, late: SyncEvent, attempt: Attempt
) -> None:
    desk.post(reverse("offline:note", args=[late.pk]))
    attempt.refresh_from_db()
    late.refresh_from_db()
    assert attempt.submitted_at is None
    assert (late.status, late.outcome, late.box) == ("rejected", "noted", None)
    assert "Lucía" not in page(desk)


def test_what_no_rule_allows_cannot_be_counted_by_hand(desk: Client, phone: Phone, attempt: Attempt) -> None:
    phone.send(phone.hand_in(attempt), phone.hand_in(attempt, "b"))
    late = SyncEvent.objects.waiting().get()
    assert late.code == "handed_in"
    assert reverse("offline:accept", args=[late.pk]) not in page(desk)
    desk.post(reverse("offline:accept", args=[late.pk]))
    attempt.refresh_from_db()
    assert (attempt.correct, SyncEvent.objects.waiting().count()) == (5, 1)


def test_what_she_changed_later_is_not_overwritten_by_hand(
    desk: Client, phone: Phone, enrolment: Enrolment, lesson: CohortContent
) -> None:
    early = phone.event("lesson.place", version=lesson.version_id, place=0)
    later = phone.event("lesson.place", version=lesson.version_id, place=2)
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    phone.send(early)
    Enrolment.objects.filter(pk=enrolment.pk).update(status="active", ends_on=None)
    assert phone.send(later) == ["applied"]
    desk.post(reverse("offline:accept", args=[SyncEvent.objects.waiting().get().pk]))
    assert LessonProgress.objects.get().place == 2
    assert SyncEvent.objects.waiting().count() == 1


def test_only_who_runs_cohorts_settles(late: SyncEvent, trainer: Any, officer: Any, trainee: Any) -> None:
    for stranger in (trainer, officer, trainee):
        client = Client()
        client.force_login(stranger)
        for name, arguments in (("index", []), ("accept", [late.pk]), ("note", [late.pk])):
            response = client.post(reverse(f"offline:{name}", args=arguments))
            assert response.status_code in {302, 403, 405}
    late.refresh_from_db()
    assert late.settled_at is None


def test_the_desk_takes_the_same_queries_with_two_and_with_twenty(
    coordinator: Any, client: Client, phone: Phone, late: SyncEvent, queries_of: Callable[[str], int]
) -> None:
    client.force_login(coordinator)
    counts = []
    for many in (2, 20):
        phone.post([phone.seal(b"nothing", new_id()) for _number in range(many)])
        phone.send(*(phone.event("lesson.completed", version=1000 + number) for number in range(many)))
        counts.append(queries_of(reverse("offline:index")))
    assert counts[0] == counts[1]
