"""The same batch on several connections at the same moment. Also run on PostgreSQL (tests/services)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from courses.assessments.models import Attempt
from courses.cohorts.models import CohortContent
from courses.progress.models import LessonProgress
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import Phone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
AT_ONCE = 4


def test_the_same_batch_from_four_sides_at_once_counts_once(
    phone: Phone, lesson: CohortContent, attempt: Attempt
) -> None:
    events = [phone.event("lesson.place", version=lesson.version_id, place=place) for place in (1, 2)]
    events += [phone.answer(attempt, "q0", "b"), phone.hand_in(attempt)]
    events += [phone.event("lesson.completed", version=2**50)]  # nothing: refused
    boxes = [phone.seal(event) for event in events]
    start = Barrier(AT_ONCE)

    def send(_place: int) -> list[tuple[str, str]]:
        sender = Phone(phone.person, Client())
        start.wait()
        try:
            results = sender.post(boxes).json()["results"]
        finally:
            connection.close()
        return [(result["id"], result["status"]) for result in results]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcome = Counter(said for answer in pool.map(send, range(AT_ONCE)) for said in answer)
    for event in events[:4]:
        assert outcome[event["id"], "applied"] == 1
        assert outcome[event["id"], "again"] + outcome[event["id"], "superseded"] == AT_ONCE - 1
    assert outcome[events[4]["id"], "rejected"] == AT_ONCE
    assert SyncEvent.objects.count() == len(events)
    attempt.refresh_from_db()
    assert (attempt.correct, LessonProgress.objects.get().place) == (5, 2)
