"""Whatever is repeated, reordered, cut or garbled: the intake does what a small model of it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.assessments.models import Attempt
from courses.cohorts.models import CohortContent
from courses.progress.models import LessonProgress
from courses.sync.actions import receive
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import EVENTS, Phone, new_id

pytestmark = pytest.mark.django_db
QUESTIONS = [f"q{number}" for number in range(5)]
ONE_SCHOOL = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

places = st.tuples(st.just("place"), st.integers(0, 2))
done = st.just(("done", 0))
answers = st.tuples(st.just("answer"), st.sampled_from(QUESTIONS), st.sampled_from("abx"))
handed_in = st.tuples(st.just("submit"), st.sampled_from("ab"))
partly = st.just(("submit", ""))  # with the answers the server has
foreign = st.just(("foreign", 0))
deeds = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.one_of(places, done, answers, handed_in, partly, foreign)),
    min_size=1,
    max_size=8,
)


@dataclass
class Model:
    """What the school should know after each event; phones are 0 and 1, `seq` is an event's place there."""

    place: int | None = None
    is_done: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    is_handed_in: bool = False
    seen: dict[int, str] = field(default_factory=dict)
    latest: dict[tuple[int, str], int] = field(default_factory=dict)

    def take(self, number: int, phone: int, deed: tuple[Any, ...]) -> str:
        """The answer to event `number`."""
        if number in self.seen:
            return {"applied": "again"}.get(self.seen[number], self.seen[number])
        self.seen[number] = self._judge(number, phone, deed)
        return self.seen[number]

    def _judge(self, number: int, phone: int, deed: tuple[Any, ...]) -> str:
        kind = deed[0]
        if kind == "foreign":
            return "unknown"
        slot = f"answer {deed[1]}" if kind == "answer" else kind
        closing = [slot, "submit"] if kind == "answer" else [slot]
        if kind != "done" and any(self.latest.get((phone, one), -1) > number for one in closing):
            return "superseded"
        verdict = self._act(kind, deed)
        if verdict == "applied":
            self.latest[phone, slot] = max(number, self.latest.get((phone, slot), -1))
        return verdict

    def _act(self, kind: str, deed: tuple[Any, ...]) -> str:
        if kind == "place":
            self.place = deed[1]
        elif kind == "done":
            self.is_done = True
        elif kind == "answer":
            return self._give({deed[1]: deed[2]}, is_whole=False)
        else:
            return self._give(dict.fromkeys(QUESTIONS, deed[1]) if deed[1] else {}, is_whole=True)
        return "applied"

    def _give(self, given_now: dict[str, str], *, is_whole: bool) -> str:
        if "x" in given_now.values():
            return "not_on_sheet"
        if self.is_handed_in:
            return "again" if given_now.items() <= self.answers.items() else "handed_in"
        if is_whole and len({**self.answers, **given_now}) < len(QUESTIONS):
            return "incomplete"
        self.answers.update(given_now)
        self.is_handed_in = is_whole
        return "applied"


def event_of(phone: Phone, deed: tuple[Any, ...], lesson: CohortContent, attempt: Attempt) -> dict[str, Any]:
    """The event that says this deed."""
    match deed:
        case ("place", place):
            return phone.event("lesson.place", version=lesson.version_id, place=place)
        case ("done", _):
            return phone.event("lesson.completed", version=lesson.version_id)
        case ("answer", question, letter):
            return phone.answer(attempt, question, letter)
        case ("submit", ""):
            return phone.event("attempt.submitted", attempt=str(attempt.pk), answers={})
        case ("submit", letter):
            return phone.hand_in(attempt, letter)
    return phone.event("answer", attempt=new_id(), question="q0", option="q0-a")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves no trace in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@ONE_SCHOOL
@given(deeds=deeds, data=st.data())
def test_any_sequence_of_batches_gives_what_the_model_says(
    phone: Phone, lesson: CohortContent, attempt: Attempt, deeds: list[Any], data: st.DataObject
) -> None:
    phones, model = [Phone(phone.person), Phone(phone.person)], Model()
    boxes = []
    for number, (which, deed) in enumerate(deeds):
        phones[which].seq = number  # the number of an event grows on each phone
        boxes.append(phones[which].seal(event_of(phones[which], deed, lesson, attempt)))
    numbers = st.lists(st.integers(0, len(deeds) - 1), max_size=10)
    batches = data.draw(st.lists(numbers, min_size=1, max_size=4), label="batches, each as far as it got")
    with undone():
        for batch in [*batches, list(range(len(deeds)))]:
            results = receive(boxes=[boxes[number] for number in batch], at=timezone.now())
            said = [result.code or result.status for result in results]
            assert said == [model.take(number, *deeds[number]) for number in batch]
        _compare(model, lesson, attempt)


def _compare(model: Model, lesson: CohortContent, attempt: Attempt) -> None:
    attempt.refresh_from_db()
    right = {question: f"{question}-{letter}" for question, letter in model.answers.items()}
    assert (attempt.answers, attempt.submitted_at is not None) == (right, model.is_handed_in)
    progress = LessonProgress.objects.filter(lesson_key=lesson.key).first()
    assert (progress is not None) == (model.place is not None or model.is_done)
    if progress is not None:
        assert (progress.place, progress.completed_at is not None) == (model.place or 0, model.is_done)
    verdicts = list(model.seen.values())
    refused = {"unknown", "not_on_sheet", "incomplete", "handed_in"}
    assert SyncEvent.objects.count() == len(verdicts)
    assert SyncEvent.objects.waiting().count() == sum(verdict in refused for verdict in verdicts)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = dict.fromkeys(("id", "kid", "epk", "iv", "data"), anything)


@ONE_SCHOOL
@given(body=st.binary(max_size=300) | anything.map(str).map(str.encode))
def test_no_bytes_make_the_server_fail(client: Client, body: bytes) -> None:
    with override_settings(SYNC_PER_MINUTE=10**6):
        answer = client.post(EVENTS, body, content_type="application/json")
    assert answer.status_code in {200, 400, 413}


@ONE_SCHOOL
@given(changes=st.lists(st.fixed_dictionaries({}, optional=fields) | anything, max_size=5))
def test_no_box_makes_the_server_fail(phone: Phone, lesson: CohortContent, changes: list[Any]) -> None:
    good = phone.seal(phone.event("lesson.completed", version=lesson.version_id))
    boxes = [{**good, **change} if isinstance(change, dict) else change for change in changes]
    with undone():
        results = receive(boxes=[*boxes, good], at=timezone.now())
    assert len(results) == len(changes) + 1
    assert results[-1].status in {"applied", "again"}


names = st.sampled_from(
    ["ticket", "device", "seq", "at", "kind", "version", "place", "attempt", "question", "option", "answers"]
)


@ONE_SCHOOL
@given(kind=st.sampled_from(["place", "done", "answer", "submit"]), changes=st.dictionaries(names, anything))
def test_no_event_makes_the_server_fail(
    phone: Phone, lesson: CohortContent, attempt: Attempt, kind: str, changes: dict[str, Any]
) -> None:
    deed = {"answer": ("answer", "q0", "a"), "submit": ("submit", "a")}.get(kind, (kind, 0))
    event = {**event_of(phone, deed, lesson, attempt), **changes}
    with undone():
        (result,) = receive(boxes=[phone.seal(event)], at=timezone.now())
    assert result.status in {"applied", "again", "rejected"}
    assert result.code != "failed"
    assert result.is_kept
