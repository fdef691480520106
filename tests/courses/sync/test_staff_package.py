"""What the team takes along: hers, of these days, by name, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.assessments.actions import observe
from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort
from tests.courses.sync.phone import new_id
from tests.factories.courses import CohortFactory, UserFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db
TEAM = "/sync/v1/team/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fetch(user: Any) -> Any:
    answer = signed_in(user).get(TEAM, headers={"X-Device": new_id()})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


@pytest.fixture
def running(trainer: Any) -> Cohort:
    """A cohort of `trainer` that runs now."""
    today = timezone.localdate()
    return CohortFactory(
        trainers=[trainer], starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30)
    )


def test_she_takes_along_the_registers_of_these_days_with_the_marks_in_force(
    running: Cohort, trainer: Any, coordinator: Any
) -> None:
    now = timezone.now()
    women = enrolled(running, 3)
    withdraw(enrolment=women[2], on=women[2].starts_on)
    old, held, _soon = (
        lay_out(running, 1, modality=modality, first=now + timedelta(days=days))[0]
        for modality, days in (("tutoring", -9), ("class", -2), ("outing", 5))
    )
    marks = {women[0].pk: Mark("late", 20), women[1].pk: Mark("absent")}
    late, _absent = mark_register(session=held, marks=marks, by=coordinator, at=now)
    [packed] = fetch(trainer)["cohorts"]
    assert [one["name"] for one in packed["women"]] == sorted(one.person.name for one in women[:2])
    assert packed["zone"] == running.time_zone  # the phone's clock may stand in another
    assert [one["modality"] for one in packed["sessions"]] == ["class", "outing"]
    assert old.pk not in {one["id"] for one in packed["sessions"]}
    assert packed["sessions"][0]["marks"][str(women[0].pk)] == [
        "late",
        20,
        late.pk,
        "coordinadora",
        now.isoformat(),
    ]
    assert packed["sessions"][1]["marks"] == {}
    cancel_session(session=_soon, by=coordinator, at=now)
    assert len(fetch(trainer)["cohorts"][0]["sessions"]) == 1


def test_practicals_come_with_what_came_out_before_in_short(
    running: Cohort, trainer: Any, coordinator: Any
) -> None:
    running.trainers.add(coordinator)
    [woman], rubric = enrolled(running, 1), pin(running, "rubric")
    scores = {step["id"]: 1 for step in rubric.version.content["steps"]}
    observe(enrolment=woman, pin=rubric, scores=scores, by=trainer, at=timezone.now())
    [packed] = fetch(trainer)["cohorts"]
    [practical] = packed["rubrics"]
    assert (practical["key"], practical["pass_score"], len(practical["steps"])) == (str(rubric.key), 4, 5)
    assert [step["is_critical"] for step in practical["steps"]] == [True, True, False, False, False]
    [[points, has_passed, _day]] = practical["results"][str(woman.pk)]
    assert (points, has_passed) == (5, True)
    assert packed["trainers"] == [{"id": coordinator.pk, "name": "coordinadora"}]


def test_nobody_else_gets_it_and_a_trainer_without_cohorts_gets_none(
    running: Cohort, trainee: Any, stranger: Any, officer: Any, other_trainer: Any, trainer: Any
) -> None:
    device = {"X-Device": new_id()}
    assert Client().get(TEAM, headers=device).status_code == 401
    for user in (trainee, stranger, officer):
        assert signed_in(user).get(TEAM, headers=device).status_code == 403
    assert fetch(other_trainer)["cohorts"] == []
    assert signed_in(trainer).get(TEAM).status_code == 400
    assert signed_in(trainer).post(TEAM).status_code in {403, 405}


def test_a_cohort_that_ended_or_is_not_open_stays_at_home(trainer: Any, cohort: Cohort) -> None:
    today = timezone.localdate()
    CohortFactory(trainers=[trainer], starts_on=today, ends_on=today, opened=False)
    assert fetch(trainer)["cohorts"] == []


@pytest.mark.parametrize("count", [2, 20])
def test_it_takes_the_same_few_queries_however_many_there_are(
    running: Cohort, trainer: Any, count: int
) -> None:
    enrolled(running, count)
    running.trainers.add(*UserFactory.create_batch(count))
    first = timezone.now() - timedelta(days=5)
    for number, modality in enumerate(("class", "outing", "tutoring")[: 1 + count // 10]):
        lay_out(running, 2, modality=modality, first=first + timedelta(hours=number))
    client = signed_in(trainer)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(TEAM, headers={"X-Device": new_id()}).status_code == 200
    assert len(queries) <= 22, [query["sql"][:90] for query in queries]
