"""Bodies, boxes and events that are none: refused one by one with a reason, never an error of ours."""

from typing import Any

import pytest
from django.test import Client

from courses.cohorts.models import CohortContent
from courses.progress.models import LessonProgress
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import EVENTS, Phone, new_id

pytestmark = pytest.mark.django_db
TEXT = "application/json"


def test_one_bad_box_never_spoils_the_others(phone: Phone, lesson: CohortContent) -> None:
    good = phone.event("lesson.completed", version=lesson.version_id)
    sealed = phone.seal(phone.event("lesson.completed", version=lesson.version_id))
    off_curve = "B" + "A" * 86  # a point that is not on the curve
    boxes = [
        None,
        {},
        {**sealed, "id": "no"},
        {**sealed, "iv": "AAAA"},
        {**sealed, "data": "á"},
        {**sealed, "data": "A" * 50_000},
        {**sealed, "epk": off_curve},
        {**sealed, "data": sealed["data"][:-4] + "AAAA"},
        {**sealed, "kid": "ffff"},
        {**sealed, "id": new_id()},
        phone.seal(b"\xff\x00 no json", new_id()),
        phone.seal(b"[" * 20_000, new_id()),
        phone.seal(good),
    ]
    results = phone.post(boxes).json()["results"]
    assert [result["code"] or result["status"] for result in results] == [
        *["malformed"] * 6,
        *["unreadable"] * 2,
        "unknown_key",
        "unreadable",
        *["bad_event"] * 2,
        "applied",
    ]
    assert [result["kept"] for result in results] == [*[False] * 6, *[True] * 7]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "lesson.erased"}, {"kind": []}, {"kind": None}, {"seq": -1}, {"seq": 2**53},
        {"seq": True}, {"seq": "1"}, {"version": "1"}, {"version": -1}, {"place": 10**30}, {"place": 1.5},
        {"device": "x"},
        {"id": "0" * 36}, {"ticket": ["x"]}, {"ticket": "\ud800"}, {"kind": "answer", "attempt": "x"},
        {"kind": "answer", "attempt": new_id(), "question": "\x00", "option": "a"},
        {"kind": "answer", "attempt": new_id(), "question": "ñ", "option": "a" * 65},
        {"kind": "attempt.submitted", "attempt": new_id(), "answers": []},
        {"kind": "attempt.submitted", "attempt": new_id(), "answers": {"q0": {"a": 1}}},
        {"kind": "attempt.submitted", "attempt": new_id(), "answers": {str(n): "a" for n in range(201)}},
    ],
)  # fmt: skip
def test_an_event_that_is_none_is_refused_and_kept_as_hers(
    phone: Phone, lesson: CohortContent, changes: dict[str, Any]
) -> None:
    event = {**phone.event("lesson.place", version=lesson.version_id, place=0)}
    box = phone.seal({**event, **changes}, event["id"])
    for _time in range(2):
        assert phone.post([box]).json()["results"][0]["code"] == "bad_event"
    assert SyncEvent.objects.get().person == (None if "ticket" in changes else phone.person)
    assert not LessonProgress.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"), (b"{\"boxes\": [", 400, "not_json"), (b"\xff", 400, "not_json"),
        (b"[]", 400, "no_boxes"), (b"{}", 400, "no_boxes"), (b'{"boxes": {}}', 400, "no_boxes"),
        (b'{"boxes": [NaN]}', 400, "not_json"), (b"[" * 500_000, 400, "not_json"),
        (b'{"boxes": ' + b"9" * 5000 + b"}", 400, "not_json"),
        (b'{"boxes": []}' + b" " * 1024 * 1024, 413, "too_big"),
        (b'{"boxes": [' + b"0," * 9_999 + b"0]}", 413, "too_many"),
        (b'{"boxes": [' + b"0," * 200 + b"0]}", 413, "too_many"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_with_a_reason(
    client: Client, body: bytes, status: int, code: str
) -> None:
    response = client.post(EVENTS, body, content_type=TEXT)
    assert (response.status_code, response.json()["error"]) == (status, code)
    assert response.json()["message"]
