"""Observing with a second assessor, a comment and a number; the same page sent twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from courses.assessments.actions import observe
from courses.assessments.models import Observation
from courses.assessments.rules import missed, plain, to_practise
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import OPENED, enrolled, pin

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)
SCORES = {f"step-{n}": 1 for n in range(5)}
STEPS = [
    {"id": "a", "text": "Saluda", "is_critical": False},
    {"id": "b", "text": "Pide permiso", "is_critical": True},
]


def seen(woman: Enrolment, by: Any, **changes: Any) -> Observation:
    """An observation in which she does everything."""
    facts = {"pin": pin(woman.cohort, "rubric"), "scores": SCORES, "at": NOW, **changes}
    return observe(enrolment=woman, by=by, **facts)


def address(woman: Enrolment) -> str:
    return reverse("practicals:observe", args=[woman.cohort_id, pin(woman.cohort, "rubric").slug, woman.pk])


def posted(**changes: str) -> dict[str, str]:
    return {**{f"step-{step}": "1" for step in SCORES}, **changes}


def test_what_cannot_be_seen_is_taken_out_of_what_was_written() -> None:
    assert plain("  Bien\x00 hecho\r\nsigue \u202e") == "Bien hecho\nsigue"


def test_what_to_practise_names_the_critical_step_first() -> None:
    assert to_practise(STEPS, {"a": 0, "b": 1}, 2) == ["Pide permiso", "Saluda"]
    assert missed(STEPS, {"a": 0, "b": 1}) == []
    assert missed(STEPS, {"a": 1, "b": 0}) == ["Pide permiso"]


def test_a_second_assessor_and_a_comment_are_kept(enrolment: Enrolment, trainer: Any, colleague: Any) -> None:
    observation = seen(enrolment, trainer, second=colleague, comment=" Muy clara. ", device="panel")
    observation.refresh_from_db()
    assert (observation.second, observation.comment, observation.device) == (
        colleague,
        "Muy clara.",
        "panel",
    )


def test_a_coordinator_may_be_the_second_assessor(
    enrolment: Enrolment, trainer: Any, coordinator: Any
) -> None:
    assert seen(enrolment, trainer, second=coordinator).second == coordinator


@pytest.mark.parametrize("who", ["trainer", "other_trainer", "trainee", "administrator"])
def test_nobody_else_is_a_second_assessor(
    enrolment: Enrolment, trainer: Any, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Refused):
        seen(enrolment, trainer, second=request.getfixturevalue(who))
    assert not Observation.objects.exists()


def test_a_comment_longer_than_its_place_is_refused(enrolment: Enrolment, trainer: Any) -> None:
    with pytest.raises(Refused):
        seen(enrolment, trainer, comment="x" * 201)
    assert not Observation.objects.exists()


def test_the_same_event_is_the_same_observation(enrolment: Enrolment, trainer: Any) -> None:
    event = uuid4()
    assert seen(enrolment, trainer, event=event) == seen(enrolment, trainer, event=event)
    assert Observation.objects.count() == 1


def test_an_event_of_someone_else_is_refused(cohort: Cohort, trainer: Any) -> None:
    first, second = enrolled(cohort, 2)
    event = uuid4()
    seen(first, trainer, event=event)
    with pytest.raises(Refused):
        seen(second, trainer, event=event)


def test_observations_are_numbered_by_the_clock_however_they_arrive(
    client: Client, enrolment: Enrolment, trainer: Any
) -> None:
    late = seen(enrolment, trainer, at=NOW)
    early = seen(enrolment, trainer, at=NOW - timedelta(hours=1))
    client.force_login(trainer)
    earlier = client.get(address(enrolment)).context["earlier"]
    assert [(one.observation, one.number) for one in earlier] == [(late, 2), (early, 1)]


def test_the_page_keeps_second_assessor_and_comment(
    client: Client, enrolment: Enrolment, trainer: Any, colleague: Any
) -> None:
    client.force_login(trainer)
    client.post(address(enrolment), posted(second=str(colleague.pk), comment="Firme y amable"))
    page = client.get(address(enrolment)).content.decode()
    assert "Firme y amable" in page
    assert colleague.get_username() in page


def test_the_same_page_sent_twice_counts_once(client: Client, enrolment: Enrolment, trainer: Any) -> None:
    client.force_login(trainer)
    form = posted(event=str(client.get(address(enrolment)).context["event"]))
    client.post(address(enrolment), form)
    client.post(address(enrolment), form)
    assert Observation.objects.count() == 1


def test_a_refused_page_loses_nothing(
    client: Client, enrolment: Enrolment, trainer: Any, colleague: Any
) -> None:
    client.force_login(trainer)
    form = posted(second=str(colleague.pk), comment="x" * 201)
    response = client.post(address(enrolment), form)
    page = response.content.decode()
    assert said(response)
    assert "x" * 201 in page
    assert page.count(" checked") == 5
    assert f'value="{colleague.pk}" selected' in page


@pytest.mark.parametrize("second", ["x", "999", "9" * 40, "-1"])
def test_a_second_assessor_who_is_nobody_is_told(
    client: Client, enrolment: Enrolment, trainer: Any, second: str
) -> None:
    client.force_login(trainer)
    assert said(client.post(address(enrolment), posted(second=second)))
    assert not Observation.objects.exists()


def test_the_second_time_stands_beside_the_first(client: Client, enrolment: Enrolment, trainer: Any) -> None:
    seen(enrolment, trainer, scores={**SCORES, "step-0": 0})
    client.force_login(trainer)
    context = client.get(address(enrolment)).context
    assert context["next_number"] == 2
    assert context["steps"][0]["before"][0][0] == 1
    assert context["earlier"][0].critical == context["earlier"][0].practise == ["Paso 0"]


def test_the_page_takes_as_many_queries_with_twenty_observations_as_with_two(
    client: Client, enrolment: Enrolment, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainer)
    for _time in range(2):
        seen(enrolment, trainer)
    few = queries_of(address(enrolment))
    for _time in range(18):
        seen(enrolment, trainer)
    assert queries_of(address(enrolment)) <= few
