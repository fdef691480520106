"""What arrives at the phones' intake: bodies, boxes, and sealed events that no phone of ours writes."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.models import Attempt
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from tests.courses.sync.conftest import attempt, lesson, phone
from tests.courses.sync.phone import EVENTS, Phone
from tests.courses.sync.staff_phone import StaffPhone
from tests.factories.courses import pin
from tests.fuzz.conftest import bad_inputs
from tests.fuzz.hostile import json_values, spoilt
from tests.fuzz.watching import ask

__all__ = ["attempt", "lesson", "phone"]  # fixtures of other tests
pytestmark = pytest.mark.django_db


def post(body: bytes) -> Any:
    """A batch from a phone that nobody knows."""
    return ask(Client(), "post", EVENTS, kind="phones", data=body, content_type="application/json")


def test_no_body_breaks_the_intake(phone: Phone) -> None:
    box = phone.seal(phone.event("lesson.place", version=1, place=0))

    @bad_inputs("phones", 2)
    @given(data=st.data())
    def each(data: Any) -> None:
        bodies = st.one_of(
            st.binary(max_size=200),
            json_values.map(lambda value: json.dumps(value).encode()),
            json_values.map(lambda value: json.dumps({"boxes": value}).encode()),
            st.lists(spoilt(box), max_size=3).map(lambda boxes: json.dumps({"boxes": boxes}).encode()),
        )
        post(data.draw(bodies))

    each()


def test_no_sealed_event_breaks_it_either(
    phone: Phone, lesson: CohortContent, attempt: Attempt, enrolment: Enrolment, cohort: Cohort, trainer: Any
) -> None:
    team = StaffPhone(trainer)
    good = [
        phone.event("lesson.place", version=lesson.version_id, place=1),
        phone.event("lesson.completed", version=lesson.version_id),
        phone.answer(attempt, "q0", "a"),
        phone.hand_in(attempt),
        team.register(cohort.sessions.all()[0], {enrolment: "present"}),
        team.observation(enrolment, pin(cohort, "rubric")),
        team.outing(cohort.sessions.all()[0], enrolment),
    ]

    @bad_inputs("phones", 2)
    @given(data=st.data())
    def each(data: Any) -> None:
        told = data.draw(st.sampled_from(good).flatmap(spoilt))
        raw = json.dumps(told).encode() if data.draw(st.booleans()) else json.dumps([told]).encode()
        answer = post(
            json.dumps({"boxes": [phone.seal(raw, data.draw(st.sampled_from(good))["id"])]}).encode()
        )
        assert answer.status_code == 200
        assert len(answer.json()["results"]) == 1

    each()
